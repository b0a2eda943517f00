"""Lets one lead live under the shipped programme: what is due happens, mails arrive, and the days go by."""

from datetime import UTC, datetime, timedelta

from nurture.statemachine.advance import advance
from nurture.statemachine.effects import CallWebhook, CancelTouch, CreateTask, HandOver, PlanTouch
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import IDENTITY_FIELDS, Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


class Story:
    """The lead's state and what it was sent; days count from a Monday.

    mails, tasks, webhooks   names, in the order in which they left.
    handed_to                teams that sales gave the lead to.
    """

    def __init__(self, programme, fields):
        self.programme = programme
        self.now = MONDAY
        self.events = 0
        self.due = {}
        self.wake_at = None
        self.mails, self.tasks, self.webhooks, self.handed_to = [], [], [], []
        identity = {name: value for name, value in fields.items() if name in IDENTITY_FIELDS}
        declared = {name: value for name, value in fields.items() if name not in IDENTITY_FIELDS}
        self.state = LeadState(lead=Lead(id=1, created_at=MONDAY, fields=declared, **identity))
        self.take(EventKind.LEAD_CREATED, {})

    def on(self, day, kind, **properties):
        """The lead after an event of *kind* on *day*."""
        self.until(day)
        self.take(kind, properties)
        return self.state

    def until(self, day):
        """The lead on *day*, after all that became due before."""
        end = MONDAY + timedelta(days=day)
        while True:
            touch = min(self.due.values(), key=lambda each: each.due_at, default=None)
            moments = [at for at in (self.wake_at, touch and touch.due_at) if at is not None and at <= end]
            if not moments:
                self.now = end
                return self.state
            self.now = max(self.now, min(moments))
            if touch is not None and touch.due_at <= self.now:
                self.deliver(touch)
            else:
                self.take(EventKind.TIMER_DUE, {})

    def deliver(self, touch):
        del self.due[touch.id]
        self.mails.append(touch.mail)
        self.take(
            EventKind.MAIL_SENT, {"touch": touch.id, "mail": touch.mail, "class": touch.mail_class.value}
        )

    def take(self, kind, properties):
        self.events += 1
        event = Event(
            lead_id=1,
            kind=kind,
            occurred_at=self.now,
            received_at=self.now,
            source="test",
            source_id=str(self.events),
            properties=properties,
            id=self.events,
        )
        outcome = advance(self.programme, self.state, event, self.now)
        self.state, self.wake_at = outcome.state, outcome.wake_at
        for effect in outcome.effects:
            match effect:
                case PlanTouch(touch):
                    self.due[touch.id] = touch
                case CancelTouch(touch_id):
                    self.due.pop(touch_id, None)
                case CreateTask(task):
                    self.tasks.append(task)
                case CallWebhook(webhook):
                    self.webhooks.append(webhook)
                case HandOver(_, team):
                    self.handed_to.append(team)
                case _:
                    pass

    def track(self, campaign):
        """The track of *campaign* that the lead is in now, or None."""
        inside = (each for each in self.state.enrolments if each.campaign == campaign and each.is_live)
        return next((each.track for each in inside), None)
