"""Resend (resend.com/docs, 'Send Email'): puts a Message-ID of its own; a tag gives our number back.

What is asked twice within 24 hours under one idempotency key is sent once, and answered as the first time.
"""

from datetime import datetime

import msgspec

from nurture.delivery.http.fields import Mailbox, fields_of
from nurture.delivery.http.provider import Account, Ask, Provider, Reply, Said, Verdict, named, words
from nurture.ports import OutgoingMessage

BASE = "https://api.resend.com"


def ask(message: OutgoingMessage, account: Account, now: datetime) -> Ask:  # noqa: ARG001 nothing is signed by time
    fields = fields_of(message)
    request = {
        "from": _sender(fields.sender),
        "to": [fields.recipient.written()],
        **({"reply_to": fields.reply_to} if fields.reply_to else {}),
        "subject": fields.subject,
        **({"html": fields.html} if fields.html else {}),
        **({"text": fields.text} if fields.text else {}),
        "headers": fields.headers_but("Message-ID"),
        **({"tags": [{"name": "nurture", "value": fields.number}]} if fields.number else {}),
        **(
            {"attachments": [{"filename": each.name, "content": each.base64} for each in fields.attached]}
            if fields.attached
            else {}
        ),
    }
    key = {"Idempotency-Key": fields.number} if fields.number else {}
    return Ask(
        f"{account.url or BASE}/emails",
        {**_headers(account), **key},
        msgspec.json.encode(request),
        repeatable=bool(key),
    )


def probe(account: Account, now: datetime) -> Ask:  # noqa: ARG001
    """Its domains, which a key that may only send is told that it may not see."""
    return Ask(f"{account.url or BASE}/domains", _headers(account), method="GET")


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.key}", "Content-Type": "application/json"}


def _sender(mailbox: Mailbox) -> str:
    # Its `from` takes neither quotes nor encoded words, but Unicode as it is.
    name = mailbox.plain_name()
    return f"{name} <{mailbox.address}>" if name else mailbox.address


def said(reply: Reply) -> Said:
    return Said(
        words(reply.table.get("name")), words(reply.table.get("message")), words(reply.table.get("id"))
    )


RESEND = Provider(
    name="resend",
    title="Resend",
    ask=ask,
    said=said,
    rules=(
        named(Verdict.TWICE, "invalid_idempotent_request"),  # the mail has changed since; the first one left
        named(Verdict.BUSY, "concurrent_idempotent_requests"),
        named(
            Verdict.OURS,
            "daily_quota_exceeded",
            "monthly_quota_exceeded",
            "invalid_from_address",
            "invalid_access",
        ),
        named(Verdict.OURS, "validation_error", words=r"`from`|api key|not verified|testing emails"),
        named(Verdict.DEAD, "validation_error", words=r"`to`"),
        named(Verdict.UNFIT, "security_error"),
    ),
    probe=probe,
    limited=frozenset({"restricted_api_key"}),
)
