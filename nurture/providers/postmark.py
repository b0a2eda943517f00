"""Postmark: one event a request; a name and password in the address prove it (postmarkapp.com/developer, 'Webhooks')."""

from datetime import datetime
from typing import Any

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "Delivery": (ReportKind.DELIVERED, None, None),
    "Open": (ReportKind.OPENED, None, None),
    "Click": (ReportKind.CLICKED, None, None),
    "SpamComplaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
}
"""By record type; bounces and changes of subscription say more, below."""
BOUNCES: dict[str, Meaning] = {
    "HardBounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.HARD),
    "SoftBounce": (ReportKind.BOUNCED, Reason.BOUNCED, BounceKind.SOFT),
    "VirusNotification": (ReportKind.BOUNCED, Reason.OTHER, BounceKind.BLOCK),
    "Transient": (ReportKind.DEFERRED, None, None),
    "DnsError": (ReportKind.DEFERRED, None, None),
    "OpenRelayTest": (ReportKind.DEFERRED, None, None),
    "SpamNotification": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "SpamComplaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "BadEmailAddress": (ReportKind.REJECTED, Reason.INVALID, BounceKind.HARD),
    "Blocked": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "DMARCPolicy": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "ManuallyDeactivated": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "Unconfirmed": (ReportKind.REJECTED, None, BounceKind.BLOCK),
    "SMTPApiError": (ReportKind.FAILED, None, None),
    "TemplateRenderingFailed": (ReportKind.FAILED, None, None),
    "AutoResponder": (ReportKind.AUTORESPONDED, None, None),
    "AddressChange": (ReportKind.AUTORESPONDED, None, None),
    "ChallengeVerification": (ReportKind.AUTORESPONDED, None, None),
    "Unsubscribe": (ReportKind.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None),
    "ManualSuppression": (ReportKind.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None),
    "Subscribe": (ReportKind.SUBSCRIBED, None, None),
}
"""By the type of a bounce, or why mail to an address was stopped."""
NOTHING: Meaning = (ReportKind.UNKNOWN, None, None)
MOMENTS = ("BouncedAt", "DeliveredAt", "ReceivedAt", "ChangedAt")


def prove(request: Request, secret: str, now: datetime) -> None:  # noqa: ARG001 no moment is signed
    """Raises UnprovenError."""
    proof.logged_in(request, secret)


def reports(request: Request) -> list[Report]:
    events = body.tables(body.json_of(request.body))
    return [_report(event) for event in events if event.get("RecordType") or event.get("MessageID")]


def _report(event: dict[str, Any]) -> Report:
    kind, reason, bounce = _meaning(event)
    response = body.text(event.get("Details"))
    description = body.text(event.get("Description"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=next((at for name in MOMENTS if (at := body.moment(event.get(name)))), None),
        event_id=body.text(event.get("ID")),
        message_id=body.text(event.get("MessageID")),
        recipient=body.text(event.get("Recipient")) or body.text(event.get("Email")),
        response=response,
        code=body.code_in(response, description),
        description=description,
        tags=body.texts(event.get("Tag")),
        metadata=body.table(event.get("Metadata")),
        url=body.text(event.get("OriginalLink")),
        user_agent=body.text(event.get("UserAgent")),
        address=body.text(body.table(event.get("Geo")).get("IP")),
        raw=body.kept(event),
    )


def _meaning(event: dict[str, Any]) -> Meaning:
    record = body.text(event.get("RecordType")) or _older(event)
    match record:
        case "Bounce" | "SpamComplaint":
            return BOUNCES.get(body.text(event.get("Type")), MEANING.get(record, NOTHING))
        case "SubscriptionChange" if event.get("SuppressSending") is False:
            return BOUNCES["Subscribe"]
        case "SubscriptionChange":
            return BOUNCES.get(body.text(event.get("SuppressionReason")), BOUNCES["Unsubscribe"])
        case _:
            return MEANING.get(record, NOTHING)


def _older(event: dict[str, Any]) -> str:
    """The record type of what was sent before there were any."""
    signs = {"BouncedAt": "Bounce", "DeliveredAt": "Delivery", "OriginalLink": "Click", "FirstOpen": "Open"}
    return next((record for field, record in signs.items() if field in event), "")
