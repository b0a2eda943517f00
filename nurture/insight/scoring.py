"""What a change of scoring would do to leads, before it is live: on all of them, or on leads drawn at random where there are many.

leads drawn  →  their ledgers, where the change touches what was given  →  each before and after  →  how many move
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from nurture.content.model import Programme
from nurture.insight.sampling import Estimate, drawn, estimated, with_ledgers
from nurture.insight.shown import Shown
from nurture.insight.timeline import name_of
from nurture.scoring.recount import change
from nurture.scoring.refold import Occurrence
from nurture.statemachine.advance import advance
from nurture.statemachine.known import known_of
from nurture.statemachine.rescored import Rescored, Standing, rescored
from nurture.statemachine.scope import Scope
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Grade, Temperature

LEADS_MOST = 1_000
"""Leads that are looked at: a page that shows the effect while one tries must answer at once."""
DECIDED_MOST = 200
"""Leads that are decided anew, to see whether sales would be handed them; of more, the share is taken."""
NAMED = 8
BIN = 5
"""Points that a bar of the histogram is wide."""

Moves = Mapping[tuple[Temperature, Temperature], int]
Histogram = Mapping[Temperature, tuple[int, ...]]


class Mover(msgspec.Struct, frozen=True):
    """A lead that would stand at another temperature."""

    name: str
    standing: Rescored


class Effect(msgspec.Struct, frozen=True):
    """What a change of scoring would do, to the leads that were looked at.

    looked_at  how many they are; of  how many there are.
    at_once    leads by their temperature now, and when the change goes live; those that stay included.
    anew       the same, with points counted anew.
    grades     by grade: now, at once, anew.
    bars_now, bars_anew   leads by temperature and interest, in bins of BIN points; those below 1 point are *idle*.
    handed_off  how many sales would be handed at once that it is not handed today.
    named       some of those that move, the farthest first.
    """

    looked_at: int
    of: int
    at_once: Moves
    anew: Moves
    grades: Mapping[Grade, tuple[int, int, int]]
    bars_now: Histogram
    bars_anew: Histogram
    idle: tuple[int, int]
    handed_off: int
    named: tuple[Mover, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.of

    @property
    def moved_at_once(self) -> int:
        return sum(count for (before, after), count in self.at_once.items() if before is not after)

    @property
    def moved_anew(self) -> int:
        return sum(count for (before, after), count in self.anew.items() if before is not after)

    def standing(self, when: Literal["now", "at_once", "anew"], temperature: Temperature) -> int:
        """How many of the leads looked at are at *temperature* then."""
        moves = self.anew if when == "anew" else self.at_once
        place = 0 if when == "now" else 1
        return sum(count for move, count in moves.items() if move[place] is Temperature(temperature))

    def of_all(self, count: int) -> Estimate:
        """*count* of the leads looked at, as so many of all."""
        return estimated(count, looked_at=self.looked_at, of=self.of)


def effect(
    connection: Connection,
    live: Programme,
    changed: Programme,
    *,
    whom: Shown,
    now: datetime,
    seed: int,
    most: int = LEADS_MOST,
) -> Effect:
    """What becomes of leads if *changed* takes the place of *live*.

    seed  which leads are drawn: the same, as long as it is the same, so that figures move with the change alone.
    most  how many leads are looked at.
    """
    states, of = drawn(connection, whom=whom, most=most, seed=seed)
    differs = change(live.scoring.interest, changed.scoring.interest)
    histories: Mapping[int, Sequence[Occurrence]] = {}
    if not differs.is_nothing:
        states, histories = with_ledgers(connection, states)
    found = [
        rescored(live, changed, differs, each, history=histories.get(each.lead.id, ()), now=now)
        for each in states
    ]
    both = list(zip(states, found, strict=True))
    qualified = [state for state, each in both if _may_qualify(changed, state, each, now)]
    handed = sum(newly_with_sales(live, changed, state, now) for state in qualified[:DECIDED_MOST])
    handed = round(handed * len(qualified) / max(1, min(len(qualified), DECIDED_MOST)))
    farthest = sorted(
        (pair for pair in both if pair[1].now.temperature is not pair[1].anew.temperature),
        key=lambda pair: (-abs(pair[1].anew.interest - pair[1].now.interest), pair[1].lead_id),
    )
    named = tuple(Mover(name_of(state), each) for state, each in farthest[:NAMED])
    return replace(tally(found, of=of, handed_off=handed), named=named)


def tally(found: Sequence[Rescored], *, of: int, handed_off: int = 0) -> Effect:
    """The leads that were looked at, counted.

    of  how many there are.
    """
    grades = {
        grade: (
            sum(each.now.grade is grade for each in found),
            sum(each.at_once.grade is grade for each in found),
            sum(each.anew.grade is grade for each in found),
        )
        for grade in Grade
    }
    return Effect(
        looked_at=len(found),
        of=of,
        at_once=Counter((each.now.temperature, each.at_once.temperature) for each in found),
        anew=Counter((each.now.temperature, each.anew.temperature) for each in found),
        grades=grades,
        bars_now=histogram(each.now for each in found),
        bars_anew=histogram(each.anew for each in found),
        idle=(
            sum(each.now.interest < 1 for each in found),
            sum(each.anew.interest < 1 for each in found),
        ),
        handed_off=handed_off,
    )


def histogram(standings: Iterable[Standing]) -> Histogram:
    """Leads with a point or more, by temperature and in bins of BIN points; 100 is in the last."""
    bins = 100 // BIN
    counts = {temperature: [0] * bins for temperature in Temperature}
    for each in standings:
        if each.interest >= 1:
            counts[each.temperature][min(bins - 1, int(each.interest // BIN))] += 1
    return {temperature: tuple(each) for temperature, each in counts.items()}


def newly_with_sales(live: Programme, changed: Programme, state: LeadState, now: datetime) -> bool:
    """Whether the turn with which the lead learns of a revision hands it to sales under *changed*, and not under *live*."""
    told = Event(
        lead_id=state.lead.id,
        kind=EventKind.PROGRAMME_APPLIED,
        occurred_at=now,
        received_at=now,
        source="programme",
        source_id="tried",
    )
    before, after = (advance(programme, state, told, now).state for programme in (live, changed))
    return after.handed_off > before.handed_off


def _may_qualify(changed: Programme, state: LeadState, each: Rescored, now: datetime) -> bool:
    """Whether the change makes a stage's `enter_when` true of the lead: much quicker than deciding all that follows."""
    before, after = each.now, each.at_once
    if (before.temperature, before.grade) == (after.temperature, after.grade):
        return False
    then = replace(state, temperature=after.temperature, grade=after.grade, fit_score=after.fit)
    scope = Scope(changed, then, None, now)
    return any(
        policy.enter_when is not None
        and stage not in state.held
        and known_of(changed).holds(policy.enter_when, scope)
        for stage, policy in changed.stages.items()
    )
