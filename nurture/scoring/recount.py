"""The ledger counted under other rules: what a lead would have now, had the rules been these from the beginning.

Rules that a change leaves alone keep what they gave, whatever they were worth then; what it touches is given anew.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from nurture.content.model import Interest, InterestRule
from nurture.scoring.ledger import Accumulators, counted, value_at
from nurture.scoring.refold import Occurrence, in_order, points_in, with_one_more
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Accumulator


class Worth(msgspec.Struct, frozen=True):
    """What a rule gives; half_life in seconds."""

    points: float
    group: str
    half_life: int


class Change(msgspec.Struct, frozen=True):
    """What a change of the rules touches.

    worth   what each rule that it touches gives from now on, by its key; None for one that is gone.
    limits  the most that each group can be worth, those that it leaves alone included.
    groups  those whose limit it touches.
    moved   where points of a (group, half-life) stand that rules have left: a hand-back has lowered them there.
    """

    worth: Mapping[str, Worth | None]
    limits: Mapping[str, int]
    groups: frozenset[str]
    moved: Mapping[tuple[str, int], frozenset[tuple[str, int]]]

    @property
    def is_nothing(self) -> bool:
        return not self.worth and not self.groups


def change(before: Interest, after: Interest) -> Change:
    """What *after* says otherwise than *before*."""
    was, now = ({rule.key: _worth(rule) for rule in each.rules} for each in (before, after))
    worth = {key: now.get(key) for key in was if now.get(key) != was[key]}
    groups = {*before.groups, *after.groups}
    moved: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for key, each in was.items():
        to = now.get(key)
        places = moved.setdefault((each.group, each.half_life), set())
        if to is not None:
            places.add((to.group, to.half_life))
    return Change(
        worth=worth,
        limits=after.groups,
        groups=frozenset(each for each in groups if before.groups.get(each) != after.groups.get(each)),
        moved={place: frozenset({place, *to}) for place, to in moved.items()},
    )


def concerns(change: Change, history: Iterable[Occurrence]) -> bool:
    """Whether *change* touches anything that a lead was ever given."""
    return any(each.entry.rule in change.worth or each.entry.group in change.groups for each in history)


def recounted(kept: Accumulators, history: Sequence[Occurrence], change: Change) -> Accumulators:
    """The accumulators that *history*, a lead's whole ledger, would have led to.

    kept  what they are now, which they stay where the change touches nothing of the lead.

    A hand-back takes the same share as it did. What was not counted because a rule had no allowance left is in no ledger, and
    stays away.
    """
    if change.is_nothing or not concerns(change, history):
        return kept
    was: Accumulators = ()
    now: Accumulators = ()
    has_lowered = any(each.entry.kind is EntryKind.LOWERED for each in history)
    for each in in_order(history):
        if has_lowered:
            if each.entry.kind is EntryKind.LOWERED:
                now = _lowered(now, each.entry, was, change)
                was = with_one_more(was, each, change.limits)
                continue
            was = with_one_more(was, each, change.limits)
        changed = _changed(each, change)
        if changed is not None:
            now = with_one_more(now, changed, change.limits)
    return now


def _worth(rule: InterestRule) -> Worth:
    return Worth(rule.points, rule.group, int(rule.half_life.elapsed.total_seconds()))


def _changed(each: Occurrence, change: Change) -> Occurrence | None:
    """The award as its rule gives it now; None where the rule is gone."""
    entry = each.entry
    if entry.kind is EntryKind.OPENING or entry.rule not in change.worth:
        return each
    worth = change.worth[entry.rule]
    if worth is None:
        return None
    return replace(
        each, entry=replace(entry, offered=worth.points, group=worth.group, half_life=worth.half_life)
    )


def _lowered(now: Accumulators, entry: ScoreEntry, was: Accumulators, change: Change) -> Accumulators:
    """*now* after a hand-back took the share that *entry* took of what was there."""
    place = (entry.group, entry.half_life)
    there = points_in(was, *place, entry.at)
    share = 0.0 if there <= 0 else min(1.0, -entry.credited / there)
    for each in now:
        if share and (each.group, each.half_life) in change.moved.get(place, {place}):
            now = counted(now, _taken(entry, each, share))
    return now


def _taken(entry: ScoreEntry, each: Accumulator, share: float) -> ScoreEntry:
    credited = -share * value_at(each, entry.at)
    return replace(entry, group=each.group, half_life=each.half_life, credited=credited)
