"""One batch of one walk over the leads: what it does to them and how far it came are one transaction.

So a walk goes on where it stopped, whatever stops it, with any number of workers, and mail leaves between its batches.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, select

from nurture.engine import broadcasts, bulk, segments, tags
from nurture.engine.aside import AsideKind, Suspect
from nurture.engine.list_rows import relist
from nurture.engine.live import Live
from nurture.engine.schedule import is_written
from nurture.engine.sweep_rows import Sweep, SweepKind, go_on, halt, note, sweep_numbered
from nurture.store import records as table
from nurture.store.due import DueKind, due_rows
from nurture.store.mapping import unpacked
from nurture.vocabulary.state import LeadState

LEADS_OF_A_WALK = 20
"""A walk that fails on so many leads fails on all: it is set aside itself."""
_aside = table.set_aside.c
FIRST_SWEEP = (
    select(table.due.c.id)
    .where(table.due.c.kind == DueKind.SWEEP.value, table.due.c.due_at <= bindparam("now"))
    .limit(1)
)


class Walk(msgspec.Struct, frozen=True):
    """What a kind of walk does.

    take    with a batch of leads; returns how many it concerned. May write to the sweep's counts.
    finish  when it has come to the last one.
    """

    take: Callable[[Connection, Live, Sweep, Sequence[LeadState], datetime], int]
    finish: Callable[[Connection, Live, Sweep, datetime], None] = lambda *_: None


def sweep_batch(connection: Connection, live: Live, now: datetime, *, most: int) -> bool:
    """Take one batch of the walk that has waited longest; False where none is due, or *most* is 0."""
    if not most:
        return False
    due = due_rows(connection, DueKind.SWEEP, now, most=1)
    if not due:
        return False
    number = due[0].id
    sweep = sweep_numbered(connection, number)
    if sweep is None or sweep.is_over:
        halt(connection, number)
        return True
    if sweep.kind is SweepKind.BROADCAST and not is_written(live.programme, sweep.subject):
        halt(connection, number)
        note(connection, number, cancelled_at=now)
        return True
    carry_on(connection, live, sweep, now, most=most)
    return True


def carry_on(connection: Connection, live: Live, sweep: Sweep, now: datetime, *, most: int) -> None:
    """The next batch of a walk that is not over."""
    number, walk = sweep.id, WALKS[sweep.kind]
    states = _next_leads(connection, sweep, most)
    taken = walk.take(connection, live, sweep, states, now)
    progress = {"seen": sweep.seen + len(states), "taken": sweep.taken + taken, "counts": sweep.counts}
    if len(states) == most:
        note(connection, number, last_lead_id=states[-1].lead.id, **progress)
        go_on(connection, number, now)
    else:
        walk.finish(connection, live, sweep, now)
        note(connection, number, finished_at=now, **progress)
        halt(connection, number)


def take_one(connection: Connection, live: Live, number: int, lead_id: int, now: datetime) -> None:
    """A lead that a walk has passed by: done with it alone what the walk does with each. What is only counted is counted
    by the next walk.
    """
    sweep = sweep_numbered(connection, number)
    found = select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    packed = connection.execute(found).scalar()
    if sweep is None or sweep.cancelled_at is not None or packed is None or sweep.kind is SweepKind.SEGMENTS:
        return
    taken = WALKS[sweep.kind].take(connection, live, sweep, [unpacked(packed)], now)
    note(connection, number, taken=sweep.taken + taken, counts=sweep.counts)


def sweep_waits(connection: Connection, now: datetime) -> bool:
    """Whether a batch is due: asked before a transaction that writes is begun for it."""
    return connection.execute(FIRST_SWEEP, {"now": now}).first() is not None


def first_of_walk(connection: Connection, now: datetime) -> Suspect | None:
    """The lead that the next batch begins with; the walk itself where there is none, or it has failed on many."""
    due = due_rows(connection, DueKind.SWEEP, now, most=1)
    if not due:
        return None
    number = due[0].id
    try:
        sweep = sweep_numbered(connection, number)
        lead_id = None if sweep is None else connection.execute(_next(sweep, 1)).scalar()
    except ValueError:  # its row cannot be read
        return Suspect(AsideKind.WALK, number)
    assert sweep is not None, "what is due exists"
    what = sweep.subject or sweep.kind.value
    failed = select(func.count()).where(_aside.kind == AsideKind.WALK.value, _aside.ref == number)
    if lead_id is None or connection.execute(failed).scalar_one() >= LEADS_OF_A_WALK:
        return Suspect(AsideKind.WALK, number, what=what)
    return Suspect(AsideKind.WALK, number, part=str(lead_id), lead_id=lead_id, what=what)


def _next_leads(connection: Connection, sweep: Sweep, most: int) -> list[LeadState]:
    statement = _next(sweep, most).add_columns(table.lead_state.c.state)
    return [unpacked(row.state) for row in connection.execute(statement)]


def _next(sweep: Sweep, most: int) -> Select[Any]:
    """The numbers of the next leads, in order."""
    statement = (
        select(table.lead_state.c.lead_id)
        .where(table.lead_state.c.lead_id > sweep.last_lead_id)
        .order_by(table.lead_state.c.lead_id)
        .limit(most)
    )
    if sweep.kind is SweepKind.TAGS:
        statement = statement.where(tags.concerned(sweep))
    if sweep.kind is SweepKind.BULK:
        statement = statement.where(bulk.concerned(sweep))
    return statement


def _relist(
    connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime
) -> int:
    del live, sweep, now
    relist(connection, states)
    return len(states)


WALKS = {
    SweepKind.BROADCAST: Walk(broadcasts.reach),
    SweepKind.SEGMENTS: Walk(segments.count, segments.settle),
    SweepKind.TAGS: Walk(tags.tag_some),
    SweepKind.LISTING: Walk(_relist),
    SweepKind.BULK: Walk(bulk.take),
}
