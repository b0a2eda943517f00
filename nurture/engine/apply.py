"""Effects to rows. What a batch of turns decided is gathered here and written with one statement a table."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from nurture.content.model import Programme
from nurture.engine import hand_overs
from nurture.engine.aliases import addresses_of
from nurture.engine.campaign_rates import CampaignRates
from nurture.engine.daily import DailySums
from nurture.engine.held import HELD
from nurture.engine.lead_rows import lists_alike, write_leads, write_states
from nurture.engine.list_rows import ListRows
from nurture.engine.notes import written
from nurture.engine.sales_mails import tell_of_clock
from nurture.engine.suppress import suppress
from nurture.engine.touched import Touched
from nurture.engine.verdict_rows import VerdictRows
from nurture.engine.ways import Ways
from nurture.engine.webhook_calls import CallStatus, queue_calls
from nurture.statemachine.advance import Advance
from nurture.statemachine.effects import (
    Answered,
    AnswerOverturned,
    CallWebhook,
    CancelTouch,
    CloseHandOff,
    CreateTask,
    Effect,
    HandOver,
    Label,
    MoveHandOff,
    Notify,
    PlanTouch,
    Record,
    ReopenHandOff,
    Suppress,
    WriteEntry,
)
from nurture.statemachine.past import Merge
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, enqueue, enqueue_touches
from nurture.store.mapping import entry_row, touch_row
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import OF_THE_ADDRESS, EventKind, Lane, SuppressionCause, TouchStatus

JOINING = (EventKind.LEAD_MERGED, EventKind.LEAD_UNMERGED)
Rows = list[dict[str, Any]]


class Changes:
    """What a batch of turns asks for, until ``write`` puts it into the transaction that marks their events absorbed."""

    def __init__(
        self, programme: Programme, revision: int, now: datetime, *, held: Collection[str] = ()
    ) -> None:
        self._programme = programme
        self._held = held  # campaigns whose mail waits until somebody lets it go on
        self._revision = revision
        self._now = now
        self._states: dict[int, LeadState] = {}
        self._listed: set[int] = set()  # leads of whom lists show something new
        self._wakes: dict[int, datetime | None] = {}
        self._leads: dict[int, Lead] = {}
        self._lists = ListRows()
        self._sums = DailySums(programme.time_zone)
        self._ways = Ways()
        self._touched = Touched()
        self._verdicts = VerdictRows()
        self._rates = CampaignRates()
        self._absorbed: Rows = []
        self._dropped: list[int] = []
        self._events: Rows = []
        self._entries: Rows = []
        self._touches: dict[int, dict[str, Any]] = {}
        self._lanes: dict[int, Lane] = {}
        self._cancelled: Rows = []
        self._opened: Rows = []
        self._clicked: Rows = []
        self._first_answers: dict[tuple[EventKind, int], datetime | None] = {}
        self._tasks: Rows = []
        self._webhooks: Rows = []
        self._notices: Rows = []
        self._told: list[tuple[int, Notify, str]] = []
        self._suppressed: dict[SuppressionCause, list[str | None]] = {}
        self._suppressed_of: dict[SuppressionCause, set[int]] = {}
        self._moved: list[MoveHandOff] = []
        self._reopened: list[ReopenHandOff] = []
        self._handed_over: list[tuple[int, HandOver]] = []
        self._answered: list[tuple[int, CloseHandOff]] = []

    def add(self, event: Event, advanced: Advance, before: LeadState) -> None:
        """One turn's outcome; the newest state and wake of a lead replace the ones before."""
        lead_id = event.lead_id
        self._states[lead_id] = advanced.state
        if not lists_alike(before, advanced.state):
            self._listed.add(lead_id)
        self._lists.add(before, advanced.state, is_new=event.kind is EventKind.LEAD_CREATED)
        self._sums.add(event, before, advanced.state, self._now)
        self._ways.add(before, advanced.state)
        self._touched.add(event, before)
        self._verdicts.add(event)
        self._rates.add(event, before)
        self._wakes[lead_id] = advanced.wake_at
        if event.kind in JOINING or (event.kind is not EventKind.LEAD_CREATED and event.table("fields")):
            self._leads[lead_id] = advanced.state.lead
        self._take_in(event)
        for place, effect in enumerate(advanced.effects):
            self._gather(effect, event, place, advanced.state)

    def join(self, event: Event, merge: Merge) -> None:
        """*event* takes a lead in, or gives it back."""
        self._sums.join(event, merge.other, self._now)

    def drop(self, event: Event) -> None:
        """*event* is nobody's: it is not kept."""
        self._dropped.append(event.id)

    def _take_in(self, event: Event) -> None:
        self._absorbed.append({"event": event.id, "revision": self._revision, "absorbed_at": self._now})

    def _gather(self, effect: Effect, event: Event, place: int, state: LeadState) -> None:
        lead_id = event.lead_id
        match effect:
            case PlanTouch(touch, lane):
                self._touches[touch.id] = touch_row(touch)
                self._lanes[touch.id] = lane
            case CancelTouch(touch_id, why):
                fresh = self._touches.get(touch_id)
                if fresh is not None:
                    fresh.update(status=TouchStatus.CANCELLED.value, settled_at=self._now, answer=why)
                else:
                    self._cancelled.append({"touch": touch_id, "at": self._now, "why": why})
            case WriteEntry(entry):
                self._entries.append(entry_row(entry))
            case Record(kind, properties):
                if kind is EventKind.STAGE_CHANGED:
                    self._ways.moved(lead_id, properties)
                if kind is EventKind.SLA_BREACHED:
                    self._touched.breached(state)
                self._events.append(
                    self._own_event(lead_id, kind, properties, f"{event.id}:{place}", event.received_at)
                )
            case CreateTask(task, assignee, note, enrolment, visit, step):
                self._tasks.append(
                    {
                        "lead_id": lead_id,
                        "task": task,
                        "assignee": assignee,
                        "note": note,
                        "enrolment": enrolment,
                        "visit": visit,
                        "step": step,
                        "created_at": self._now,
                    }
                )
            case CallWebhook(webhook, enrolment, visit, step):
                self._webhooks.append(
                    {
                        "lead_id": lead_id,
                        "webhook": webhook,
                        "enrolment": enrolment,
                        "visit": visit,
                        "step": step,
                        "payload": story(state, enrolment),
                        "created_at": self._now,
                        "status": CallStatus.WAITING.value,
                    }
                )
            case HandOver():
                self._handed_over.append((lead_id, effect))
            case CloseHandOff():
                self._answered.append((effect.lead_id or lead_id, effect))
            case MoveHandOff():
                self._moved.append(effect)
            case ReopenHandOff():
                self._reopened.append(effect)
            case Suppress(cause, None):
                self._suppressed.setdefault(cause, []).append(state.lead.email)
                if state.merged and cause not in OF_THE_ADDRESS:  # the person has said it
                    self._suppressed_of.setdefault(cause, set()).update(state.merged)
            case Suppress(cause, of):
                self._suppressed_of.setdefault(cause, set()).add(of or lead_id)
            case Label(tags, on):
                self._lists.label(lead_id, tags, on=on)
            case Answered(touch_id, kind, at):
                answers = self._clicked if kind is EventKind.MAIL_CLICKED else self._opened
                answers.append({"touch": touch_id, "at": at})
            case AnswerOverturned(touch_id, kind, first_at):
                answers = self._clicked if kind is EventKind.MAIL_CLICKED else self._opened
                answers[:] = [each for each in answers if each["touch"] != touch_id]
                self._first_answers[kind, touch_id] = first_at
            case Notify(to, what):
                self._notices.append({"lead_id": lead_id, "to": to, "what": what, "at": self._now})
                self._told.append((lead_id, effect, str(event.id)))

    def write(self, connection: Connection) -> None:
        """Put everything into *connection*'s transaction."""
        self._write_states(connection)
        self._write_queue(connection)
        self._sums.write(connection)
        self._ways.write(connection, self._now)
        self._verdicts.write(connection)
        self._rates.write(connection, self._programme, self._now)
        for rows, into in (
            (self._events, table.event),
            (self._entries, table.score_entry),
            (self._notices, table.notice),
        ):
            if rows:
                connection.execute(into.insert(), rows)
        for task in self._tasks:  # after the ledger, which a note may quote
            state = self._states[task["lead_id"]]
            task["note"] = written(connection, self._programme, state, task["note"], self._now)
        insert_if_new(connection, table.task, self._tasks)
        queue_calls(connection, self._webhooks, self._now)
        for cause, addresses in self._suppressed.items():
            suppress(connection, addresses, cause, self._now)
        for cause, leads in self._suppressed_of.items():
            suppress(connection, addresses_of(connection, leads).values(), cause, self._now)
        for lead_id, handed in self._handed_over:
            hand_overs.hand_over(connection, self._programme, self._states[lead_id], handed, self._now)
        for lead_id, notice, occasion in self._told:
            state = self._states[lead_id]
            tell_of_clock(connection, self._programme, state, notice, occasion=occasion, now=self._now)
        for lead_id, answer in self._answered:
            hand_overs.close(connection, lead_id, answer, self._now)
        for moved in self._moved:
            hand_overs.move(connection, moved)
        for reopened in self._reopened:
            hand_overs.reopen(connection, reopened)
        self._touched.write(connection, self._now)

    def _write_states(self, connection: Connection) -> None:
        write_states(connection, self._states, self._listed, self._now)
        write_leads(connection, self._leads.values())
        self._lists.write(connection)
        if self._absorbed:
            connection.execute(MARK_ABSORBED, self._absorbed)
        if self._dropped:
            connection.execute(table.event.delete().where(table.event.c.id.in_(self._dropped)))

    def _write_queue(self, connection: Connection) -> None:
        """Touches and timers: planned ones enter the due queue, cancelled ones leave it."""
        if self._touches:
            rows = [{"settled_at": None, "answer": None, **row} for row in self._touches.values()]
            connection.execute(table.touch.insert(), rows)
            waiting = [row for row in rows if row["status"] == TouchStatus.PLANNED]
            enqueue_touches(
                connection,
                [
                    (
                        row["id"],
                        row["lead_id"],
                        HELD if row["campaign"] in self._held else row["due_at"],
                        self._lanes[row["id"]],
                    )
                    for row in waiting
                ],
            )
        if self._cancelled:
            connection.execute(CANCEL_TOUCH, self._cancelled)
            dequeue(connection, DueKind.TOUCH, _cancelled(connection, self._cancelled))
        for (kind, touch), first_at in self._first_answers.items():
            connection.execute(ANSWER_OF[kind], {"touch": touch, "at": first_at})
            if first_at is not None:
                connection.execute(ARRIVED, {"touch": touch})
        for answers, first in ((self._opened, FIRST_OPENED), (self._clicked, FIRST_CLICKED)):
            if answers:
                connection.execute(first, answers)
                connection.execute(ARRIVED, [{"touch": each["touch"]} for each in answers])
        asleep = [lead_id for lead_id, wake_at in self._wakes.items() if wake_at is None]
        dequeue(connection, DueKind.TIMER, asleep)
        awake = [
            (lead_id, lead_id, wake_at) for lead_id, wake_at in self._wakes.items() if wake_at is not None
        ]
        enqueue(connection, DueKind.TIMER, awake)

    def _own_event(
        self, lead_id: int, kind: EventKind, properties: Any, source_id: str, received_at: datetime
    ) -> dict[str, Any]:
        """An event that a turn decided: already absorbed, never handed to ``advance`` again."""
        return {
            "lead_id": lead_id,
            "visitor": None,
            "kind": kind.value,
            "occurred_at": self._now,
            "received_at": received_at,
            "source": DECIDED,
            "source_id": source_id,
            "properties": properties,
            "revision": self._revision,
            "absorbed_at": self._now,
        }


DECIDED = "engine"
"""The source of events that a turn decided."""

MARK_ABSORBED = (
    update(table.event)
    .where(table.event.c.id == bindparam("event"))
    .values(revision=bindparam("revision"), absorbed_at=bindparam("absorbed_at"))
)
THIS_TOUCH = table.touch.c.id == bindparam("touch")
FIRST_OPENED = (
    update(table.touch).where(THIS_TOUCH, table.touch.c.opened_at.is_(None)).values(opened_at=bindparam("at"))
)
FIRST_CLICKED = (
    update(table.touch)
    .where(THIS_TOUCH, table.touch.c.clicked_at.is_(None))
    .values(clicked_at=bindparam("at"))
)
ANSWER_OF = {
    EventKind.MAIL_OPENED: update(table.touch).where(THIS_TOUCH).values(opened_at=bindparam("at")),
    EventKind.MAIL_CLICKED: update(table.touch).where(THIS_TOUCH).values(clicked_at=bindparam("at")),
}
ARRIVED = (
    update(table.touch)
    .where(THIS_TOUCH, table.touch.c.status == TouchStatus.UNKNOWN.value)
    .values(status=TouchStatus.SENT.value, answer="it arrived: somebody opened it")
)
CANCEL_TOUCH = (
    update(table.touch)
    .where(
        table.touch.c.id == bindparam("touch"),
        or_(  # one statement for many rows knows no IN
            table.touch.c.status == TouchStatus.PLANNED.value,
            table.touch.c.status == TouchStatus.DEFERRED.value,
        ),
    )
    .values(status=TouchStatus.CANCELLED.value, settled_at=bindparam("at"), answer=bindparam("why"))
)
CANCELLED = select(table.touch.c.id).where(
    table.touch.c.id.in_(bindparam("refs", expanding=True)),
    table.touch.c.status == TouchStatus.CANCELLED.value,
)


def _cancelled(connection: Connection, asked: Rows) -> list[int]:
    """Those that could be cancelled: what a worker holds keeps its place in the queue, which is its lease."""
    return list(connection.execute(CANCELLED, {"refs": [row["touch"] for row in asked]}).scalars())


def story(state: LeadState, enrolment: int) -> dict[str, Any]:
    """What an endpoint outside learns of a lead, and of the campaign that calls it."""
    lead = state.lead
    campaigns = {each.serial: each.campaign for each in state.enrolments}
    return {
        "lead": lead.id,
        "email": lead.email,
        "name": " ".join(part for part in (lead.first_name, lead.last_name) if part),
        "company": lead.company,
        "temperature": state.temperature.value,
        "stage": state.stage.value,
        "grade": state.grade.value,
        "persona": state.persona,
        "owner": lead.owner,
        "campaign": campaigns.get(enrolment),
    }
