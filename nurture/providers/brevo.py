"""Brevo: one event a request; a token or a name and password that we chose prove it (developers.brevo.com, 'Transactional webhooks')."""

from datetime import datetime

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "request": (ReportKind.QUEUED, None, None),
    "delivered": (ReportKind.DELIVERED, None, None),
    "deferred": (ReportKind.DEFERRED, None, None),
    "hard_bounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.HARD),
    "soft_bounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.SOFT),
    "invalid_email": (ReportKind.BOUNCED, Reason.INVALID, BounceKind.HARD),
    "blocked": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "error": (ReportKind.FAILED, None, None),
    "spam": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "complaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsubscribe": (ReportKind.UNSUBSCRIBED, None, None),
    "unsubscribed": (ReportKind.UNSUBSCRIBED, None, None),
    "list_addition": (ReportKind.SUBSCRIBED, None, None),
    "opened": (ReportKind.OPENED, None, None),
    "unique_opened": (ReportKind.OPENED, None, None),
    "proxy_open": (ReportKind.OPENED, None, None),
    "unique_proxy_open": (ReportKind.OPENED, None, None),
    "click": (ReportKind.CLICKED, None, None),
}


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    proof.logged_in(request, secret)


def reports(request: Request) -> list[Report]:
    return [_report(event) for event in body.tables(body.json_of(request.body)) if event.get("event")]


def _report(event: dict[str, object]) -> Report:
    name = body.text(event.get("event"))
    kind, reason, bounce = MEANING.get(name, (ReportKind.UNKNOWN, None, None))
    response = body.text(event.get("reason"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("ts_epoch"), per_second=1_000),
        message_id=body.text(event.get("message-id")),
        recipient=body.text(event.get("email")),
        response=response,
        code=body.code_in(response),
        tags=body.texts(event.get("tags") or event.get("tag")),
        metadata=body.table(body.json_of(body.whole(event.get("X-Mailin-custom")))),
        url=body.text(event.get("link")),
        user_agent=body.text(event.get("user_agent")),
        prefetched="proxy" in name,
        raw=body.kept(event),
    )
