"""The ledger counted again: after two leads became one, or a machine's act turned out to be a person's.

history of entries  ->  standing   those that still count
                    ->  refold     what they are worth in the order in which things happened
                    ->  changes    what brings the kept accumulators there
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from nurture.scoring.credit import Award, Cause, credit
from nurture.scoring.ledger import Accumulators, counted, value_at
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Accumulator

NEGLIGIBLE = 1e-12
"""Points that differ only because the same halves were added in another order."""


class Occurrence(msgspec.Struct, frozen=True):
    """An entry of the ledger, and when what it stands for happened."""

    occurred_at: datetime
    entry: ScoreEntry


def refold(history: Iterable[Occurrence], limits: Mapping[str, float]) -> Accumulators:
    """What *history* is worth when it is counted by (occurred, event).

    history  of one lead, or of all that it was merged from, each in the order in which it was written.
    limits   the most that each group can be worth.
    """
    accumulators: Accumulators = ()
    for each in in_order(history):
        accumulators = with_one_more(accumulators, each, limits)
    return accumulators


def in_order(history: Iterable[Occurrence]) -> list[Occurrence]:
    """What still counts of *history*, by (occurred, event)."""
    return sorted(standing(history), key=lambda each: (each.occurred_at, each.entry.event_id))


def with_one_more(accumulators: Accumulators, each: Occurrence, limits: Mapping[str, float]) -> Accumulators:
    """The accumulators with one more occurrence: an award anew, a lowering or an opening balance as it was."""
    entry = each.entry
    if entry.kind in (EntryKind.LOWERED, EntryKind.OPENING):
        return counted(accumulators, _within(accumulators, entry))
    award = _award(each, limits)
    return credit(accumulators, award, Cause(entry.lead_id, entry.event_id))[0]


def standing(history: Iterable[Occurrence]) -> list[Occurrence]:
    """The entries that say what still counts, one for each act and rule: what was taken back does not, until it is restored."""
    awards: dict[tuple[int, str], Occurrence] = {}
    others: list[Occurrence] = []
    for each in history:
        key = (each.entry.event_id, each.entry.rule)
        match each.entry.kind:
            case EntryKind.AWARDED | EntryKind.DEDUCTED | EntryKind.RESTORED:
                awards.setdefault(key, each)  # the first of several accumulators' tells it whole
            case EntryKind.VOIDED:
                awards.pop(key, None)
            case EntryKind.LOWERED | EntryKind.OPENING:
                others.append(each)
            case EntryKind.MERGED:
                pass  # what two histories are worth as one is found out anew
    return [*awards.values(), *others]


def overturned(
    kept: Accumulators,
    history: Sequence[Occurrence],
    turned: Sequence[Occurrence],
    limits: Mapping[str, float],
    at: datetime,
) -> tuple[Accumulators, tuple[ScoreEntry, ...]]:
    """The accumulators after *turned* is taken back or restored, and the entries, dated *at*, that lead there.

    kept    what the accumulators are now.
    turned  at least one entry that is VOIDED or RESTORED and whose credit is yet to be found out. The first for an
            accumulator gets its whole change; a change of another accumulator becomes an entry that offers nothing.
    """
    rightful = refold([*history, *turned], limits)
    differing = changes(kept, rightful, at)
    entries = [
        replace(each.entry, credited=differing.pop((each.entry.group, each.entry.half_life), 0.0), at=at)
        for each in turned
    ]
    entries += (
        replace(entries[0], group=group, half_life=half_life, offered=0.0, credited=change)
        for (group, half_life), change in differing.items()
    )
    for entry in entries:
        kept = counted(kept, entry)
    return kept, tuple(entries)


def joined(
    kept: Accumulators, history: Iterable[Occurrence], limits: Mapping[str, float], cause: Cause, at: datetime
) -> tuple[Accumulators, tuple[ScoreEntry, ...]]:
    """The accumulators that are worth what *history* is, and the entries, dated *at*, that lead there from *kept*.

    history  all that the lead is to have earned: after a merge both leads', after its undoing its own alone.
    cause    the lead that goes on, and the event of the merge or of its undoing.
    """
    entries = tuple(
        ScoreEntry(
            lead_id=cause.lead_id,
            event_id=cause.event_id,
            kind=EntryKind.MERGED,
            rule=EntryKind.MERGED.value,
            group=group,
            half_life=half_life,
            offered=0.0,
            credited=change,
            at=at,
        )
        for (group, half_life), change in changes(kept, refold(history, limits), at).items()
    )
    for entry in entries:
        kept = counted(kept, entry)
    return kept, entries


def changes(kept: Accumulators, rightful: Accumulators, at: datetime) -> dict[tuple[str, int], float]:
    """What is to be added to each (group, half-life) of *kept* at *at*, so that it is worth what *rightful* is."""
    places = dict.fromkeys((each.group, each.half_life) for each in (*kept, *rightful))
    found = {place: points_in(rightful, *place, at) - points_in(kept, *place, at) for place in places}
    return {place: change for place, change in found.items() if abs(change) > NEGLIGIBLE}


def _award(each: Occurrence, limits: Mapping[str, float]) -> Award:
    entry = each.entry
    limit = limits.get(entry.group, 100)
    return Award(entry.rule, entry.group, entry.half_life, entry.offered, limit, each.occurred_at)


def _within(accumulators: Accumulators, entry: ScoreEntry) -> ScoreEntry:
    """A lowering or an opening balance; no more can be taken than is there now."""
    there = points_in(accumulators, entry.group, entry.half_life, entry.at)
    return replace(entry, credited=max(entry.credited, -there))


def points_in(accumulators: Accumulators, group: str, half_life: int, at: datetime) -> float:
    """What is there of one (group, half-life) at *at*."""
    return sum(value_at(each, at) for each in accumulators if _is(each, group, half_life))


def _is(accumulator: Accumulator, group: str, half_life: int) -> bool:
    return accumulator.group == group and accumulator.half_life == half_life
