"""What people of ours have to do."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.insight.timeline import name_of
from nurture.store.mapping import unpacked
from nurture.store.records import lead_state, task
from nurture.vocabulary.state import LeadState


class TaskLine(msgspec.Struct, frozen=True):
    """A task of a step.

    who   whose it is: an address, or the lead's owner as it is now; None where it has none.
    note  a template, as the step has it; None for none.
    """

    state: LeadState
    task: str
    who: str | None
    note: str | None
    created_at: datetime

    @property
    def name(self) -> str:
        return name_of(self.state)


def open_tasks(connection: Connection, *, most: int) -> tuple[TaskLine, ...]:
    """Tasks that nobody has done yet, oldest first."""
    rows = connection.execute(
        select(task, lead_state.c.state)
        .join(lead_state, lead_state.c.lead_id == task.c.lead_id)
        .where(task.c.done_at.is_(None))
        .order_by(task.c.created_at)
        .limit(most)
    )
    return tuple(
        TaskLine(state, row.task, row.assignee or state.lead.owner, row.note, row.created_at)
        for row in rows
        for state in (unpacked(row.state),)
    )
