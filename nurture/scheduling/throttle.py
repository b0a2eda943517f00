"""The arithmetic of not sending too fast: a token bucket per recipient domain, and the ramp of a new sender.

Balances are rows; here they are values.
"""

from datetime import date, datetime, timedelta
from math import ceil

import msgspec

from nurture.durations import Rate

ROUNDING = 1e-9
"""Of a token: sums of fractions such as 0.05 fall short of 1 by less than this."""


class Bucket(msgspec.Struct, frozen=True):
    """A domain's balance: *tokens* at *at* (aware UTC). It holds at most what its rate gives in one period."""

    tokens: float
    at: datetime


def full(rate: Rate, now: datetime) -> Bucket:
    """The bucket of a domain not sent to lately."""
    return Bucket(tokens=float(rate.amount), at=now)


def refill(bucket: Bucket, rate: Rate, now: datetime) -> Bucket:
    """The balance at *now*. A clock that stepped back earns nothing, and no moment earns twice."""
    if now <= bucket.at:
        return Bucket(tokens=min(bucket.tokens, rate.amount), at=bucket.at)
    earned = (now - bucket.at) / rate.period * rate.amount
    return Bucket(tokens=min(bucket.tokens + earned, rate.amount), at=now)


def take(bucket: Bucket, rate: Rate, now: datetime) -> tuple[Bucket, bool]:
    """The balance after asking for one token, and whether it was given."""
    filled = refill(bucket, rate, now)
    if filled.tokens + ROUNDING < 1:
        return filled, False
    return Bucket(tokens=max(0.0, filled.tokens - 1), at=filled.at), True


def next_token(bucket: Bucket, rate: Rate, now: datetime, *, ahead: int = 0) -> datetime:
    """The first moment at or after *now* at which a token is there, when *ahead* others are taken before it.

    With *ahead* the deferred mails of one batch get moments of their own, at the pace of the rate.
    """
    assert rate.amount >= 1, "a rate lets one mail through"
    filled = refill(bucket, rate, now)
    missing = 1 + ahead - filled.tokens
    if missing <= ROUNDING:
        return now
    microseconds = ceil(missing / rate.amount * (rate.period / timedelta(microseconds=1)))
    return filled.at + timedelta(microseconds=microseconds)


def warm_up_allowance(*, start: int, double_every: timedelta, full: int, first_day: date, day: date) -> int:
    """How many mails a new sender may send on *day*: *start* on its first day, doubled so often, at most *full*."""
    doublings = max(day - first_day, timedelta(0)) // double_every
    # Past this many doublings the ramp is over whatever they are; without it a jumping clock makes huge numbers.
    return min(full, start << min(doublings, full.bit_length()))
