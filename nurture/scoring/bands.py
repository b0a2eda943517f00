"""Bounds that a score crosses: which grade and temperature it means, and exactly when decay will change that."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from nurture.content.model import GradeBounds, TemperaturePolicy
from nurture.scoring.ledger import Accumulators, interest_score
from nurture.vocabulary.words import Grade, Temperature

COMPLETE_ENOUGH = 0.5
MICROSECOND = timedelta(microseconds=1)


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

    bounds  ascending. Between events the score only falls, so the highest bound at or under the score is the next one.
    Returns None if no bound lies between the score and 0. Found by bisection and rounded up to a microsecond, so that
    at the moment returned the bound is surely crossed.
    """
    score = interest_score(accumulators, now)
    below = [bound for bound in bounds if 0 < bound <= score]
    if not below:
        return None
    bound = below[-1]
    slowest = max(each.half_life for each in accumulators)
    low, high = now, now + timedelta(seconds=slowest)
    while interest_score(accumulators, high) >= bound:
        high += high - now
    while high - low > MICROSECOND:
        middle = low + (high - low) / 2
        if interest_score(accumulators, middle) >= bound:
            low = middle
        else:
            high = middle
    return high
