"""Mailgun: one event a request, as JSON, or as a form by older accounts; moment and token are signed by HMAC-SHA256.

documentation.mailgun.com, 'Webhooks' and 'Securing webhooks'. The body itself is not signed: whoever overhears one
request could send another body with its signature, within the window; TLS is what keeps them from it.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from nurture.providers import body, proof
from nurture.providers.model import Meaning, Reason, Report, ReportKind, Request
from nurture.vocabulary.words import BounceKind

MEANING: dict[str, Meaning] = {
    "accepted": (ReportKind.QUEUED, None, None),
    "delivered": (ReportKind.DELIVERED, None, None),
    "failed": (ReportKind.BOUNCED, None, None),
    "bounced": (ReportKind.BOUNCED, None, None),
    "rejected": (ReportKind.REJECTED, Reason.OTHER, BounceKind.BLOCK),
    "dropped": (ReportKind.REJECTED, None, None),
    "complained": (ReportKind.COMPLAINED, Reason.SPAM, None),
    "unsubscribed": (ReportKind.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None),
    "opened": (ReportKind.OPENED, None, None),
    "clicked": (ReportKind.CLICKED, None, None),
}
REASONS = {
    "bounce": (Reason.BOUNCED, None),
    "suppress-bounce": (Reason.BOUNCED, BounceKind.HARD),
    "suppress-complaint": (Reason.SPAM, None),
    "suppress-unsubscribe": (Reason.UNSUBSCRIBED, None),
    "espblock": (Reason.BLOCKED, BounceKind.BLOCK),
    "blacklist": (Reason.BLOCKED, BounceKind.BLOCK),
    "old": (Reason.TIMED_OUT, BounceKind.SOFT),
}
"""Of a failure: why, and its class where that is plain."""
DROPPED = {
    "499": (Reason.TIMED_OUT, BounceKind.SOFT),
    "602": (Reason.TIMED_OUT, BounceKind.SOFT),
    "605": (Reason.BOUNCED, BounceKind.HARD),
    "606": (Reason.UNSUBSCRIBED, None),
    "607": (Reason.SPAM, None),
}
"""Its own codes, of older accounts: not delivered to whom it knows from before."""
OF_ONE_TRY = ("signature", "token")
PREFETCHING = frozenset(("apple", "gmail", "generic"))


def prove(request: Request, secret: str, now: datetime) -> None:
    """Raises UnprovenError."""
    signed = _signed(request)
    stamp, token = body.text(signed.get("timestamp")), body.text(signed.get("token"))
    proof.same(
        body.text(signed.get("signature")),
        hmac.digest(secret.encode(), (stamp + token).encode(), sha256).hex(),
    )
    proof.fresh(stamp, now)


def reports(request: Request) -> list[Report]:
    if body.is_form(request.content_type):
        fields = body.form_of(request.body, request.content_type)
        return [_of_form(fields)] if fields.get("event") else []
    whole = body.table(body.json_of(request.body))
    event = body.table(whole.get("event-data"))
    return [_of_json(event, body.table(whole.get("signature")))] if event.get("event") else []


def _signed(request: Request) -> Mapping[str, Any]:
    if body.is_form(request.content_type):
        return body.form_of(request.body, request.content_type)
    return body.table(body.table(body.json_of(request.body)).get("signature"))


def _of_json(event: dict[str, Any], signed: dict[str, Any]) -> Report:
    kind, reason, bounce = MEANING.get(body.text(event.get("event")), (ReportKind.UNKNOWN, None, None))
    status, client = body.table(event.get("delivery-status")), body.table(event.get("client-info"))
    headers = body.table(body.table(event.get("message")).get("headers"))
    response = body.text(status.get("message"))
    if kind is ReportKind.BOUNCED:
        reason, bounce = REASONS.get(body.text(event.get("reason")), (Reason.OTHER, None))
        if body.text(event.get("severity")) == "temporary":
            kind, bounce = ReportKind.DEFERRED, None
    refused, raw = body.table(event.get("reject")), body.kept(event)
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(event.get("timestamp")),
        event_id=body.text(signed.get("token")),
        fact=body.text(event.get("id")) or raw,  # a token is made for each try
        message_id=in_brackets(body.text(headers.get("message-id"))),
        recipient=body.text(event.get("recipient")),
        response=response,
        code=body.code_in(body.text(status.get("enhanced-code")), response, body.text(status.get("code"))),
        description=body.text(status.get("description")) or body.text(refused.get("reason")),
        tags=body.texts(event.get("tags")),
        metadata=body.table(event.get("user-variables")),
        url=body.text(event.get("url")),
        user_agent=body.text(client.get("user-agent")),
        address=body.text(event.get("ip")),
        prefetched=body.text(client.get("bot")) in PREFETCHING,
        raw=raw,
    )


def _of_form(fields: Any) -> Report:
    kind, reason, bounce = MEANING.get(fields["event"], (ReportKind.UNKNOWN, None, None))
    code, said = body.text(fields.get("code")), body.text(fields.get("error") or fields.get("notification"))
    if kind in (ReportKind.BOUNCED, ReportKind.REJECTED):
        reason, bounce = _why(code, bounced=kind is ReportKind.BOUNCED)
    headers = dict(_pairs(fields.get("message-headers")))
    variables = body.table(body.json_of(body.whole(headers.get("X-Mailgun-Variables"))))
    raw = body.kept({name: body.text(value) for name, value in fields.items() if name not in OF_ONE_TRY})
    return Report(
        kind=kind,
        reason=reason,
        bounce=bounce,
        at=body.moment(fields.get("timestamp")),
        event_id=body.text(fields.get("token")),
        fact=raw,
        message_id=in_brackets(body.text(fields.get("Message-Id") or fields.get("message-id"))),
        recipient=body.text(fields.get("recipient")),
        response=said,
        code=body.code_in(code, said),
        description=body.text(fields.get("description")),
        tags=body.texts(fields.getlist("tag") + fields.getlist("X-Mailgun-Tag")),
        metadata=variables,
        url=body.text(fields.get("url")),
        user_agent=body.text(fields.get("user-agent")),
        address=body.text(fields.get("ip")),
        raw=raw,
    )


def _why(code: str, *, bounced: bool) -> tuple[Reason, BounceKind | None]:
    if code in DROPPED:
        return DROPPED[code]
    if bounced or code[:1] in ("4", "5"):
        return Reason.BOUNCED, None
    return Reason.OTHER, BounceKind.BLOCK


def _pairs(headers: Any) -> list[tuple[str, Any]]:
    """The header fields of the mail: JSON, a list of pairs."""
    found = body.json_of(body.whole(headers))
    every = found if isinstance(found, list) else []
    return [
        (pair[0], pair[1])
        for pair in every
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
    ]


def in_brackets(message_id: str) -> str:
    """As the mail's header has it: events leave the brackets out."""
    return f"<{message_id}>" if message_id and not message_id.startswith("<") else message_id
