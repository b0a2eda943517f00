"""Bounds that a score crosses: which grade and temperature it means, and exactly when decay will change that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import exp, log

from nurture.content.model import GradeBounds, TemperaturePolicy
from nurture.scoring.ledger import Accumulators, interest_score, value_at
from nurture.vocabulary.words import Grade, Temperature

COMPLETE_ENOUGH = 0.5
MICROSECOND = timedelta(microseconds=1)
NEAR = 1e-6
"""Seconds; a datetime knows no finer moment."""


def grade_of(
    bounds: Mapping[Grade, GradeBounds], *, fit: float, interest: float, completeness: float
) -> Grade:
    """The first grade that holds; E when none does or the profile is less than half known."""
    if completeness < COMPLETE_ENOUGH:
        return Grade.E
    for grade, least in bounds.items():
        if fit >= least.fit and interest >= least.interest:
            return grade
    return Grade.E


def temperature_of(policy: TemperaturePolicy, current: Temperature, interest: float) -> Temperature:
    """The temperature that *interest* means to a lead that is *current* now, with hysteresis, dwell aside."""
    if interest >= policy.hot.enter:
        return Temperature.HOT
    if current is Temperature.HOT and interest >= policy.hot.leave:
        return Temperature.HOT
    if interest >= policy.warm.enter:
        return Temperature.WARM
    if current is not Temperature.COLD and interest >= policy.warm.leave:
        return Temperature.WARM
    return Temperature.COLD


def next_crossing(accumulators: Accumulators, bounds: tuple[float, ...], now: datetime) -> datetime | None:
    """The first moment after *now* at which the score is below the next of *bounds*.

    Between events the score only falls, so the highest bound at or under the score is the next one. Exact to the
    microsecond: the moment before, the score still reaches the bound. Returns None if no bound lies between the score
    and 0.
    """
    score = interest_score(accumulators, now)
    bound = max((bound for bound in bounds if 0 < bound <= score), default=None)
    if bound is None:
        return None
    low, high = _around(accumulators, bound, now)
    while high - low > MICROSECOND:
        middle = low + (high - low) / 2
        if interest_score(accumulators, middle) >= bound:
            low = middle
        else:
            high = middle
    return high


def _around(accumulators: Accumulators, bound: float, now: datetime) -> tuple[datetime, datetime]:
    """A moment at which the score still reaches *bound* and a later one at which it does not, microseconds apart."""
    near = now + timedelta(seconds=_seconds_until(accumulators, bound, now))
    low, high, step = max(now, near - MICROSECOND), near + MICROSECOND, MICROSECOND
    while interest_score(accumulators, low) < bound:
        low, step = max(now, low - step), step * 2
    step = MICROSECOND
    while interest_score(accumulators, high) >= bound:
        high, step = high + step, step * 2
    return low, high


def _seconds_until(accumulators: Accumulators, bound: float, now: datetime) -> float:
    """About when a sum of decaying values is down to *bound*.

    Newton's method on the logarithm: of one value a straight line, of several a convex curve, on which steps from the
    left never go too far; a handful of them reach the microsecond.
    """
    decaying = [(value_at(each, now), log(2) / each.half_life) for each in accumulators]
    seconds = 0.0
    while True:
        values = [(value * exp(-rate * seconds), rate) for value, rate in decaying]
        score = sum(value for value, _ in values)
        step = log(score / bound) * score / sum(value * rate for value, rate in values)
        seconds += step
        if step < NEAR:
            return seconds
