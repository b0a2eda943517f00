"""SendGrid, API v3 (docs.sendgrid.com, 'Mail Send'): 202 and an empty body for what it has queued.

Its own tracking and unsubscribe links are switched off: ours are in the mail. The argument ``nurture_message_id`` comes back
in every event.
"""

from datetime import datetime
from typing import Any

import msgspec

from nurture.delivery.http.fields import Mailbox, fields_of
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.languages.told import told
from nurture.ports import OutgoingMessage

BASE = "https://api.sendgrid.com"
OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:  # noqa: ARG001 nothing is signed by time
    fields = fields_of(message)
    bodies = (("text/plain", fields.text), ("text/html", fields.html))
    request = {
        "personalizations": [{"to": [_recipient(fields.recipient)]}],
        "from": _mailbox(fields.sender),
        **({"reply_to": {"email": fields.reply_to}} if fields.reply_to else {}),
        "subject": fields.subject,
        "content": [{"type": kind, "value": body} for kind, body in bodies if body],
        "headers": fields.headers,
        "custom_args": {"nurture_message_id": fields.message_id},
        "tracking_settings": OFF,
        **({"attachments": [_attachment(each) for each in fields.attached]} if fields.attached else {}),
    }
    return Ask(f"{account.url or BASE}/v3/mail/send", _headers(account), msgspec.json.encode(request))


def probe(account: Account, now: datetime) -> Ask:  # noqa: ARG001
    """What the key may do."""
    return Ask(f"{account.url or BASE}/v3/scopes", _headers(account), method="GET")


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.key}", "Content-Type": "application/json"}


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    return {"email": mailbox.address, **({"name": mailbox.name} if mailbox.name else {})}


def _recipient(mailbox: Mailbox) -> dict[str, str]:
    # It does not quote a recipient's name itself (sendgrid/sendgrid-python#291).
    if not any(each in mailbox.name for each in ",;"):
        return _mailbox(mailbox)
    escaped = mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
    return {"email": mailbox.address, "name": f'"{escaped}"'}


def _attachment(each: Any) -> dict[str, str]:
    return {"content": each.base64, "type": each.media_type, "filename": each.name}


def said(reply: Reply) -> Said:
    """An error is known by the field that it is about."""
    if reply.status == 202:
        return Said(taken_as=reply.headers.get("x-message-id", "") or "accepted")
    errors = reply.table.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    field = words(first.get("field"))
    return Said(field, ": ".join(each for each in (field, words(first.get("message"))) if each))


def healthy(reply: Reply) -> str:
    scopes = reply.table.get("scopes")
    may = isinstance(scopes, list) and "mail.send" in scopes
    return "" if may else told("the key may not send mail: give it the permission Mail Send")


SENDGRID = Provider(
    name="sendgrid",
    title="SendGrid",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.DEAD, words=r"^personalizations\.0\.to\b.*valid address"),
        named(Verdict.OURS, words=r"^from\b|sender identity|maximum credits exceeded"),
    ),
    probe=probe,
    healthy=healthy,
)
