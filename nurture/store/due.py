"""The due queue: what waits for its moment, and the statements that move it. A lease is a moment moved forward."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from nurture.store.records import due
from nurture.store.statements import upsert


class DueKind(IntEnum):
    """What waits. A timer's id is its lead's; a touch's, a webhook call's and a system mail's and a sweep's its own."""

    TIMER = 1
    TOUCH = 2
    WEBHOOK = 3
    MESSAGE = 4
    SWEEP = 5


def due_rows(connection: Connection, kind: DueKind, now: datetime, *, most: int) -> Sequence[Any]:
    """The first *most* of *kind* that are due, oldest first; on PostgreSQL locked, those locked by others left out."""
    return connection.execute(DUE, {"of": kind.value, "now": now, "most": most}).all()


def enqueue(connection: Connection, kind: DueKind, rows: Sequence[tuple[int, int, datetime]]) -> None:
    """Let each (id, lead id, moment) wait, or wait for another moment than before."""
    upsert(
        connection,
        due,
        [
            {"kind": kind.value, "id": ref, "due_at": due_at, "lead_id": lead_id}
            for ref, lead_id, due_at in rows
        ],
        key=("kind", "id"),
    )


def lease(connection: Connection, kind: DueKind, refs: Sequence[int], until: datetime) -> None:
    """Let these wait for one moment."""
    if refs:
        connection.execute(LEASE, {"of": kind.value, "refs": refs, "until": until})


def requeue(connection: Connection, kind: DueKind, moments: Mapping[int, datetime]) -> None:
    """Let each wait for a moment of its own; one that has left meanwhile stays away."""
    if moments:
        connection.execute(
            REQUEUE,
            [{"of": kind.value, "ref": ref, "until": until} for ref, until in moments.items()],
        )


def dequeue(connection: Connection, kind: DueKind, refs: Sequence[int]) -> None:
    """Let these leave."""
    if refs:
        connection.execute(LEAVE, {"of": kind.value, "refs": refs})


DUE = (
    select(due.c.id, due.c.lead_id, due.c.due_at)
    .where(due.c.kind == bindparam("of"), due.c.due_at <= bindparam("now"))
    .order_by(due.c.due_at, due.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_THESE = (due.c.kind == bindparam("of"), due.c.id.in_(bindparam("refs", expanding=True)))
LEASE = update(due).where(*_THESE).values(due_at=bindparam("until"))
LEAVE = delete(due).where(*_THESE)
REQUEUE = (
    update(due)
    .where(due.c.kind == bindparam("of"), due.c.id == bindparam("ref"))
    .values(due_at=bindparam("until"))
)
