"""Points explained: from what happened to the rule, what it gives, what was counted and why, and what is left of it today."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from nurture.content.model import Programme
from nurture.vocabulary.points import EntryKind, ScoreEntry

NEAR = 0.05
"""Points below which a difference is not worth a word."""


class PointLine(msgspec.Struct, frozen=True):
    """One row of the ledger.

    left  what it is worth now, after its decay; 0 for a deduction, which took others' points away at once.
    why   why less was counted than the rule gives, or what the entry is; "" where there is nothing to say.
    """

    entry: ScoreEntry
    left: float
    why: str


def explained(programme: Programme, entries: Iterable[ScoreEntry], now: datetime) -> tuple[PointLine, ...]:
    """Each entry with what is left of it at *now*; of what was taken back later, nothing."""
    lines = [PointLine(each, left_of(each, now), why(programme, each)) for each in entries]
    for place, line in enumerate(lines):
        later = (each.entry for each in lines[place + 1 :])
        if any(e.kind is EntryKind.VOIDED and _is_same(e, line.entry) for e in later):
            lines[place] = replace(line, left=0.0)
    return tuple(lines)


def _is_same(one: ScoreEntry, other: ScoreEntry) -> bool:
    return (one.event_id, one.rule) == (other.event_id, other.rule)


def left_of(entry: ScoreEntry, now: datetime) -> float:
    """What an award is worth at *now*, by its half-life."""
    if entry.credited <= 0:
        return 0.0
    age = max(now - entry.at, timedelta(0)).total_seconds()
    return float(entry.credited * 0.5 ** (age / entry.half_life))


def why(programme: Programme, entry: ScoreEntry) -> str:
    """What the numbers alone do not say."""
    match entry.kind:
        case EntryKind.OPENING:
            return "stands for history that was dropped"
        case EntryKind.LOWERED:
            return "lowered when sales gave the lead back"
        case EntryKind.DEDUCTED:
            return "took away what was there, the longest lasting first"
        case EntryKind.VOIDED:
            return "taken back: a machine did it"
        case EntryKind.RESTORED:
            return "counted after all"
        case EntryKind.MERGED:
            return "what two leads are worth as one, counted in the order in which all of it happened"
        case EntryKind.AWARDED:
            limit = programme.scoring.interest.groups.get(entry.group)
            if entry.offered - entry.credited <= NEAR or limit is None:
                return ""
            there = max(0.0, limit - entry.credited)
            return f"{entry.group} counts {limit} at most, and {there:.4g} were there already"
