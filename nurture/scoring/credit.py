"""What reaches the score ledger: awards up to their group's limit, deductions, and what a hand-back takes away."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from nurture.scoring.ledger import Accumulators, counted, group_value, total, value_at
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Accumulator


class Award(msgspec.Struct, frozen=True):
    """Points that a rule gives for an event at the moment *at*; *cap* is the most that its group can be worth."""

    rule: str
    group: str
    half_life: int
    points: float
    cap: float
    at: datetime


class Cause(msgspec.Struct, frozen=True):
    """Whose score changes, and by which event."""

    lead_id: int
    event_id: int


def credit(
    accumulators: Accumulators, award: Award, cause: Cause
) -> tuple[Accumulators, tuple[ScoreEntry, ...]]:
    """Count *award*: what the group's limit leaves of it, or a deduction where it is negative.

    A late award is first decayed to the moment that the accumulators have reached, so that the score of today is the
    same in whatever order events arrive, up to the group's limit. A deduction has an entry for each accumulator that it
    lowers: the first says what the rule gives, the others what was left of it.
    """
    moment = max((award.at, *(each.at for each in accumulators)))
    worth = award.points * 0.5 ** ((moment - award.at).total_seconds() / award.half_life)
    of_group = tuple(each for each in accumulators if each.group == award.group)
    entry = ScoreEntry(
        lead_id=cause.lead_id,
        event_id=cause.event_id,
        kind=EntryKind.AWARDED,
        rule=award.rule,
        group=award.group,
        half_life=award.half_life,
        offered=award.points,
        credited=0.0,
        at=moment,
    )
    if award.points < 0:
        entry = replace(entry, kind=EntryKind.DEDUCTED)
        first, *others = tuple(_deductions(of_group, -worth, entry)) or (entry,)
        return _counted(accumulators, (replace(first, offered=award.points), *others))
    room = award.cap - group_value(accumulators, award.group, moment)
    return _counted(accumulators, (replace(entry, credited=max(0.0, min(worth, room))),))


def lower(
    accumulators: Accumulators, *, factor: float, ceiling: float, at: datetime, reason: str, cause: Cause
) -> tuple[Accumulators, tuple[ScoreEntry, ...]]:
    """All points times *factor*, then down to *ceiling*: what a hand-back's *reason* leaves of the interest.

    ceiling  the most that may remain at *at*; longest half-lives are lowered first.
    """
    entry = ScoreEntry(
        lead_id=cause.lead_id,
        event_id=cause.event_id,
        kind=EntryKind.LOWERED,
        rule=reason,
        group="",
        half_life=0,
        offered=0.0,
        credited=0.0,
        at=at,
    )
    losses = ((each, value_at(each, at) * (factor - 1)) for each in accumulators)
    scaled = tuple(_lowering(entry, each, loss, loss) for each, loss in losses if loss)
    accumulators, entries = _counted(accumulators, scaled)
    rest = tuple(_deductions(accumulators, total(accumulators, at) - ceiling, entry))
    accumulators, _ = _counted(accumulators, rest)
    return accumulators, entries + rest


def _deductions(members: Accumulators, points: float, entry: ScoreEntry) -> Iterator[ScoreEntry]:
    """*points* off these accumulators, never below 0: *entry* for each that is lowered, with what it was asked for.

    Longest half-life first, so that what remains decays fastest and the score only falls between events.
    """
    for each in sorted(members, key=lambda each: (-each.half_life, each.group)):
        taken = min(points, value_at(each, entry.at))
        if taken > 0:
            yield _lowering(entry, each, -points, -taken)
            points -= taken


def _lowering(entry: ScoreEntry, accumulator: Accumulator, offered: float, credited: float) -> ScoreEntry:
    return replace(
        entry,
        group=accumulator.group,
        half_life=accumulator.half_life,
        offered=offered,
        credited=credited,
        at=max(entry.at, accumulator.at),
    )


def _counted(
    accumulators: Accumulators, entries: tuple[ScoreEntry, ...]
) -> tuple[Accumulators, tuple[ScoreEntry, ...]]:
    for entry in entries:
        accumulators = counted(accumulators, entry)
    return accumulators, entries
