"""What reps do with the leads that they are given: they answer in working hours, most in time, and some deals are won."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from nurture.durations import Duration, Unit
from nurture.engine.watch import HandedOver
from nurture.scheduling.business_time import BusinessHours, add
from nurture.simulation.behaviour import Habits, event
from nurture.simulation.chance import Chance
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.words import EventKind, Stage

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SOONEST = 8 * MINUTE
MARKED, MARK = 0.4, "key account"
"""How often a rep who sees a deal tags its lead, and as what."""


class Reps:
    """The sales people of a programme.

    hours    when they work.
    members  who is in which team.
    reasons  why leads may be given back.
    """

    def __init__(
        self,
        chance: Chance,
        habits: Habits,
        hours: BusinessHours,
        *,
        members: dict[str, Sequence[str]],
        reasons: Sequence[str],
    ) -> None:
        self._chance = chance
        self._habits = habits
        self._hours = hours
        self._members = members
        self._reasons = reasons
        self._given_back = 0

    def answer(self, handed: HandedOver) -> Event | None:
        """What the rep does with a lead that was handed over; None for nothing."""
        lead_id, made = handed.lead_id, handed.made_at.isoformat()
        if not self._chance.happens(self._habits.answers, "answers at all", lead_id, made):
            return None
        wait = self._chance.between(SOONEST, self._habits.answer_within, "answers", lead_id, made)
        at = self._after(handed.made_at, wait)
        by = handed.rep or self._chance.pick(self._members[handed.team], "who answers", lead_id, made)
        if not self._reasons or self._chance.happens(self._habits.accepts, "accepts", lead_id, made):
            return _said(lead_id, EventKind.HAND_OFF_ACCEPTED, at, by)
        return _said(lead_id, EventKind.HAND_OFF_REJECTED, at, by, reason=self._reason())

    def outcome(self, accepted: Event) -> Iterator[Event]:
        """What comes of a lead that a rep has taken: a first call, and for some a deal."""
        lead_id, by = accepted.lead_id, accepted.text("by") or ""
        made = accepted.occurred_at.isoformat()
        at = self._after(
            accepted.occurred_at, self._chance.between(30 * MINUTE, 12 * HOUR, "calls", lead_id, made)
        )
        yield _said(lead_id, EventKind.CONTACTED, at, by)
        if self._reasons and not self._chance.happens(self._habits.agrees, "agrees", lead_id, made):
            at = self._after(at, self._chance.between(HOUR, 40 * HOUR, "gives back", lead_id, made))
            yield _said(lead_id, EventKind.HAND_OFF_REJECTED, at, by, reason=self._reason())
            return
        for stage, longest in ((Stage.SQL, 24), (Stage.OPPORTUNITY, 64), (self._end(lead_id, made), 120)):
            if stage is None:
                return
            at = self._after(at, self._chance.between(2 * HOUR, longest * HOUR, stage, lead_id, made))
            yield _said(lead_id, EventKind.STAGE_SET, at, by, stage=stage.value)
            if stage is Stage.OPPORTUNITY and self._chance.happens(MARKED, "marks", lead_id, made):
                yield _said(lead_id, EventKind.LEAD_TAGGED, at + MINUTE, by, tags={MARK: True})

    def _end(self, lead_id: int, made: str) -> Stage | None:
        lot = self._chance.lot("ends", lead_id, made)
        if lot < self._habits.wins:
            return Stage.CUSTOMER
        return Stage.LOST if lot < self._habits.wins + self._habits.loses else None

    def _reason(self) -> str:
        """Each in its turn, so that none is missing where few leads are given back."""
        self._given_back += 1
        return self._reasons[self._given_back % len(self._reasons)]

    def _after(self, moment: datetime, working: timedelta) -> datetime:
        """When so much working time has passed since *moment*."""
        return add(moment, Duration(working // MINUTE, Unit.MINUTE, business=True), self._hours)


def _said(lead_id: int, kind: EventKind, at: datetime, by: str, **values: PropertyValue) -> Event:
    about: dict[str, PropertyValue] = {"by": by}
    return event(lead_id, kind, at, f"{lead_id}:{kind}:{at.isoformat()}", **about, **values)
