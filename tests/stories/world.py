"""What a story needs of the world it is told in, and the smallest world: one lead in memory, under a virtual clock.

Any world that takes events, lets time pass and says what happened can be told the same stories: the whole engine over
a database is one, too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from msgspec.structs import replace

from nurture.content.model import Programme
from nurture.statemachine.advance import Advance, advance
from nurture.statemachine.effects import CallWebhook, CancelTouch, CreateTask, Notify, PlanTouch, Record
from nurture.statemachine.gates import Facts, Judgement, Rival, judge
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, MailClass, Verdict


class Happened(msgspec.Struct, frozen=True):
    """Something that was decided or done, as the event log keeps it."""

    at: datetime
    kind: EventKind
    properties: Mapping[str, PropertyValue] = {}


class World(Protocol):
    """A place in which one lead lives."""

    def take(self, event: Event) -> None:
        """Let *event* happen at its `received_at`, after all that is due until then."""
        ...

    def run_until(self, moment: datetime) -> None:
        """Let all happen that is due until *moment*, that included."""
        ...

    def happened(self) -> Sequence[Happened]:
        """Everything so far, in order: what turns recorded, and what came of each touch."""
        ...


class MemoryWorld:
    """A lead, its due touches and its timer. Every mail that passes the gates arrives at once.

    turns      every turn that was taken, with its event and moment.
    decisions  every judgement of a touch, with its moment and the lead as it was.
    """

    def __init__(self, programme: Programme, lead: Lead) -> None:
        self.programme = programme
        self.state = LeadState(lead=lead)
        self.now = lead.created_at
        self.wake_at: datetime | None = None
        self.waiting: dict[int, Touch] = {}
        self.claimed: list[datetime] = []
        self.turns: list[tuple[datetime, Event, Advance]] = []
        self.decisions: list[tuple[datetime, Touch, Lead, Judgement]] = []
        self.notices: list[tuple[datetime, str | None, str]] = []
        self._happened: list[Happened] = []

    def take(self, event: Event) -> None:
        self.run_until(event.received_at)
        self._turn(event)

    def run_until(self, moment: datetime) -> None:
        while (due := self._next()) is not None and due <= moment:
            self.now = max(self.now, due)
            touch = min(self.waiting.values(), key=_when, default=None)
            if touch is not None and touch.due_at <= self.now:
                self._judge(touch)
            else:
                self._turn(self._event(EventKind.TIMER_DUE, {}))
        self.now = max(self.now, moment)

    def happened(self) -> Sequence[Happened]:
        return self._happened

    def _next(self) -> datetime | None:
        dues = [touch.due_at for touch in self.waiting.values()]
        return min(dues if self.wake_at is None else [*dues, self.wake_at], default=None)

    def _judge(self, touch: Touch) -> None:
        rivals = [
            Rival(each.id, each.priority, each.due_at)
            for each in self.waiting.values()
            if each.id != touch.id and each.mail_class is MailClass.MARKETING
        ]
        recent = [at for at in self.claimed if at > self.now - timedelta(days=8)]
        facts = Facts(programme=self.programme, state=self.state, recent=recent, rivals=rivals)
        judgement = judge(touch, facts, self.now)
        self.decisions.append((self.now, touch, self.state.lead, judgement))
        if judgement.verdict is Verdict.DEFER:
            assert judgement.next_at is not None
            later = max(judgement.next_at, self.now + timedelta(seconds=1))
            self.waiting[touch.id] = replace(touch, due_at=later)
            return
        del self.waiting[touch.id]
        gate = None if judgement.gate is None else judgement.gate.value
        if judgement.verdict is Verdict.PASS and touch.mail_class is MailClass.MARKETING:
            self.claimed.append(self.now)
        kind = {
            Verdict.PASS: EventKind.MAIL_SENT,
            Verdict.SKIP: EventKind.MAIL_SKIPPED,
            Verdict.STOP: EventKind.MAIL_CANCELLED,
        }[judgement.verdict]
        self._tell(kind, touch, gate)

    def _tell(self, kind: EventKind, touch: Touch, gate: str | None) -> None:
        properties: dict[str, PropertyValue] = {
            "touch": touch.id,
            "mail": touch.mail,
            "campaign": touch.campaign,
            "track": touch.track,
            "step": touch.step,
            "enrolment": touch.enrolment,
            "visit": touch.visit,
            "class": touch.mail_class.value,
            "variant": touch.variant,
            "gate": gate,
        }
        self._happened.append(Happened(self.now, kind, properties))
        self._turn(self._event(kind, properties))

    def _event(self, kind: EventKind, properties: Mapping[str, PropertyValue]) -> Event:
        return Event(self.state.lead.id, kind, self.now, self.now, "world", str(len(self.turns)), properties)

    def _turn(self, event: Event) -> None:
        event = replace(event, id=len(self.turns) + 1)
        turned = advance(self.programme, self.state, event, self.now)
        self.turns.append((self.now, event, turned))
        self.state, self.wake_at = turned.state, turned.wake_at
        for effect in turned.effects:
            match effect:
                case PlanTouch(touch):
                    self.waiting[touch.id] = touch
                case CancelTouch(touch_id):
                    self.waiting.pop(touch_id, None)
                case Record(kind, properties):
                    self._happened.append(Happened(self.now, kind, properties))
                case CreateTask(task):
                    self._happened.append(Happened(self.now, EventKind.TASK_CREATED, {"task": task}))
                case CallWebhook(webhook):
                    self._happened.append(Happened(self.now, EventKind.WEBHOOK_CALLED, {"webhook": webhook}))
                case Notify(to, what):
                    self.notices.append((self.now, to, what))
                case _:
                    pass


def _when(touch: Touch) -> tuple[datetime, int]:
    return touch.due_at, touch.id
