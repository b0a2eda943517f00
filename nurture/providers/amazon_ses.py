"""Amazon SES by way of SNS: one event a request, of one or more recipients (docs.aws.amazon.com/ses, 'Event publishing').

How SNS proves itself stands in :mod:`nurture.providers.sns`.
"""

from typing import Any

from nurture.providers import body
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "Send": (ReportKind.SENT, None, None),
    "Delivery": (ReportKind.DELIVERED, None, None),
    "DeliveryDelay": (ReportKind.DEFERRED, None, None),
    "Bounce": (ReportKind.BOUNCED, Reason.BOUNCED, None),
    "Reject": (ReportKind.REJECTED, Reason.BLOCKED, BounceKind.BLOCK),
    "Rendering Failure": (ReportKind.FAILED, None, None),
    "Complaint": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "Open": (ReportKind.OPENED, None, None),
    "Click": (ReportKind.CLICKED, None, None),
}
DETAILS = {
    "Rendering Failure": "failure",
    "DeliveryDelay": "deliveryDelay",
}
"""Under which name an event's own fields stand, where that is not its name in lower case."""
RECIPIENTS = ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients")
BLOCKED_SUBTYPES = frozenset(("ContentRejected", "AttachmentRejected", "MessageTooLarge"))


def reports(request: Request) -> list[Report]:
    notice = body.table(body.json_of(request.body))
    if body.text(notice.get("Type")) != "Notification":
        return []
    event = body.table(body.json_of(body.whole(notice.get("Message"))))
    name = body.text(event.get("eventType")) or body.text(event.get("notificationType"))
    mail = body.table(event.get("mail"))
    if not name:
        return []  # "Successfully validated SNS topic": words, and no event
    details = body.table(event.get(DETAILS.get(name, name.lower())))
    recipients = next((details[each] for each in RECIPIENTS if details.get(each)), mail.get("destination"))
    every = recipients if isinstance(recipients, list) else [None]
    return [_report(notice, event, name, details, each) for each in every[: body.FIELDS_MAX]]


def _report(
    notice: dict[str, Any], event: dict[str, Any], name: str, details: dict[str, Any], recipient: Any
) -> Report:
    kind, reason, bounce = MEANING.get(name, _of_subscription(name, details))
    one, mail = body.table(recipient), body.table(event.get("mail"))
    response = body.text(one.get("diagnosticCode")) or body.text(details.get("smtpResponse"))
    headers = [
        (body.text(each.get("name")).lower(), each.get("value")) for each in body.tables(mail.get("headers"))
    ]
    return Report(
        kind=kind,
        reason=reason,
        bounce=_class(details) if kind is ReportKind.BOUNCED else bounce,
        at=body.moment(notice.get("Timestamp")),
        event_id=body.text(notice.get("MessageId")),
        message_id=body.text(mail.get("messageId")),
        recipient=body.text(one.get("emailAddress")) or body.text(recipient),
        response=response,
        code=body.code_in(body.text(one.get("status")), response),
        description=_description(name, details),
        tags=tuple(body.text(value) for field, value in headers if field == "x-tag"),
        metadata=next(
            (
                body.table(body.json_of(body.whole(value)))
                for field, value in headers
                if field == "x-metadata"
            ),
            {},
        ),
        url=body.text(details.get("link")),
        user_agent=body.text(details.get("userAgent")),
        address=body.text(details.get("ipAddress")),
        raw=body.kept(event),
    )


def _class(details: dict[str, Any]) -> BounceKind:
    if body.text(details.get("bounceSubType")) in BLOCKED_SUBTYPES:
        return BounceKind.BLOCK
    return BounceKind.HARD if body.text(details.get("bounceType")) == "Permanent" else BounceKind.SOFT


def _of_subscription(name: str, details: dict[str, Any]) -> Meaning:
    """A change on the preference page that SES itself can show: out of everything is out."""
    if name != "Subscription":
        return (ReportKind.UNKNOWN, None, None)
    wanted = body.table(details.get("newTopicPreferences"))
    out = wanted.get("unsubscribeAll") is True
    return (ReportKind.UNSUBSCRIBED if out else ReportKind.UNKNOWN, None, None)


def _description(name: str, details: dict[str, Any]) -> str:
    match name:
        case "Bounce":
            return f"{body.text(details.get('bounceType'))}: {body.text(details.get('bounceSubType'))}"
        case "Complaint":
            return body.text(details.get("complaintFeedbackType"))
        case "Rendering Failure":
            return body.text(details.get("errorMessage"))
        case "DeliveryDelay":
            return body.text(details.get("delayType"))
        case _:
            return body.text(details.get("reason"))
