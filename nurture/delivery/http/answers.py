"""What an answer makes of a message: the provider's own rules first, then the meaning of its status (RFC 9110 §15)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from nurture.delivery.http.provider import Provider, Reply, Said, Verdict
from nurture.delivery.outcome import Outcome
from nurture.ports import ReceiptStatus
from nurture.vocabulary.words import BounceKind

BAD_ADDRESS = "5.1.3"
"""Of RFC 3463: the recipient's address is not one."""

EPOCHS = 1_000_000_000
"""From here on a number of seconds is a moment: some say when to come back, some how long to wait."""

STATUSES: dict[ReceiptStatus, frozenset[Verdict]] = {
    ReceiptStatus.SENT: frozenset((Verdict.TAKEN, Verdict.TWICE)),
    ReceiptStatus.DEFERRED: frozenset((Verdict.BUSY, Verdict.LATER, Verdict.OURS, Verdict.UNREACHED)),
    ReceiptStatus.BOUNCED: frozenset((Verdict.DEAD, Verdict.BLOCKED)),
    ReceiptStatus.FAILED: frozenset((Verdict.UNFIT,)),
    ReceiptStatus.UNKNOWN: frozenset((Verdict.LOST,)),
}
BOUNCES = {Verdict.DEAD: BounceKind.HARD, Verdict.BLOCKED: BounceKind.BLOCK}

BY_STATUS = {
    400: Verdict.UNFIT,
    408: Verdict.LATER,
    409: Verdict.LATER,
    413: Verdict.UNFIT,
    422: Verdict.UNFIT,
    425: Verdict.LATER,
    429: Verdict.BUSY,
    500: Verdict.LATER,
    501: Verdict.OURS,
    503: Verdict.LATER,
    # The gateway heard nothing, or nonsense, from whoever stands behind it and may have taken the mail.
    502: Verdict.LOST,
    504: Verdict.LOST,
}
"""Every other refusal (401, 403, 404, a redirect) speaks of key, account or address of the API."""


class Judged(msgspec.Struct, frozen=True):
    """What is known of one request.

    wait  seconds after which the provider wants to be asked again; None where it does not say.
    """

    verdict: Verdict
    outcome: Outcome
    wait: float | None = None


def judged(provider: Provider, reply: Reply, now: datetime) -> Judged:
    """What *reply* makes of the message that it answers."""
    said = provider.said(reply)
    wait = asked_to_wait(reply, now)
    verdict = next((rule.verdict for rule in provider.rules if rule.fits(reply.status, said)), None)
    if verdict is None:
        verdict = _by_status(reply.status, said)
    if verdict is Verdict.LATER and wait is not None and reply.status >= 500:
        verdict = Verdict.BUSY
    return Judged(verdict, outcome_of(provider, verdict, reply.status, said), wait)


def _by_status(status: int, said: Said) -> Verdict:
    if 200 <= status < 300:
        return Verdict.TAKEN if said.taken_as else Verdict.LOST
    if status >= 500:
        return BY_STATUS.get(status, Verdict.LATER)
    return BY_STATUS.get(status, Verdict.OURS)


def outcome_of(provider: Provider, verdict: Verdict, status: int, said: Said) -> Outcome:
    """The receipt in the making. Its code is RFC 3463's where the verdict has one, else the HTTP status."""
    receipt = next(each for each, verdicts in STATUSES.items() if verdict in verdicts)
    heard = f"{provider.title} answered {status}" + (f": {said.text}" if said.text else "")
    match verdict:
        case Verdict.TAKEN:
            heard = f"taken as {said.taken_as}"
        case Verdict.TWICE:
            heard = f"taken at an earlier try; {heard}"
        case Verdict.OURS:
            heard = f"ours to mend, not the lead's: {heard}"
        case Verdict.LOST:
            heard = f"{heard}; whether it took the mail is not known"
        case _:
            pass
    code = BAD_ADDRESS if verdict is Verdict.DEAD else str(status)
    return Outcome(receipt, code, heard, BOUNCES.get(verdict))


def asked_to_wait(reply: Reply, now: datetime) -> float | None:
    """Seconds until the provider wants to be asked again (Retry-After of RFC 9110 §10.2.3, else X-RateLimit-Reset)."""
    after = reply.headers.get("retry-after", "").strip()
    if after.isdecimal():
        return float(after)
    if after:
        try:
            moment = parsedate_to_datetime(after)
        except ValueError:
            return None
        return max(
            0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
        )
    reset = reply.headers.get("x-ratelimit-reset", "").strip() if reply.status == 429 else ""
    if not reset.isdecimal():
        return None
    return max(0.0, int(reset) - now.timestamp()) if int(reset) >= EPOCHS else float(reset)
