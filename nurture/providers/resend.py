"""Resend: one event a request, signed by Standard Webhooks under Svix's header names (resend.com/docs, 'Webhooks')."""

import hmac
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from nurture.identity.webhook import signature
from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request, UnprovenError
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "email.scheduled": (ReportKind.QUEUED, None, None),
    "email.sent": (ReportKind.SENT, None, None),
    "email.delivered": (ReportKind.DELIVERED, None, None),
    "email.delivery_delayed": (ReportKind.DEFERRED, None, None),
    "email.bounced": (ReportKind.BOUNCED, Reason.BOUNCED, None),
    "email.suppressed": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "email.failed": (ReportKind.FAILED, None, None),
    "email.complained": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "email.opened": (ReportKind.OPENED, None, None),
    "email.clicked": (ReportKind.CLICKED, None, None),
}
CLASSES = {"Permanent": BounceKind.HARD, "Transient": BounceKind.SOFT, "Undetermined": BounceKind.SOFT}
HARD_IN_WORDS = "hard bounce"
"""What its older events, which have no type, say of a permanent one."""


def prove(request: Request, secret: str, now: datetime) -> None:
    """Raises UnprovenError. Any of several signatures may be the one (Standard Webhooks 1.0.0, 'Signature scheme')."""
    key = proof.decoded(secret.removeprefix("whsec_"))
    message_id, stamp = _header(request, "id"), _header(request, "timestamp")
    if not message_id or not (stamp.isascii() and stamp.isdigit()) or not key:
        raise UnprovenError("it carries no signature")
    proof.fresh(stamp, now)
    expected = signature(key, message_id, int(stamp), request.body)
    every = _header(request, "signature").split()
    if not any(hmac.compare_digest(each.encode("utf-8", "replace"), expected.encode()) for each in every):
        raise UnprovenError("its signature is not of this body by this key")


def reports(request: Request) -> list[Report]:
    event = body.table(body.json_of(request.body))
    return [_report(event, _header(request, "id"))] if event.get("type") else []


def _report(event: dict[str, Any], event_id: str) -> Report:
    kind, reason, bounce = MEANING.get(body.text(event.get("type")), (ReportKind.UNKNOWN, None, None))
    data = body.table(event.get("data"))
    failed, opened, clicked = (body.table(data.get(name)) for name in ("bounce", "open", "click"))
    words = body.text(failed.get("message")) or body.text(body.table(data.get("failed")).get("reason"))
    if kind is ReportKind.BOUNCED:
        older = BounceKind.HARD if HARD_IN_WORDS in words else None
        bounce = CLASSES.get(body.text(failed.get("type")), older)
    headers = _headers(data.get("headers"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("created_at")),
        event_id=event_id,
        message_id=body.text(data.get("email_id")),
        recipient=parseaddr(next(iter(body.texts(data.get("to"))), ""))[1],
        code=body.code_in(words),
        description=words,
        tags=body.texts(body.json_of(headers.get("x-tags", ""))),
        metadata=body.table(body.json_of(headers.get("x-metadata", ""))),
        url=body.text(clicked.get("link")),
        user_agent=body.text(clicked.get("userAgent")) or body.text(opened.get("userAgent")),
        address=body.text(clicked.get("ipAddress")) or body.text(opened.get("ipAddress")),
        raw=body.kept(event),
    )


def _header(request: Request, name: str) -> str:
    return request.header(f"svix-{name}") or request.header(f"webhook-{name}")


def _headers(fields: Any) -> dict[str, str]:
    every = body.tables(fields) if isinstance(fields, list) else []
    return {body.text(field.get("name")).lower(): body.text(field.get("value")) for field in every}
