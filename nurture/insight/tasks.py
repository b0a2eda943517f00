"""What people of ours have to do, and what they have done lately."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from nurture.insight.timeline import name_of
from nurture.store.mapping import Fetched, unpacked
from nurture.store.records import lead_state, task
from nurture.vocabulary.state import LeadState


class TaskLine(msgspec.Struct, frozen=True):
    """A task of a step, or of a person.

    who      whose it is: an address, or the lead's owner as it is now; None where it has none.
    note     a template, as the step has it; None for none.
    made_by  None where a step made it.
    due_at   None for whenever.
    done_at  None while it is open.
    """

    id: int
    state: LeadState
    task: str
    who: str | None
    note: str | None
    created_at: datetime
    made_by: str | None
    due_at: datetime | None
    done_at: datetime | None
    done_by: str | None

    @property
    def name(self) -> str:
        return name_of(self.state)

    def is_late(self, now: datetime) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at <= now


WHO: ColumnElement[str] = func.coalesce(task.c.assignee, lead_state.c.owner)


def open_tasks(
    connection: Connection, *, most: int, who: str | None = None, lead_id: int | None = None
) -> tuple[TaskLine, ...]:
    """Tasks that nobody has done yet, those that are due first, then the oldest; of one person or lead if given."""
    order = (task.c.due_at.is_(None), task.c.due_at, task.c.created_at)
    asked = (task.c.done_at.is_(None), *_of(who, lead_id))
    # Sorted by their numbers alone: with the state of each lead the database would carry all of it about.
    first = JOINED.with_only_columns(task.c.id).where(*asked).order_by(*order).limit(most)
    rows = connection.execute(JOINED.where(task.c.id.in_(first)).order_by(*order))
    return tuple(map(_line, rows))


def done_tasks(
    connection: Connection, *, most: int, who: str | None = None, lead_id: int | None = None
) -> tuple[TaskLine, ...]:
    """Tasks that were done, the latest first."""
    asked = _of(who, lead_id)
    rows = connection.execute(
        JOINED.where(task.c.done_at.is_not(None), *asked).order_by(task.c.done_at.desc()).limit(most)
    )
    return tuple(map(_line, rows))


JOINED = select(task, lead_state.c.state).join(lead_state, lead_state.c.lead_id == task.c.lead_id)


def _of(who: str | None, lead_id: int | None) -> list[ColumnElement[bool]]:
    return [
        *([] if who is None else [WHO.in_([who])]),
        *([] if lead_id is None else [task.c.lead_id == lead_id]),
    ]


def _line(row: Fetched) -> TaskLine:
    state = unpacked(row.state)
    return TaskLine(
        id=row.id,
        state=state,
        task=row.task,
        who=row.assignee or state.lead.owner,
        note=row.note,
        created_at=row.created_at,
        made_by=row.made_by,
        due_at=row.due_at,
        done_at=row.done_at,
        done_by=row.done_by,
    )
