"""Sales in a play: what reps do with the leads that they are given in it, and with those that wait for them when it begins."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from nurture.content.model import Programme
from nurture.engine.watch import HandedOver
from nurture.simulation.behaviour import Habits
from nurture.simulation.chance import Chance
from nurture.simulation.reps import Reps
from nurture.statemachine.advance import Advance
from nurture.statemachine.calendars import working_hours
from nurture.statemachine.effects import HandOver
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

SOMEBODY = "sales"
"""Who answers for a team that has nobody in it."""


class Sales:
    """The reps of *programme* from *start* on. Whoever they had taken before is left to them: nobody knows how far they are."""

    def __init__(self, programme: Programme, chance: Chance, habits: Habits, start: datetime) -> None:
        members: dict[str, Sequence[str]] = {
            key: [each.email for each in team.members] for key, team in programme.teams.items()
        }
        self._members, self._start = members, start
        self._reps = Reps(
            chance,
            habits,
            working_hours(programme),
            members=members,
            reasons=tuple(programme.recycle_reasons),
        )
        self._seen: set[tuple[int, int]] = set()

    def answers(self, place: int, event: Event, turned: Advance, at: datetime) -> Iterable[Event]:
        """What reps do about the turn that the lead at *place* has taken."""
        hand_off = turned.state.hand_off
        if hand_off is None or hand_off.closed_at is not None:
            return
        if hand_off.accepted_at is not None:
            if event.kind is EventKind.HAND_OFF_ACCEPTED and hand_off.accepted_at == at:
                # The same lead may be drawn twice, and is then another person.
                for each in self._reps.outcome(replace(event, lead_id=place)):
                    yield replace(each, lead_id=event.lead_id)
            return
        if (place, hand_off.serial) in self._seen:
            return
        self._seen.add((place, hand_off.serial))
        team = next((each.team for each in turned.effects if isinstance(each, HandOver)), "")
        anybody = self._members.get(team) or [each for members in self._members.values() for each in members]
        rep = turned.state.lead.owner or (anybody or [SOMEBODY])[place % max(1, len(anybody))]
        handed = HandedOver(place, team, rep, max(hand_off.made_at, self._start))
        said = self._reps.answer(handed)
        if said is not None:
            properties = {**said.properties, "hand_off": hand_off.serial}
            yield replace(said, lead_id=event.lead_id, properties=properties)
