"""The ledger counted again: after two leads became one, or a machine's act turned out to be a person's.

history of entries  ->  refold   what they are worth in the order in which things happened
                    ->  difference   the entries that bring the kept accumulators there
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from nurture.scoring.credit import Award, Cause, credit
from nurture.scoring.ledger import Accumulators, counted, value_at
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Accumulator


class Occurrence(msgspec.Struct, frozen=True):
    """An entry of the ledger, and when what it stands for happened."""

    occurred_at: datetime
    entry: ScoreEntry


def refold(history: Iterable[Occurrence], limits: Mapping[str, float]) -> Accumulators:
    """What *history* is worth when it is counted by (occurred, event).

    history  of one lead, or of all that it was merged from; without what an overturned verdict takes out, with what it
             brings in.
    limits   the most that each group can be worth.
    """
    accumulators: Accumulators = ()
    told: set[tuple[int, int, str]] = set()
    for each in sorted(history, key=lambda each: (each.occurred_at, each.entry.event_id)):
        entry = each.entry
        if entry.kind in (EntryKind.AWARDED, EntryKind.DEDUCTED):
            once = (entry.lead_id, entry.event_id, entry.rule)
            if once in told:  # a deduction has an entry for each half-life; the first one tells it whole
                continue
            told.add(once)
            accumulators, _ = credit(accumulators, _award(each, limits), Cause(entry.lead_id, entry.event_id))
        else:
            accumulators = counted(accumulators, _within(accumulators, entry))
    return accumulators


def difference(
    kept: Accumulators, rightful: Accumulators, *, at: datetime, reason: str, cause: Cause
) -> tuple[ScoreEntry, ...]:
    """The entries, dated *at*, after which *kept* is worth what *rightful* is."""
    entries = []
    for group, half_life in dict.fromkeys((each.group, each.half_life) for each in (*kept, *rightful)):
        change = _value(rightful, group, half_life, at) - _value(kept, group, half_life, at)
        if change:
            entries.append(
                ScoreEntry(
                    lead_id=cause.lead_id,
                    event_id=cause.event_id,
                    kind=EntryKind.AWARDED if change > 0 else EntryKind.DEDUCTED,
                    rule=reason,
                    group=group,
                    half_life=half_life,
                    offered=change,
                    credited=change,
                    at=at,
                )
            )
    return tuple(entries)


def _award(each: Occurrence, limits: Mapping[str, float]) -> Award:
    entry = each.entry
    limit = limits.get(entry.group, 100)
    return Award(entry.rule, entry.group, entry.half_life, entry.offered, limit, each.occurred_at)


def _within(accumulators: Accumulators, entry: ScoreEntry) -> ScoreEntry:
    """A lowering or an opening balance; no more can be taken than is there now."""
    there = _value(accumulators, entry.group, entry.half_life, entry.at)
    return replace(entry, credited=max(entry.credited, -there))


def _value(accumulators: Accumulators, group: str, half_life: int, at: datetime) -> float:
    return sum(value_at(each, at) for each in accumulators if _is(each, group, half_life))


def _is(accumulator: Accumulator, group: str, half_life: int) -> bool:
    return accumulator.group == group and accumulator.half_life == half_life
