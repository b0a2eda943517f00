"""Bounds that a score crosses: which grade and temperature it means, and exactly when decay will change that."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import exp, log

from nurture.content.model import GradeBounds, TemperaturePolicy
from nurture.scoring.ledger import Accumulators, interest_score, value_at
from nurture.vocabulary.words import Grade, Temperature

COMPLETE_ENOUGH = 0.5
MICROSECOND = timedelta(microseconds=1)
LN_2 = log(2)
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

    bounds  ascending, above 0.

    Between events the score only falls, so the highest bound at or under the score is the next one. Exact to the
    microsecond: the moment before, the score still reaches the bound. Returns None if no bound lies between the score
    and 0.
    """
    reached = bisect_right(bounds, interest_score(accumulators, now))
    if not reached:
        return None
    bound = bounds[reached - 1]
    begin = _falls_from(accumulators, bound, now)
    at = begin + timedelta(seconds=_seconds_until(accumulators, bound, begin))
    while interest_score(accumulators, at) < bound:
        at -= MICROSECOND
    while interest_score(accumulators, at) >= bound:
        at += MICROSECOND
    return at


def _falls_from(accumulators: Accumulators, bound: float, now: datetime) -> datetime:
    """The last moment before *bound* at which a value begins to decay: later than *now* where another clock has dated it."""
    begin = now
    for moment in sorted({each.at for each in accumulators if each.at > now}):
        if interest_score(accumulators, moment) < bound:
            break
        begin = moment
    return begin


def _seconds_until(accumulators: Accumulators, bound: float, now: datetime) -> float:
    """About when a sum of values, those decaying that are not dated after *now*, is down to *bound*.

    Newton's method on the logarithm: of one value a straight line, of several a convex curve, on which steps from the
    left never go too far; a handful of them reach the microsecond, and what rounding leaves is walked.
    """
    decaying = [
        (value_at(each, now), LN_2 / each.half_life if each.at <= now else 0.0) for each in accumulators
    ]
    seconds = 0.0
    while True:
        score = falling = 0.0
        for value, rate in decaying:
            left = value * exp(-rate * seconds)
            score += left
            falling += left * rate
        step = log(score / bound) * score / falling
        seconds += step
        if step < NEAR:
            return seconds
