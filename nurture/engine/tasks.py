"""Notes and tasks of people about a lead: rows that are done, passed on and opened again, each told on the lead's timeline.

They change no lead. A task of a track's step is done and passed on in the same way.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from nurture.engine.intake import micros, say
from nurture.store import records as table
from nurture.store.mapping import Fetched
from nurture.vocabulary.words import EventKind

BY_HAND = 0
"""Stands for the enrolment and the visit of a task that no step made."""
TASK_MAX, NOTE_MAX = 200, 2_000


def write_note(connection: Connection, lead_id: int, note: str, *, by: str, now: datetime) -> None:
    """What a person wants others to know of the lead."""
    say(connection, "tasks", lead_id, EventKind.NOTE_WRITTEN, now, by=by, note=note[:NOTE_MAX])


def make_task(
    connection: Connection,
    lead_id: int,
    what: str,
    *,
    assignee: str | None,
    due_at: datetime | None,
    by: str,
    now: datetime,
) -> int:
    """Something to do about the lead, for *assignee*, or for the lead's owner, whoever that is (None). Returns its number."""
    values = {
        "lead_id": lead_id,
        "task": what[:TASK_MAX],
        "assignee": assignee,
        "enrolment": BY_HAND,
        "visit": BY_HAND,
        "step": f"by hand {micros(now)}",
        "created_at": now,
        "made_by": by,
        "due_at": due_at,
    }
    made = connection.execute(table.task.insert().values(**values).returning(table.task.c.id))
    number = int(made.scalar_one())
    _tell(connection, lead_id, EventKind.TASK_CREATED, now, task=what[:TASK_MAX], assignee=assignee, by=by)
    return number


def finish_task(connection: Connection, number: int, *, by: str, now: datetime) -> Fetched | None:
    """It is done. None where there is no such task, or somebody has done it."""
    return _changed(
        connection, number, EventKind.TASK_DONE, now, by=by, is_open=True, done_at=now, done_by=by
    )


def open_again(connection: Connection, number: int, *, by: str, now: datetime) -> Fetched | None:
    """It was not done after all."""
    kind = EventKind.TASK_CHANGED
    return _changed(connection, number, kind, now, by=by, is_open=False, done_at=None, done_by=None)


def pass_on(
    connection: Connection, number: int, assignee: str | None, *, by: str, now: datetime
) -> Fetched | None:
    """It is *assignee*'s now, or the lead's owner's (None)."""
    return _changed(connection, number, EventKind.TASK_CHANGED, now, by=by, is_open=True, assignee=assignee)


def _changed(
    connection: Connection,
    number: int,
    kind: EventKind,
    now: datetime,
    *,
    by: str,
    is_open: bool,
    **values: Any,
) -> Fetched | None:
    open_or_done = table.task.c.done_at.is_(None) if is_open else table.task.c.done_at.is_not(None)
    changed = connection.execute(
        update(table.task).where(table.task.c.id == number, open_or_done).values(**values)
    )
    if changed.rowcount == 0:
        return None
    row = connection.execute(select(table.task).where(table.task.c.id == number)).one()
    told = {"assignee": row.assignee} if "assignee" in values else {"again": True} if not is_open else {}
    _tell(connection, row.lead_id, kind, now, task=row.task, by=by, **told)
    return row


def _tell(connection: Connection, lead_id: int, kind: EventKind, now: datetime, **properties: Any) -> None:
    say(connection, "tasks", lead_id, kind, now, **properties)
