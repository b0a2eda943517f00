"""The rows of a lead that goes into another, or comes out of it again: kept packed meanwhile, so that no list has to leave it out."""

from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from nurture.engine.companies import recount
from nurture.engine.lead_rows import LISTED
from nurture.engine.list_keys import list_keys
from nurture.engine.list_rows import relist
from nurture.statemachine.past import Merge
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue
from nurture.store.mapping import Fetched, state_row
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead

LISTED_BY = (table.lead_tag, table.lead_campaign, table.segment_member)

_packer = msgspec.msgpack.Encoder()
_unpacker = msgspec.msgpack.Decoder(Merge)


def merge_of(connection: Connection, event: Event) -> Merge | None:
    """What *event* merged, or undid, as it was decided by; None for an event that does neither, or whose lead was erased."""
    event_id = int(event.number("merge") or 0) or event.id
    packed = connection.execute(
        select(table.lead_merge.c.merge).where(table.lead_merge.c.event_id == event_id)
    ).scalar()
    return None if packed is None else _unpacker.decode(packed)


def merged_lead(connection: Connection, lead_id: int) -> Lead | None:
    """Who a lead was that is merged into another; None for any other."""
    packed = connection.execute(
        select(table.lead_merge.c.merge).where(
            table.lead_merge.c.other_id == lead_id, table.lead_merge.c.undone_at.is_(None)
        )
    ).scalar()
    return None if packed is None else _unpacker.decode(packed).other.lead


def latest(connection: Connection, lead_id: int) -> Fetched | None:
    """The newest merge into the lead that is in force."""
    merges = table.lead_merge.c
    return connection.execute(
        select(table.lead_merge)
        .where(merges.lead_id == lead_id, merges.undone_at.is_(None))
        .order_by(merges.event_id.desc())
        .limit(1)
    ).first()


def take_away(connection: Connection, event: Event, merge: Merge, now: datetime) -> None:
    """The other's rows go: from here on its number stands for the survivor."""
    other = merge.other.lead.id
    row = connection.execute(select(table.lead).where(table.lead.c.id == other)).one()
    of_other = table.task.c.lead_id == other, table.task.c.done_at.is_(None)
    tasks = connection.execute(select(table.task.c.id, table.task.c.enrolment).where(*of_other))
    merge = replace(merge, tasks={task.id: task.enrolment for task in tasks})
    connection.execute(
        table.lead_merge.insert().values(
            event_id=event.id,
            lead_id=event.lead_id,
            other_id=other,
            email=row.email,
            reference=row.reference,
            sample=row.sample,
            merge=_packer.encode(merge),
            merged_at=now,
        )
    )
    # What is to be done about it stays to be done. A step is done once for each enrolment; a task from elsewhere counts as
    # one of its own, for two of the other's enrolments, or others merged into it, may have had the same step.
    connection.execute(
        update(table.task).where(*of_other).values(lead_id=event.lead_id, enrolment=-table.task.c.id)
    )
    dequeue(connection, DueKind.TIMER, [other])
    for each in LISTED_BY:
        connection.execute(delete(each).where(each.c.lead_id == other))
    connection.execute(delete(table.lead_state).where(table.lead_state.c.lead_id == other))
    connection.execute(delete(table.lead).where(table.lead.c.id == other))
    recount(connection, {row.company_key} - {None})


def put_back(connection: Connection, number: int, merge: Merge, now: datetime) -> Fetched:
    """The other's rows as they were, after the survivor's own are written, which may have had the address.

    number  the event of the merge, whose row is returned.
    """
    this = table.lead_merge.c.event_id == number
    row = connection.execute(select(table.lead_merge).where(this)).one()
    connection.execute(
        update(table.lead_merge).where(this).values(merge=_packer.encode(merge), undone_at=now)
    )
    state, lead = merge.other, merge.other.lead
    keys = list_keys(
        email=lead.email, first_name=lead.first_name, last_name=lead.last_name, company=lead.company
    )
    connection.execute(
        table.lead.insert().values(
            **{name: getattr(lead, name) for name in LISTED},
            **keys,
            id=lead.id,
            email=row.email,
            reference=row.reference,
            created_at=lead.created_at,
            sample=row.sample,
            untracked=state.untracked,
        )
    )
    connection.execute(table.lead_state.insert().values(**state_row(state, now)))
    relist(connection, [state])
    # Done meanwhile or not, it was about the other.
    for task, enrolment in merge.tasks.items():
        connection.execute(
            update(table.task)
            .where(table.task.c.id == task, table.task.c.lead_id == row.lead_id)
            .values(lead_id=lead.id, enrolment=enrolment)
        )
    return row
