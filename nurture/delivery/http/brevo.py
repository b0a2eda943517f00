"""Brevo (developers.brevo.com, 'Send a transactional email'): puts a Message-ID of its own; a header gives our number back.

Its idempotency key, a UUID that is good for 30 minutes, keeps a mail that is sent again from leaving twice.
"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import msgspec

from nurture.delivery.http.fields import SPECIALS, Attached, Mailbox, fields_of
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.ports import OutgoingMessage

BASE = "https://api.brevo.com"
EXTENSIONS = (".txt", ".pdf", ".html", ".csv", ".msg", ".png", ".jpg", ".gif", ".zip", ".ics")
"""Of the files that it takes, those that we may have; another name gets .txt behind it."""


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:  # noqa: ARG001 nothing is signed by time
    fields = fields_of(message)
    headers = fields.headers_but("Message-ID")  # it takes no standard header
    headers["X-Mailin-custom"] = msgspec.json.encode({"nurture": fields.number}).decode()
    headers["idempotencyKey"] = str(uuid5(NAMESPACE_URL, fields.message_id))
    request = {
        "sender": _mailbox(fields.sender),
        "to": [_mailbox(fields.recipient)],
        **({"replyTo": {"email": fields.reply_to}} if fields.reply_to else {}),
        "subject": fields.subject,
        **({"htmlContent": fields.html} if fields.html else {}),
        **({"textContent": fields.text} if fields.text else {}),
        "headers": headers,
        **({"attachment": [_attachment(each) for each in fields.attached]} if fields.attached else {}),
    }
    return Ask(f"{account.url or BASE}/v3/smtp/email", _headers(account), msgspec.json.encode(request))


def probe(account: Account, now: datetime) -> Ask:  # noqa: ARG001
    """Whose key it is."""
    return Ask(f"{account.url or BASE}/v3/account", _headers(account), method="GET")


def _headers(account: Account) -> dict[str, str]:
    return {"api-key": account.key, "Content-Type": "application/json", "Accept": "application/json"}


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    # It drops a name that is beyond ASCII and needs quotes too.
    needs_care = not mailbox.name.isascii() and SPECIALS.search(mailbox.name)
    name = mailbox.plain_name() if needs_care else mailbox.name
    return {"email": mailbox.address, **({"name": name} if name else {})}


def _attachment(each: Attached) -> dict[str, str]:
    name = each.name if each.name.lower().endswith(EXTENSIONS) else f"{each.name}.txt"
    return {"name": name, "content": each.base64}


def said(reply: Reply) -> Said:
    return Said(
        words(reply.table.get("code")), words(reply.table.get("message")), words(reply.table.get("messageId"))
    )


BREVO = Provider(
    name="brevo",
    title="Brevo",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.TWICE, "duplicate_parameter", "duplicate_request"),
        named(
            Verdict.OURS,
            "not_enough_credits",
            "permission_denied",
            "unauthorized",
            "account_under_validation",
        ),
        named(Verdict.OURS, "invalid_parameter", words=r"\bsender\b"),
        named(Verdict.DEAD, "invalid_parameter", words=r"\bto\b.*\bvalid|valid.*\bin to\b"),
    ),
    probe=probe,
)
