"""The rows of outgoing webhooks: queued with what decided them, claimed with a lease, or held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select, text, update

from nurture.engine.aside import AsideKind, Suspect
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, due_rows, enqueue, lease
from nurture.store.statements import insert_if_new
from nurture.store.types import Moment

LEASE = timedelta(minutes=2)
"""Well beyond the seconds that one post may take; a lost worker's call is posted again, under the same id."""


class CallStatus(StrEnum):
    """Where a call is. Waiting also while it is posted, and between tries."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"


class Call(msgspec.Struct, frozen=True):
    """A webhook to be called, held until its lease runs out.

    attempt      which try it is; the answer to an earlier one is not written (fencing).
    first_tried  from which the patience with the endpoint counts.
    """

    id: int
    lead_id: int
    webhook: str
    step: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempt: int
    first_tried: datetime


def queue_calls(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write *rows* of webhook_call, due at once; a step that has called in this visit does not call again."""
    if rows:
        insert_if_new(connection, table.webhook_call, rows)
        untried = connection.execute(UNTRIED, {"leads": sorted({row["lead_id"] for row in rows})})
        enqueue(connection, DueKind.WEBHOOK, [(row.id, row.lead_id, now) for row in untried])


def claim_calls(
    connection: Connection, now: datetime, *, most: int, running: Collection[int] = ()
) -> list[Call]:
    """Take up to *most* due calls, oldest first; *running* are being posted by this worker, and stay so.

    Those of sample leads are held, for nothing about them leaves the machine.
    """
    due = [row.id for row in due_rows(connection, DueKind.WEBHOOK, now, most=most)]
    if not due:
        return []
    fresh = [ref for ref in due if ref not in running]
    rows = connection.execute(CLAIM, {"refs": fresh, "at": now}).all()
    lease(connection, DueKind.WEBHOOK, due, now + LEASE)
    dropped = sorted(set(fresh) - {row.id for row in rows})
    if dropped:
        connection.execute(HOLD, {"refs": dropped, "at": now})
        dequeue(connection, DueKind.WEBHOOK, dropped)
    claimed = {
        row.id: Call(
            id=row.id,
            lead_id=row.lead_id,
            webhook=row.webhook,
            step=row.step,
            payload=row.payload,
            created_at=row.created_at,
            attempt=row.attempts,
            first_tried=row.tried_at,
        )
        for row in rows
    }
    return [claimed[ref] for ref in fresh if ref in claimed]


def first_call(connection: Connection, now: datetime) -> Suspect | None:
    """The call that would be taken first."""
    due = due_rows(connection, DueKind.WEBHOOK, now, most=1)
    if not due:
        return None
    name = connection.execute(select(_call.webhook).where(_call.id == due[0].id)).scalar()
    return Suspect(AsideKind.WEBHOOK, due[0].id, lead_id=due[0].lead_id or None, what=name or "")


def hold_calls(connection: Connection, now: datetime, *, most: int) -> int:
    """Keep up to *most* due calls from leaving, for good: they are shown, and late news is no news. Returns how many."""
    due = [row.id for row in due_rows(connection, DueKind.WEBHOOK, now, most=most)]
    if due:
        connection.execute(HOLD, {"refs": due, "at": now})
        dequeue(connection, DueKind.WEBHOOK, due)
    return len(due)


_call = table.webhook_call.c
WAITING = _call.status == CallStatus.WAITING.value
THESE = _call.id.in_(bindparam("refs", expanding=True))

UNTRIED = select(_call.id, _call.lead_id).where(
    _call.lead_id.in_(bindparam("leads", expanding=True)), WAITING, _call.attempts == 0
)
CLAIM = (
    update(table.webhook_call)
    .where(THESE, WAITING, _call.lead_id.not_in(select(table.lead.c.id).where(text("lead.sample"))))
    .values(
        attempts=_call.attempts + 1, tried_at=func.coalesce(_call.tried_at, bindparam("at", type_=Moment))
    )
    .returning(*_call)
)
HOLD = (
    update(table.webhook_call)
    .where(THESE, WAITING)
    .values(status=CallStatus.HELD.value, settled_at=bindparam("at"))
)
