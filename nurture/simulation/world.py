"""Turns the clock from one due moment to the next, ticks the engine, and lets people and reps answer."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

import msgspec

from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.watch import best_fitting, handed_over_since, next_due_at, sent_since
from nurture.simulation.behaviour import Habits, comes_to_buy, reactions
from nurture.simulation.chance import Chance
from nurture.simulation.clock import VirtualClock
from nurture.simulation.cohort import Arrival
from nurture.simulation.filled import Filled, Pressed, press, send
from nurture.simulation.reps import Reps
from nurture.statemachine.calendars import working_hours
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind, Stage

What: TypeAlias = Arrival | Event | Filled | Pressed
"""Something that happens at a moment."""
COARSEST = timedelta(minutes=15)
"""What is due within so much of another moment is done with it: ticks are few, and no one notices."""


class Agenda:
    """What will happen, in order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, What]] = []
        self._count = 0

    def add(self, at: datetime, what: What) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (at, self._count, what))

    @property
    def next_at(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def until(self, moment: datetime) -> Iterator[What]:
        """Take out what happens up to *moment*."""
        while self._waiting and self._waiting[0][0] <= moment:
            yield heapq.heappop(self._waiting)[2]


class World:
    """One engine, its virtual clock, and the people around it.

    sample  whether its leads are made for show, and flagged.
    """

    def __init__(
        self,
        engine: Engine,
        clock: VirtualClock,
        chance: Chance,
        habits: Habits = Habits(),  # noqa: B008 a frozen value
        *,
        sample: bool = False,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._chance = chance
        self._habits = habits
        self._sample = sample
        self._agenda = Agenda()
        self._seen_until = clock.now()
        self._kept_on = clock.now().date()
        self._reps_at_work = True
        programme = engine.live.programme
        self._reps = Reps(
            chance,
            habits,
            working_hours(programme),
            members={key: [each.email for each in team.members] for key, team in programme.teams.items()},
            reasons=tuple(programme.recycle_reasons),
        )

    def expect(self, arrivals: Iterable[Arrival]) -> None:
        """Let these people come when it is their time."""
        for arrival in arrivals:
            self._agenda.add(arrival.at, arrival)

    def let_machines_come(self, moments: Mapping[datetime, Filled]) -> None:
        """At each of these, a machine finds a form and fills in every field that it sees, and the one that it should not."""
        for at, filled in moments.items():
            self._agenda.add(at, filled)

    def let_buyers_come(self, moments: Sequence[datetime]) -> None:
        """At each of these, one of the best-fitting leads whom sales has not had comes to buy."""
        found = best_fitting(self._engine.database, stages=(Stage.INQUIRY,), most=len(moments))
        for lead_id, at in zip(found, moments, strict=False):
            for event in comes_to_buy(lead_id, at, why="comes to buy"):
                self._agenda.add(event.occurred_at, event)

    def send_reps_home(self) -> None:
        """Nobody answers what is handed over from now on."""
        self._reps_at_work = False

    def run_until(self, end: datetime, progress: Callable[[datetime], None] = lambda _: None) -> None:
        """Let time pass, to *end* at the latest."""
        while (moment := self._next_moment()) is not None and moment <= end:
            self._clock.turn_to(moment)
            self._happen()
            self._keep_house(moment)
            self._engine.tick()
            self._react()
            progress(moment)
        self._clock.turn_to(end)

    def _next_moment(self) -> datetime | None:
        moments = [moment for moment in (self._agenda.next_at, next_due_at(self._engine.database)) if moment]
        return max(min(moments), self._clock.now() + COARSEST) if moments else None

    def _keep_house(self, moment: datetime) -> None:
        """Once a day: what the heartbeat asks for every hour has no more to do."""
        if self._kept_on != moment.date():
            self._kept_on = moment.date()
            self._engine.keep_house()

    def _happen(self) -> None:
        now = self._clock.now()
        people, events = [], []
        for each in map(self._as_sent, self._agenda.until(now)):
            match each:
                case Arrival():
                    people.append(msgspec.structs.replace(each.person, created_at=each.at))
                case Event():
                    events.append(msgspec.structs.replace(each, received_at=now))
                case Filled():
                    follows = send(self._engine, self._chance, each, sample=self._sample)
                    if follows is not None:
                        self._agenda.add(*follows)
                case Pressed():
                    press(self._engine, each)
        for source, came in groupby(sorted(people, key=_source), key=_source):
            self._engine.enter_leads(list(came), source=source, sample=self._sample)
        if events:
            self._engine.record(events)
            for event in events:
                if event.kind is EventKind.HAND_OFF_ACCEPTED:
                    for following in self._reps.outcome(event):
                        self._agenda.add(following.occurred_at, following)

    def _as_sent(self, what: What) -> What:
        """The same; as a form that is sent where the programme has one by that name."""
        forms = self._engine.live.programme.forms
        if isinstance(what, Arrival) and what.form is not None and what.form in forms:
            return Filled(name=what.person.reference, form=what.form, answers=what.person.fields)
        if isinstance(what, Event) and what.kind is EventKind.FORM_SUBMITTED:
            form = what.text("form")
            if form is not None and form in forms and what.lead_id is not None:
                return Filled(name=what.source_id, form=form, lead_id=what.lead_id)
        return what

    def _react(self) -> None:
        """What was sent and handed over in this tick will be answered."""
        live = self._engine.live
        for touch, sent_at, persona, language in sent_since(self._engine.database, self._seen_until):
            program, _ = live.mail(touch.mail, persona, language)
            links = [link.name for link in program.links]
            for event in reactions(self._chance, self._habits, touch, sent_at, links):
                self._agenda.add(event.occurred_at, event)
        if self._reps_at_work:
            for handed in handed_over_since(self._engine.database, self._seen_until):
                said = self._reps.answer(handed)
                if said is not None:
                    self._agenda.add(said.occurred_at, said)
        self._seen_until = self._clock.now()


def _source(person: NewLead) -> str:
    return str(person.fields.get("source", "website"))
