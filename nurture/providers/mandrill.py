"""Mandrill: a form with a list of events as JSON, signed with its address by HMAC-SHA1 (mailchimp.com/developer, 'Transactional webhooks')."""

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha1

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

EVENTS = "mandrill_events"
MEANING: dict[str, Meaning] = {
    "send": (ReportKind.SENT, None, None),
    "delivered": (ReportKind.DELIVERED, None, None),
    "deferral": (ReportKind.DEFERRED, None, None),
    "hard_bounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.HARD),
    "soft_bounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.SOFT),
    "reject": (ReportKind.REJECTED, Reason.BLOCKED, None),
    "spam": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsub": (ReportKind.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None),
    "open": (ReportKind.OPENED, None, None),
    "click": (ReportKind.CLICKED, None, None),
}
REASONS = {
    "hard-bounce": (Reason.BOUNCED, BounceKind.HARD),
    "soft-bounce": (Reason.BOUNCED, BounceKind.SOFT),
    "spam": (Reason.SPAM, None),
    "unsub": (Reason.UNSUBSCRIBED, None),
    "invalid": (Reason.INVALID, BounceKind.HARD),
}
"""Why an address is on its own list."""


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    fields = body.form_of(request.body, request.content_type)
    signed = request.url + "".join(name + fields[name] for name in sorted(fields))
    expected = b64encode(hmac.digest(secret.encode(), signed.encode("utf-8", "replace"), sha1)).decode()
    proof.same(request.header("x-mandrill-signature"), expected)


def reports(request: Request) -> list[Report]:
    fields = body.form_of(request.body, request.content_type)
    events = body.tables(body.json_of(fields.get(EVENTS, "")))
    return [_report(event) for event in events if event.get("event") or event.get("type")]


def _report(event: dict[str, object]) -> Report:
    name = body.text(event.get("event")) or body.text(event.get("type"))
    kind, reason, bounce = MEANING.get(name, (ReportKind.UNKNOWN, None, None))
    mail, listed = body.table(event.get("msg")), body.table(event.get("reject"))
    if kind is ReportKind.REJECTED or listed:
        why = body.text(listed.get("reason")) or body.text(mail.get("reject"))
        reason, bounce = REASONS.get(why, (reason, bounce))
    response = body.text(mail.get("diag"))
    at = body.moment(event.get("ts"))
    identity = body.text(event.get("_id"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=at,
        message_id=identity,
        recipient=body.text(mail.get("email")) or body.text(listed.get("email")),
        response=response,
        code=body.code_in(response),
        description=body.text(mail.get("bounce_description")) or body.text(listed.get("detail")),
        tags=body.texts(mail.get("tags")),
        metadata=body.table(mail.get("metadata")),
        url=body.text(event.get("url")),
        user_agent=body.text(event.get("user_agent")),
        address=body.text(event.get("ip")),
        raw=body.kept(event),
    )
