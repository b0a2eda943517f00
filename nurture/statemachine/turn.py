"""One turn: an event being taken in at a moment, and what has been decided to do so far."""

from datetime import datetime

from nurture.content.model import Campaign, Expression, Programme
from nurture.durations import Duration
from nurture.scheduling.business_time import add
from nurture.statemachine.calendars import working_hours
from nurture.statemachine.effects import Effect, Record
from nurture.statemachine.known import known_of
from nurture.statemachine.past import NOTHING, Past
from nurture.statemachine.scope import Scope
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.words import ENGAGEMENTS, EventKind

PROFILE_CHANGES = frozenset(
    {
        EventKind.LEAD_CREATED,
        EventKind.LEAD_CHANGED,
        EventKind.LEAD_MERGED,
        EventKind.LEAD_UNMERGED,
        EventKind.LEAD_TAGGED,
        EventKind.LEAD_UNTAGGED,
        EventKind.PROGRAMME_APPLIED,
    }
)


class Turn:
    """The parts of ``advance`` share it: they read the event and the moment, and add effects.

    at        when the event happened, for scores and memories: never later than *now*, though a sender's clock may be.
    known     what is looked up about the programme.
    past      what the lead did and earned before; only what overturns a verdict, or merges leads, looks there.
    is_human  whether a person did what happened: what a machine opened or clicked is kept, never scored.
    """

    __slots__ = ("at", "effects", "event", "is_human", "known", "now", "past", "programme", "scope")

    def __init__(
        self, programme: Programme, state: LeadState, event: Event, now: datetime, past: Past = NOTHING
    ) -> None:
        self.programme = programme
        self.known = known_of(programme)
        self.event = event
        self.now = now
        self.past = past
        self.at = min(event.occurred_at, now)
        self.effects: list[Effect] = []
        self.is_human = event.kind in ENGAGEMENTS and event.by_person
        self.scope = Scope(programme, state, event, now)

    def add(self, effect: Effect) -> None:
        self.effects.append(effect)

    def record(self, kind: EventKind, **properties: PropertyValue) -> None:
        """Append an event of our own, with what triggered it."""
        self.add(Record(kind, {**properties, "trigger": self.event.kind.value}))

    def ask(self, state: LeadState, expression: Expression | None, *, otherwise: bool = True) -> bool:
        """Whether a condition holds for the lead as it is now; *otherwise* where there is none."""
        if expression is None:
            return otherwise
        return self.known.holds(expression, self.scope.showing(state))

    def interest(self, state: LeadState) -> float:
        return self.scope.showing(state).fields.interest

    def campaign_of(self, enrolment: Enrolment) -> Campaign:
        """The campaign as a live enrolment follows it: an edit may have left it on its tracks."""
        found = self.programme.followed(enrolment.campaign, enrolment.entered_at)
        assert found is not None, "an enrolment of a campaign that was removed is left first"
        return found

    def later(self, start: datetime, duration: Duration) -> datetime:
        """*duration* after *start*, by the calendar of our working hours where it is in business time."""
        return add(start, duration, working_hours(self.programme))

    @property
    def changes_profile(self) -> bool:
        return self.event.kind in PROFILE_CHANGES or bool(self.event.table("fields"))
