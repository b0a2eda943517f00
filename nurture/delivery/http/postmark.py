"""Postmark (postmarkapp.com/developer, 'Email API'): every error has a number of its own.

It keeps our Message-ID when it is asked to, and gives metadata back in every webhook.
"""

from datetime import datetime

import msgspec

from nurture.delivery.http.fields import fields_of
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.ports import OutgoingMessage

BASE = "https://api.postmarkapp.com"
KEEP_ID = {"X-PM-KeepID": "true"}


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:  # noqa: ARG001 nothing is signed by time
    fields = fields_of(message)
    headers = {**fields.headers, **KEEP_ID}
    request = {
        "From": fields.sender.written(),
        "To": fields.recipient.written(),
        **({"ReplyTo": fields.reply_to} if fields.reply_to else {}),
        "Subject": fields.subject,
        **({"TextBody": fields.text} if fields.text else {}),
        **({"HtmlBody": fields.html} if fields.html else {}),
        "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
        "Metadata": {"nurture": fields.number},
        "TrackOpens": False,
        "TrackLinks": "None",
        **({"MessageStream": account.stream} if account.stream else {}),
        "Attachments": [
            {"Name": each.name, "Content": each.base64, "ContentType": each.media_type}
            for each in fields.attached
        ],
    }
    return Ask(f"{account.url or BASE}/email", _headers(account), msgspec.json.encode(request))


def probe(account: Account, now: datetime) -> Ask:  # noqa: ARG001
    """What the server behind the token is called."""
    return Ask(f"{account.url or BASE}/server", _headers(account), method="GET")


def _headers(account: Account) -> dict[str, str]:
    return {
        "X-Postmark-Server-Token": account.key,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def said(reply: Reply) -> Said:
    number = reply.table.get("ErrorCode")
    taken_as = words(reply.table.get("MessageID")) if number in (0, None) else ""
    return Said(str(number) if number else "", words(reply.table.get("Message")), taken_as)


POSTMARK = Provider(
    name="postmark",
    title="Postmark",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.DEAD, "300", words=r"'To'"),
        named(Verdict.OURS, "300", words=r"'From'|sender"),
        # Token, sender signature, account pending or closed, stream.
        named(
            Verdict.OURS,
            "10",
            "400",
            "401",
            "405",
            "412",
            "413",
            "1221",
            "1224",
            "1226",
            "1228",
            "1235",
            "1236",
        ),
        named(
            Verdict.BLOCKED, "406"
        ),  # bounced, complained or was removed before: which of them it does not say
        named(Verdict.LATER, "100"),
        named(Verdict.BUSY, "429"),
    ),
    probe=probe,
)
