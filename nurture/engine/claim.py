"""Due touches past the gates: taken with a lease, judged on one snapshot, and every verdict written as it is made."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select, update

from nurture.engine.facts import BatchFacts
from nurture.engine.live import Live
from nurture.engine.outcomes import outcome_event
from nurture.statemachine.gates import Judgement, judge
from nurture.store import records as table
from nurture.store.due import DueKind
from nurture.store.mapping import touch_of, unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, TouchStatus, Verdict

SOONEST = timedelta(seconds=1)
"""A deferral is at least this long, so that a tick always ends."""


class Claim(msgspec.Struct, frozen=True):
    """A touch that may leave, held until its lease runs out.

    attempt  which try it is; results of an earlier one are not written (fencing).
    """

    touch: Touch
    state: LeadState
    attempt: int


def claim(
    connection: Connection, live: Live, now: datetime, *, most: int, lease: timedelta
) -> tuple[list[Claim], int]:
    """Take up to *most* due touches. Returns those that may leave, and how many were looked at.

    A lead has at most one touch in a batch, and its state is locked meanwhile, so that no two mails pass the same cap.
    """
    due = connection.execute(DUE_TOUCHES, {"now": now, "most": most}).all()
    if not due:
        return [], 0
    states = {
        row.lead_id: unpacked(row.state) for row in connection.execute(_states({row.lead_id for row in due}))
    }
    first_of_lead: dict[int, int] = {}
    for row in due:
        if row.lead_id in states:
            first_of_lead.setdefault(row.lead_id, row.id)
    touches = connection.execute(
        select(table.touch).where(table.touch.c.id.in_(list(first_of_lead.values())))
    ).all()
    verdicts = Verdicts(now, now + lease)
    facts = BatchFacts(connection, live.programme, states, now)
    for row in sorted(touches, key=lambda row: (row.due_at, row.id)):
        if row.status == TouchStatus.SENDING:
            verdicts.lost(row)
        elif TouchStatus(row.status).is_final:
            verdicts.gone(row)
        else:
            touch = touch_of(row)
            judgement = judge(touch, facts.of(touch), now)
            if judgement.verdict is Verdict.PASS:
                facts.reserve(touch)
            verdicts.add(touch, judgement, states[touch.lead_id], row.attempts)
    facts.write(connection)
    verdicts.write(connection)
    return verdicts.claims, len(touches)


class Verdicts:
    """What was decided about a batch, until it is written."""

    def __init__(self, now: datetime, lease_until: datetime) -> None:
        self.claims: list[Claim] = []
        self._now = now
        self._lease_until = lease_until
        self._decisions: list[dict[str, Any]] = []
        self._claimed: list[dict[str, Any]] = []
        self._deferred: list[dict[str, Any]] = []
        self._settled: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._left: list[dict[str, Any]] = []

    def add(self, touch: Touch, judgement: Judgement, state: LeadState, attempts: int) -> None:
        """The gates' word on *touch*."""
        self._decide(touch.id, judgement)
        match judgement.verdict:
            case Verdict.PASS:
                self.claims.append(Claim(touch, state, attempts + 1))
                self._claimed.append({"ref": touch.id, "at": self._now, "until": self._lease_until})
            case Verdict.DEFER:
                next_at = max(judgement.next_at or self._now, self._now + SOONEST)
                self._deferred.append({"ref": touch.id, "until": next_at})
            case Verdict.SKIP:
                self._settle(touch, TouchStatus.SKIPPED, EventKind.MAIL_SKIPPED, judgement)
            case Verdict.STOP:
                self._settle(touch, TouchStatus.CANCELLED, EventKind.MAIL_CANCELLED, judgement)

    def lost(self, row: Any) -> None:
        """Its lease ran out while it was being sent: nobody can know whether it left."""
        why = "the worker that was sending it has gone; the mail may have left"
        self._finish(touch_of(row), TouchStatus.UNKNOWN, EventKind.MAIL_UNKNOWN, why=why, gate=None)

    def gone(self, row: Any) -> None:
        """It is in a final status already; only its place in the queue was left."""
        self._left.append({"of": DueKind.TOUCH.value, "ref": row.id})

    def write(self, connection: Connection) -> None:
        for statement, rows in (
            (table.decision.insert(), self._decisions),
            (CLAIMED, self._claimed),
            (LEASED, self._claimed),
            (DEFERRED, self._deferred),
            (REQUEUED, self._deferred),
            (SETTLED, self._settled),
            (LEFT, self._left),
        ):
            if rows:
                connection.execute(statement, rows)
        insert_if_new(connection, table.event, self._events)

    def _decide(self, touch_id: int, judgement: Judgement) -> None:
        self._decisions.append(
            {
                "touch_id": touch_id,
                "at": self._now,
                "verdict": judgement.verdict.value,
                "gate": None if judgement.gate is None else judgement.gate.value,
                "why": judgement.why,
                "next_at": judgement.next_at,
                "checks": [[check.gate, check.verdict, check.why] for check in judgement.checks],
            }
        )

    def _settle(self, touch: Touch, status: TouchStatus, kind: EventKind, judgement: Judgement) -> None:
        gate = None if judgement.gate is None else judgement.gate.value
        self._finish(touch, status, kind, why=judgement.why, gate=gate)

    def _finish(
        self, touch: Touch, status: TouchStatus, kind: EventKind, *, why: str, gate: str | None
    ) -> None:
        self._settled.append(
            {"ref": touch.id, "to": status.value, "at": self._now, "code": gate, "answer": why}
        )
        self._left.append({"of": DueKind.TOUCH.value, "ref": touch.id})
        self._events.append(outcome_event(touch, kind, self._now, self._now, gate=gate, why=why))


DUE_TOUCHES = (
    select(table.due.c.id, table.due.c.lead_id)
    .where(table.due.c.kind == DueKind.TOUCH.value, table.due.c.due_at <= bindparam("now"))
    .order_by(table.due.c.due_at, table.due.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
CLAIMED = (
    update(table.touch)
    .where(table.touch.c.id == bindparam("ref"))
    .values(status=TouchStatus.CLAIMED.value, claimed_at=bindparam("at"), attempts=table.touch.c.attempts + 1)
)
DEFERRED = update(table.touch).where(table.touch.c.id == bindparam("ref")).values(due_at=bindparam("until"))
_QUEUED = (table.due.c.kind == DueKind.TOUCH.value, table.due.c.id == bindparam("ref"))
LEASED = update(table.due).where(*_QUEUED).values(due_at=bindparam("until"))
REQUEUED = LEASED
SETTLED = (
    update(table.touch)
    .where(table.touch.c.id == bindparam("ref"))
    .values(
        status=bindparam("to"),
        settled_at=bindparam("at"),
        code=bindparam("code"),
        answer=bindparam("answer"),
    )
)
LEFT = delete(table.due).where(table.due.c.kind == bindparam("of"), table.due.c.id == bindparam("ref"))


def _states(lead_ids: set[int]) -> Any:
    return (
        select(table.lead_state.c.lead_id, table.lead_state.c.state)
        .where(table.lead_state.c.lead_id.in_(sorted(lead_ids)))
        .order_by(table.lead_state.c.lead_id)
        .with_for_update(skip_locked=True)
    )
