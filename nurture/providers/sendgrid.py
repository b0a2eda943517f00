"""SendGrid: a list of events, signed by ECDSA on P-256 (docs.sendgrid.com, 'Event Webhook' and its 'Security Features')."""

from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request, UnprovenError
from nurture.vocabulary.words import BounceKind

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
OWN_NUMBERS = ("nurture_message_id", "anymail_id")
"""Arguments by which a mail's sender has numbered it: ours, and those of a library that many move here from."""

MEANING: dict[str, Meaning] = {
    "processed": (ReportKind.QUEUED, None, None),
    "delivered": (ReportKind.DELIVERED, None, None),
    "deferred": (ReportKind.DEFERRED, None, None),
    "bounce": (ReportKind.BOUNCED, None, None),
    "dropped": (ReportKind.REJECTED, None, None),
    "spamreport": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsubscribe": (ReportKind.UNSUBSCRIBED, None, None),
    "group_unsubscribe": (ReportKind.UNSUBSCRIBED, None, None),
    "group_resubscribe": (ReportKind.SUBSCRIBED, None, None),
    "open": (ReportKind.OPENED, None, None),
    "click": (ReportKind.CLICKED, None, None),
}
BOUNCES = {
    "bounce": (Reason.BOUNCED, BounceKind.HARD),
    "blocked": (Reason.BLOCKED, BounceKind.BLOCK),
    "expired": (Reason.TIMED_OUT, BounceKind.SOFT),
}
DROPS = {
    "invalid": (Reason.INVALID, BounceKind.HARD),
    "bounced address": (Reason.BOUNCED, BounceKind.HARD),
    "spam reporting address": (Reason.SPAM, None),
    "unsubscribed address": (Reason.UNSUBSCRIBED, None),
}


def prove(request: Request, secret: str, now: datetime) -> None:
    """Raises UnprovenError.

    secret  the verification key as its settings show it: a public key, DER in base64.
    """
    stamp, signed = request.header(TIMESTAMP), proof.decoded(request.header(SIGNATURE))
    if not stamp or not signed:
        raise UnprovenError("it carries no signature")
    proof.fresh(stamp, now)
    try:
        _key(secret).verify(signed, stamp.encode("utf-8", "replace") + request.body, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise UnprovenError("its signature is not of this body by this key") from None


def reports(request: Request) -> list[Report]:
    return [_report(event) for event in body.tables(body.json_of(request.body)) if event.get("event")]


@lru_cache(maxsize=4)
def _key(secret: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(proof.decoded(secret))
    except (ValueError, UnsupportedAlgorithm):
        raise UnprovenError("the verification key that was set is none") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UnprovenError("the verification key that was set is of another kind")
    return key


def _report(event: dict[str, object]) -> Report:
    kind, reason, bounce = MEANING.get(body.text(event.get("event")), (ReportKind.UNKNOWN, None, None))
    words = body.text(event.get("reason"))
    response = body.text(event.get("response")) or words
    if kind is ReportKind.BOUNCED:
        reason, bounce = BOUNCES.get(body.text(event.get("type")), (Reason.OTHER, None))
    elif kind is ReportKind.REJECTED:
        reason, bounce = DROPS.get(words.lower(), (Reason.OTHER, BounceKind.BLOCK))
        response = ""  # no server was asked
    numbers = (body.text(event.get(name)) for name in (*OWN_NUMBERS, "smtp-id"))
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("timestamp")),
        event_id=body.text(event.get("sg_event_id")),
        message_id=next((number for number in numbers if number), ""),
        recipient=body.text(event.get("email")),
        response=response,
        code=body.code_in(body.text(event.get("status")), response),
        description=words if kind is ReportKind.REJECTED else "",
        tags=body.texts(event.get("category")),
        url=body.text(event.get("url")),
        user_agent=body.text(event.get("useragent")),
        address=body.text(event.get("ip")) if kind in (ReportKind.OPENED, ReportKind.CLICKED) else "",
        prefetched=event.get("sg_machine_open") is True,
        raw=body.kept(event),
    )
