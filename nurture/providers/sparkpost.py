"""SparkPost: a list of events, each in an envelope; a name and password prove it (developers.sparkpost.com, 'Event Webhooks')."""

from datetime import datetime
from typing import Any

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

HARD, SOFT, BLOCK = BounceKind.HARD, BounceKind.SOFT, BounceKind.BLOCK
MEANING: dict[str, Meaning] = {
    "injection": (ReportKind.QUEUED, None, None),
    "delivery": (ReportKind.DELIVERED, None, None),
    "delay": (ReportKind.DEFERRED, None, None),
    "bounce": (ReportKind.BOUNCED, None, None),
    "out_of_band": (ReportKind.BOUNCED, None, None),
    "policy_rejection": (ReportKind.REJECTED, None, BLOCK),
    "generation_rejection": (ReportKind.REJECTED, None, BLOCK),
    "generation_failure": (ReportKind.FAILED, None, None),
    "spam_complaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "list_unsubscribe": (ReportKind.UNSUBSCRIBED, None, None),
    "link_unsubscribe": (ReportKind.UNSUBSCRIBED, None, None),
    "open": (ReportKind.OPENED, None, None),
    "initial_open": (ReportKind.OPENED, None, None),
    "amp_open": (ReportKind.OPENED, None, None),
    "amp_initial_open": (ReportKind.OPENED, None, None),
    "click": (ReportKind.CLICKED, None, None),
    "amp_click": (ReportKind.CLICKED, None, None),
}
CLASSES: dict[str, tuple[Reason, BounceKind]] = {
    "1": (Reason.OTHER, SOFT),  # undetermined
    "10": (Reason.INVALID, HARD),  # invalid recipient
    "20": (Reason.BOUNCED, SOFT),
    "21": (Reason.BOUNCED, SOFT),  # DNS failure
    "22": (Reason.BOUNCED, SOFT),  # mailbox full
    "23": (Reason.BOUNCED, SOFT),  # too large
    "24": (Reason.TIMED_OUT, SOFT),
    "25": (Reason.BLOCKED, BLOCK),  # policies that the account has set
    "30": (Reason.BOUNCED, HARD),  # no recipient could be determined
    "40": (Reason.BOUNCED, SOFT),  # generic
    "50": (Reason.BLOCKED, BLOCK),
    "51": (Reason.SPAM, BLOCK),
    "52": (Reason.SPAM, BLOCK),
    "53": (Reason.OTHER, BLOCK),  # attachment
    "54": (Reason.BLOCKED, BLOCK),  # relaying denied
    "70": (Reason.BOUNCED, SOFT),  # transient
}
"""By bounce class."""
NO_BOUNCE = {
    "60": ReportKind.AUTORESPONDED,
    "80": ReportKind.SUBSCRIBED,
    "90": ReportKind.UNSUBSCRIBED,
    "100": ReportKind.AUTORESPONDED,
}
"""Classes of what comes back and is no bounce: answers of machines, and wishes."""


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    proof.logged_in(request, secret)


def reports(request: Request) -> list[Report]:
    envelopes = (body.table(each.get("msys")) for each in body.tables(body.json_of(request.body)))
    return [_report(event) for every in envelopes for event in every.values() if isinstance(event, dict)]


def _report(event: dict[str, Any]) -> Report:
    kind, reason, bounce = MEANING.get(body.text(event.get("type")), (ReportKind.UNKNOWN, None, None))
    if kind is ReportKind.BOUNCED:
        number = body.text(event.get("bounce_class"))
        kind = NO_BOUNCE.get(number, kind)
        reason, bounce = (
            CLASSES.get(number, (Reason.OTHER, None)) if kind is ReportKind.BOUNCED else (None, None)
        )
    response = body.text(event.get("raw_reason")) or body.text(event.get("reason"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("timestamp")),
        event_id=body.text(event.get("event_id")),
        message_id=body.text(event.get("transmission_id")),
        recipient=body.text(event.get("raw_rcpt_to")) or body.text(event.get("rcpt_to")),
        response=response,
        code=body.code_in(response, body.text(event.get("error_code"))),
        description=body.text(event.get("fbtype")),
        tags=body.texts(event.get("rcpt_tags")),
        metadata=body.table(event.get("rcpt_meta")),
        url=body.text(event.get("target_link_url")),
        user_agent=body.text(event.get("user_agent")),
        address=body.text(event.get("ip_address")),
        prefetched=event.get("user_agent_parsed") is not None
        and body.table(event.get("user_agent_parsed")).get("is_prefetched") is True,
        raw=body.kept(event),
    )
