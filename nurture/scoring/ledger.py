"""The interest score in O(1): one accumulator per (group, half-life), each decaying on its own.

The score at any moment is a fold of the ledger's entries; the accumulators are that fold, kept.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Accumulator

MOST = 100.0

Accumulators = tuple[Accumulator, ...]


class Award(msgspec.Struct, frozen=True):
    """Points that a rule gives for an event at the moment *at*; *cap* is the most that its group can be worth."""

    rule: str
    group: str
    half_life: int
    points: float
    cap: float
    at: datetime


def value_at(accumulator: Accumulator, at: datetime) -> float:
    """Its points at *at*: half after each half-life. A moment before its own counts as its own."""
    age = (at - accumulator.at).total_seconds()
    return accumulator.value if age <= 0 else accumulator.value * 0.5 ** (age / accumulator.half_life)


def group_value(accumulators: Accumulators, group: str, at: datetime) -> float:
    """What *group* is worth at *at*, over all its half-lives."""
    return sum(value_at(each, at) for each in accumulators if each.group == group)


def interest_score(accumulators: Accumulators, at: datetime) -> float:
    """The interest score at *at*, 0 to 100."""
    total = 0.0
    for each in accumulators:
        total += value_at(each, at)
    return min(MOST, total)


def credit(
    accumulators: Accumulators, award: Award, *, lead_id: int, event_id: int
) -> tuple[Accumulators, ScoreEntry]:
    """Count *award*: what the group's limit leaves of it, or a deduction where it is negative.

    A late award is first decayed to the moment that the accumulators have reached, so that the score of today is the
    same in whatever order events arrive, up to the group's limit.
    """
    moment = max((each.at for each in accumulators), default=award.at)
    moment = max(moment, award.at)
    if award.points < 0:
        lowered, taken = deduct(accumulators, -award.points, moment, group=award.group)
        return lowered, _entry(
            award, lead_id=lead_id, event_id=event_id, kind=EntryKind.DEDUCTED, credited=-taken, at=moment
        )
    worth = award.points * 0.5 ** ((moment - award.at).total_seconds() / award.half_life)
    room = award.cap - group_value(accumulators, award.group, moment)
    credited = max(0.0, min(worth, room))
    return _add(accumulators, award, credited, moment), _entry(
        award, lead_id=lead_id, event_id=event_id, kind=EntryKind.AWARDED, credited=credited, at=moment
    )


def deduct(
    accumulators: Accumulators, points: float, at: datetime, *, group: str | None = None
) -> tuple[Accumulators, float]:
    """Take *points* off the group (or off all) at *at*, longest half-life first, never below 0.

    Returns the accumulators and what was really taken. Longest first, so that what remains decays fastest and the
    score only falls between events.
    """
    left = points
    lowered: dict[tuple[str, int], Accumulator] = {}
    for each in sorted(accumulators, key=lambda each: (-each.half_life, each.group)):
        value = value_at(each, at)
        taken = min(left, value) if group in (None, each.group) else 0.0
        left -= taken
        lowered[each.group, each.half_life] = Accumulator(
            each.group, each.half_life, value - taken, max(at, each.at)
        )
    return tuple(lowered[each.group, each.half_life] for each in accumulators), points - left


def scale(accumulators: Accumulators, factor: float, at: datetime) -> Accumulators:
    """All accumulators times *factor* at *at*: a hand-back that halves or zeroes the score."""
    return tuple(
        Accumulator(each.group, each.half_life, value_at(each, at) * factor, max(at, each.at))
        for each in accumulators
    )


def fold(entries: Iterable[ScoreEntry]) -> Accumulators:
    """The accumulators that these entries add up to, taken in the order in which they were counted."""
    accumulators: Accumulators = ()
    for entry in entries:
        here = Award(entry.rule, entry.group, entry.half_life, entry.offered, MOST, entry.at)
        accumulators = _add(accumulators, here, entry.credited, entry.at)
    return accumulators


def _add(accumulators: Accumulators, award: Award, points: float, moment: datetime) -> Accumulators:
    for index, each in enumerate(accumulators):
        if each.group == award.group and each.half_life == award.half_life:
            raised = Accumulator(each.group, each.half_life, value_at(each, moment) + points, moment)
            return (*accumulators[:index], raised, *accumulators[index + 1 :])
    return (*accumulators, Accumulator(award.group, award.half_life, points, moment))


def _entry(
    award: Award, *, lead_id: int, event_id: int, kind: EntryKind, credited: float, at: datetime
) -> ScoreEntry:
    return ScoreEntry(
        lead_id=lead_id,
        event_id=event_id,
        kind=kind,
        rule=award.rule,
        group=award.group,
        half_life=award.half_life,
        offered=award.points,
        credited=credited,
        at=at,
    )
