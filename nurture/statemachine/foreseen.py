"""Which mails leave in the days to come: turns and gates played ahead, in order of time, where people answer or nobody does.

Each lead may stand for several. What uses up the sender's limit of a day is counted by what the leads stand for.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from nurture.content.model import Programme
from nurture.scheduling.zones import local_day
from nurture.statemachine.advance import Advance, advance
from nurture.statemachine.effects import CancelTouch, PlanTouch
from nurture.statemachine.entering import told
from nurture.statemachine.gates import Facts, Judgement, Rival, judge
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, MailClass, Verdict

REMEMBERED = timedelta(days=8)
A_MOMENT = timedelta(seconds=1)
TURNS_MOST = 200
"""Turns that one lead is played: a programme that wakes it without end ends here."""
OUTCOMES = {
    Verdict.PASS: EventKind.MAIL_SENT,
    Verdict.SKIP: EventKind.MAIL_SKIPPED,
    Verdict.STOP: EventKind.MAIL_CANCELLED,
}


class Waiting(msgspec.Struct, frozen=True):
    """A lead as it is now.

    weight   how many leads it stands for.
    touches  its mails that wait; *recent* when its marketing mails of the last eight days left.
    """

    state: LeadState
    weight: float = 1.0
    touches: Sequence[Touch] = ()
    recent: Sequence[datetime] = ()


class Leaving(msgspec.Struct, frozen=True):
    """A mail that would leave."""

    at: datetime
    weight: float
    touch: Touch


class People(Protocol):
    """Those who are played, by their places in the play: what they do, and who looks on."""

    def answers(self, place: int, touch: Touch, at: datetime) -> Iterable[Event]:
        """What comes of a mail that left at *at*."""

    def happened(self, place: int, event: Event, turned: Advance, at: datetime) -> Iterable[Event]:
        """A lead has taken its turn; what people do about that."""

    def held(self, touch: Touch, judgement: Judgement) -> None:
        """A gate has let a mail wait."""


class Played:
    """The play of one programme from *now* on.

    allowed  how many marketing mails may leave on a day; None for no limit.
    zone     whose days those are.
    people   what they do; None for nothing.
    """

    def __init__(
        self,
        programme: Programme,
        leads: Iterable[Waiting],
        now: datetime,
        *,
        allowed: Callable[[date], float] | None,
        zone: ZoneInfo,
        people: People | None = None,
    ) -> None:
        self._programme, self._allowed, self._zone, self._people = programme, allowed, zone, people
        self._to_come: list[Event] = []
        self._leads = [_Lead(each) for each in leads]
        self._day: date | None = None
        self._left = 0.0
        self._turns: list[tuple[datetime, int, int]] = []
        for place, lead in enumerate(self._leads):
            self._turns += [(max(each.due_at, now), place, each.id) for each in lead.touches.values()]
            self._take(place, told(lead.state, now), now)
        heapify(self._turns)

    def until(self, end: datetime) -> list[Leaving]:
        """The mails that leave before *end*, in their order."""
        found = []
        while self._turns and self._turns[0][0] < end:
            at, place, touch_id = heappop(self._turns)
            lead = self._leads[place]
            if lead.turns >= TURNS_MOST:
                continue
            if touch_id < 0:
                self._take(place, self._to_come[-touch_id - 1], at)
                continue
            if not touch_id:
                if lead.wake_at == at:
                    self._take(place, _event(lead.state, EventKind.TIMER_DUE, at), at)
                continue
            touch = lead.touches.get(touch_id)
            if touch is None or touch.due_at > at:
                continue
            judgement = self._judged(lead, touch, at)
            if judgement.verdict is Verdict.DEFER:
                if self._people is not None:
                    self._people.held(touch, judgement)
                if judgement.next_at is not None:
                    later = max(judgement.next_at, at + A_MOMENT)
                    lead.touches[touch_id] = replace(touch, due_at=later)
                    heappush(self._turns, (later, place, touch_id))
                continue
            del lead.touches[touch_id]
            if judgement.verdict is Verdict.PASS:
                found.append(Leaving(at, lead.weight, touch))
                self._count(lead, touch, at)
            self._take(place, _outcome(lead.state, touch, judgement, at), at)
            if judgement.verdict is Verdict.PASS and self._people is not None:
                self._expect(place, self._people.answers(place, touch, at), at)
        return found

    def _expect(self, place: int, events: Iterable[Event], at: datetime) -> None:
        for event in events:
            self._to_come.append(event)
            # Below 0, for touches and wake-ups have the numbers from 0 on.
            heappush(self._turns, (max(event.occurred_at, at), place, -len(self._to_come)))

    def _judged(self, lead: "_Lead", touch: Touch, at: datetime) -> Judgement:
        midnight = self._turn_day(at)
        return judge(
            touch,
            Facts(
                programme=self._programme,
                state=lead.state,
                recent=[each for each in lead.recent if each > at - REMEMBERED],
                rivals=[
                    Rival(other.id, other.priority, other.due_at)
                    for other in lead.touches.values()
                    if other.id != touch.id and other.mail_class is MailClass.MARKETING
                ],
                warm_up_left=None if self._allowed is None else int(self._left > 0),
                warm_up_free=midnight,
            ),
            at,
        )

    def _turn_day(self, at: datetime) -> datetime:
        """Begin the day of *at*, if it has not begun; returns when the next one does. What was too much yesterday is taken off."""
        day = at.astimezone(self._zone).date()
        while self._allowed is not None and (self._day is None or self._day < day):
            self._day = day if self._day is None else self._day + timedelta(days=1)
            self._left = self._allowed(self._day) + min(0.0, self._left)
        return local_day(at, self._zone)[1]

    def _count(self, lead: "_Lead", touch: Touch, at: datetime) -> None:
        if touch.mail_class is MailClass.MARKETING:
            lead.recent.append(at)
            self._left -= lead.weight

    def _take(self, place: int, event: Event, at: datetime) -> None:
        lead = self._leads[place]
        lead.turns += 1
        turned = advance(self._programme, lead.state, event, at)
        lead.state = turned.state
        if self._people is not None:
            self._expect(place, self._people.happened(place, event, turned, at), at)
        for effect in turned.effects:
            if isinstance(effect, PlanTouch):
                lead.touches[effect.touch.id] = effect.touch
                heappush(self._turns, (max(effect.touch.due_at, at), place, effect.touch.id))
            elif isinstance(effect, CancelTouch):
                lead.touches.pop(effect.touch_id, None)
        lead.wake_at = None if turned.wake_at is None else max(turned.wake_at, at + A_MOMENT)
        if lead.wake_at is not None:
            heappush(self._turns, (lead.wake_at, place, 0))


class _Lead:
    """A lead while it is played."""

    __slots__ = ("recent", "state", "touches", "turns", "wake_at", "weight")

    def __init__(self, waiting: Waiting) -> None:
        self.state, self.weight = waiting.state, waiting.weight
        self.touches = {each.id: each for each in waiting.touches}
        self.recent = list(waiting.recent)
        self.wake_at: datetime | None = None
        self.turns = 0


def _outcome(state: LeadState, touch: Touch, judgement: Judgement, at: datetime) -> Event:
    gate = {} if judgement.gate is None else {"gate": judgement.gate.value}
    return _event(
        state,
        OUTCOMES[judgement.verdict],
        at,
        touch=touch.id,
        mail=touch.mail,
        campaign=touch.campaign,
        track=touch.track,
        step=touch.step,
        enrolment=touch.enrolment,
        visit=touch.visit,
        **{"class": touch.mail_class.value, **gate},
    )


def _event(state: LeadState, kind: EventKind, at: datetime, **properties: str | int) -> Event:
    return Event(state.lead.id, kind, at, at, "foreseen", "", properties)
