"""MailerSend: one event a request, its body signed by HMAC-SHA256 (developers.mailersend.com, 'Webhooks')."""

import hmac
from datetime import datetime
from hashlib import sha256

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "queued": (ReportKind.QUEUED, None, None),
    "sent": (ReportKind.SENT, None, None),
    "delivered": (ReportKind.DELIVERED, None, None),
    "deferred": (ReportKind.DEFERRED, None, None),
    "soft_bounced": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.SOFT),
    "hard_bounced": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.HARD),
    "spam_complaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsubscribed": (ReportKind.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None),
    "opened": (ReportKind.OPENED, None, None),
    "opened_unique": (ReportKind.OPENED, None, None),
    "clicked": (ReportKind.CLICKED, None, None),
    "clicked_unique": (ReportKind.CLICKED, None, None),
}


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    proof.same(request.header("signature"), hmac.digest(secret.encode(), request.body, sha256).hex())


def reports(request: Request) -> list[Report]:
    return [_report(event) for event in body.tables(body.json_of(request.body)) if event.get("type")]


def _report(event: dict[str, object]) -> Report:
    data = body.table(event.get("data"))
    email, morph = body.table(data.get("email")), body.table(data.get("morph"))
    name = body.text(data.get("type")) or body.text(event.get("type")).removeprefix("activity.")
    kind, reason, bounce = MEANING.get(name, (ReportKind.UNKNOWN, None, None))
    response = body.text(morph.get("reason")) if kind is ReportKind.BOUNCED else ""
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(data.get("created_at")) or body.moment(event.get("created_at")),
        event_id=body.text(data.get("id")),
        message_id=body.text(body.table(email.get("message")).get("id")),
        recipient=body.text(body.table(email.get("recipient")).get("email")),
        response=response,
        code=body.code_in(response),
        description=body.text(morph.get("readable_reason")),
        tags=body.texts(email.get("tags")),
        url=body.text(morph.get("url")),
        user_agent=body.text(morph.get("user_agent")),
        address=body.text(morph.get("ip")),
        raw=body.kept(event),
    )
