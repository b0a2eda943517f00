"""The due queue: what waits for its moment, and the statements that move it. A lease is a moment moved forward."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, text, update

from nurture.store.records import due
from nurture.store.statements import upsert
from nurture.vocabulary.words import Lane


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


def due_touches(connection: Connection, now: datetime, *, most: int) -> Sequence[Any]:
    """The first *most* touches that are due: those of a faster lane before all others, and of each lane the oldest.

    A share of every batch goes by age alone, so that no lane waits for ever.
    """
    found: dict[int, Any] = {}
    express = most - max(1, most // SHARE_BY_AGE) if most > 1 else most
    for lane in (Lane.OPERATIONAL, Lane.TRIGGERED):
        if len(found) < express:
            bound = {"lane": lane.value, "now": now, "most": express - len(found)}
            found.update((row.id, row) for row in connection.execute(EXPRESS, bound))
    for row in due_rows(connection, DueKind.TOUCH, now, most=most):
        if len(found) == most:
            break
        found.setdefault(row.id, row)
    return list(found.values())


def express_waits(connection: Connection, *, after: datetime, now: datetime) -> bool:
    """Whether something has come due since *after* that overtakes: a system mail, or a touch of a fast lane."""
    return bool(connection.execute(EXPRESS_WAITS, {"after": after, "now": now}).scalar_one())


def enqueue_touches(connection: Connection, rows: Sequence[tuple[int, int, datetime, Lane]]) -> None:
    """Let each touch (id, lead id, moment, lane) wait."""
    names = ("id", "lead_id", "due_at", "lane")
    kind = {"kind": DueKind.TOUCH.value}
    upsert(connection, due, [kind | dict(zip(names, row, strict=True)) for row in rows], key=("kind", "id"))


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


SHARE_BY_AGE = 8
"""One in so many places of a batch."""

COLUMNS = (due.c.id, due.c.lead_id, due.c.due_at, due.c.lane)
EXPRESS = (
    select(*COLUMNS)
    # As the index says it: SQLite uses a partial index only for its own words. Only touches have such a lane.
    .where(text("lane < 2"), due.c.lane == bindparam("lane"), due.c.due_at <= bindparam("now"))
    .order_by(due.c.due_at, due.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_COME = (due.c.due_at > bindparam("after"), due.c.due_at <= bindparam("now"))
EXPRESS_WAITS = select(
    or_(
        exists().where(due.c.kind == DueKind.MESSAGE.value, *_COME),
        *(
            exists().where(text("lane < 2"), due.c.lane == lane.value, *_COME)
            for lane in (Lane.OPERATIONAL, Lane.TRIGGERED)
        ),
    )
)
DUE = (
    select(*COLUMNS)
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
