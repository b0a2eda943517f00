"""Mailjet: one event or a list of them; a name and password in the address prove it (dev.mailjet.com, 'Event API')."""

from datetime import datetime

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "sent": (ReportKind.DELIVERED, None, None),  # the receiving server has taken it
    "bounce": (ReportKind.BOUNCED, None, None),
    "blocked": (ReportKind.REJECTED, None, None),
    "spam": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsub": (ReportKind.UNSUBSCRIBED, None, None),
    "open": (ReportKind.OPENED, None, None),
    "click": (ReportKind.CLICKED, None, None),
}
HARD, SOFT, BLOCK = BounceKind.HARD, BounceKind.SOFT, BounceKind.BLOCK
ERRORS = {
    "user unknown": (Reason.BOUNCED, HARD),
    "mailbox inactive": (Reason.BOUNCED, SOFT),
    "quota exceeded": (Reason.BOUNCED, SOFT),
    "blacklisted": (Reason.BLOCKED, BLOCK),
    "spam reporter": (Reason.SPAM, None),
    "invalid domain": (Reason.BOUNCED, HARD),
    "no mail host": (Reason.BOUNCED, HARD),
    "relay/access denied": (Reason.BOUNCED, BLOCK),
    "greylisted": (Reason.OTHER, SOFT),
    "typofix": (Reason.INVALID, HARD),
    "bad or empty template": (Reason.OTHER, BLOCK),
    "error in template language": (Reason.OTHER, BLOCK),
    "sender blocked": (Reason.BLOCKED, BLOCK),
    "content blocked": (Reason.BLOCKED, BLOCK),
    "policy issue": (Reason.BLOCKED, BLOCK),
    "preblocked": (Reason.BLOCKED, BLOCK),
    "duplicate in campaign": (Reason.OTHER, BLOCK),
    "system issue": (Reason.OTHER, SOFT),
    "protocol issue": (Reason.OTHER, SOFT),
    "connection issue": (Reason.TIMED_OUT, SOFT),
}
REFUSED = (ReportKind.BOUNCED, ReportKind.REJECTED)


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    proof.logged_in(request, secret)


def reports(request: Request) -> list[Report]:
    return [_report(event) for event in body.tables(body.json_of(request.body)) if event.get("event")]


def _report(event: dict[str, object]) -> Report:
    kind, reason, bounce = MEANING.get(body.text(event.get("event")), (ReportKind.UNKNOWN, None, None))
    error = body.text(event.get("error"))
    if kind in REFUSED:
        reason, bounce = ERRORS.get(error, (Reason.OTHER, None))
        if event.get("hard_bounce") is False and bounce is HARD and kind is ReportKind.BOUNCED:
            bounce = SOFT
        if error == "greylisted":
            kind = ReportKind.DEFERRED
    response = body.text(event.get("smtp_reply")) or body.text(event.get("comment"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("time")),
        message_id=body.text(event.get("MessageID")),
        recipient=body.text(event.get("email")),
        response=response,
        code=body.code_in(response),
        description=error,
        tags=body.texts(event.get("customcampaign")),
        metadata=body.table(body.json_of(body.whole(event.get("Payload")))),
        url=body.text(event.get("url")),
        user_agent=body.text(event.get("agent")),
        address=body.text(event.get("ip")),
        raw=body.kept(event),
    )
