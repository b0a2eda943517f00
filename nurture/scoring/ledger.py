"""The interest score in O(1): one accumulator per (group, half-life), each decaying on its own.

The score at any moment is a fold of the ledger's entries. The accumulators are that fold, kept: ``counted`` is the only
way in which they change, so both are equal to the last bit.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce

from nurture.vocabulary.points import ScoreEntry
from nurture.vocabulary.state import Accumulator

MOST = 100.0

Accumulators = tuple[Accumulator, ...]


def interest_score(accumulators: Accumulators, at: datetime) -> float:
    """The interest score at *at*, 0 to 100."""
    return min(MOST, total(accumulators, at))


def total(accumulators: Accumulators, at: datetime) -> float:
    """All groups together at *at*; more than the score where the groups' limits add up to more than 100."""
    points = 0.0
    for each in accumulators:
        points += value_at(each, at)
    return points


def group_value(accumulators: Accumulators, group: str, at: datetime) -> float:
    """What *group* is worth at *at*, over all its half-lives."""
    return sum(value_at(each, at) for each in accumulators if each.group == group)


def value_at(accumulator: Accumulator, at: datetime) -> float:
    """Its points at *at*: half after each half-life. A moment before its own counts as its own."""
    age = (at - accumulator.at).total_seconds()
    value: float = accumulator.value if age <= 0 else accumulator.value * 0.5 ** (age / accumulator.half_life)
    return value


def counted(accumulators: Accumulators, entry: ScoreEntry) -> Accumulators:
    """The accumulators with one more entry of the ledger."""
    for place, each in enumerate(accumulators):
        if each.group == entry.group and each.half_life == entry.half_life:
            at = max(entry.at, each.at)
            changed = Accumulator(each.group, each.half_life, value_at(each, at) + entry.credited, at)
            return (*accumulators[:place], changed, *accumulators[place + 1 :])
    return (*accumulators, Accumulator(entry.group, entry.half_life, entry.credited, entry.at))


def fold(entries: Iterable[ScoreEntry]) -> Accumulators:
    """The accumulators that these entries add up to, taken in the order in which they were counted."""
    nothing: Accumulators = ()
    return reduce(counted, entries, nothing)
