"""Waiting events, in the order received, a batch at a time: each through ``advance``, all into one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from nurture.content.model import Programme
from nurture.engine.aliases import survivors
from nurture.engine.apply import Changes
from nurture.engine.erased import new_addresses, recall
from nurture.engine.held import held_campaigns
from nurture.engine.live import Live
from nurture.engine.look_back import memories
from nurture.engine.merging import JOINING, Joined, looked_up
from nurture.engine.ways import rewrite
from nurture.identity import Keyring
from nurture.statemachine.advance import advance
from nurture.statemachine.past import NOTHING
from nurture.store import records as table
from nurture.store.database import lock_absorbing
from nurture.store.mapping import Fetched, event_of, unpacked
from nurture.store.statements import insert_if_new
from nurture.store.waiting import waits_to_be_absorbed
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

WAITING = (
    select(table.event).where(*waits_to_be_absorbed()).order_by(table.event.c.id).limit(bindparam("most"))
)


def absorb(connection: Connection, live: Live, now: datetime, *, keyring: Keyring, most: int) -> int:
    """Take in up to *most* waiting events and return how many; 0 where another worker is at it. With *most* 0, it does all
    that it does for any event, and takes none.

    Events decided on the way (an owner found by routing) wait for the next batch. Those of a lead that is gone (a click
    on an old mail of a person who was erased) concern nobody any more, and are not kept.
    """
    if not lock_absorbing(connection):
        return 0
    events = _batch(connection.execute(WAITING, {"most": most}))
    if not events and most:
        return 0
    events = rerouted(connection, events)
    concerned = {event.lead_id for event in events}
    joining = next(filter(_joins, events), None)
    if joining is not None:
        concerned.add(int(joining.number("other") or 0))
    states = load_states(connection, concerned - {0})
    programme = live.programme_at(connection, now)
    changes = Changes(programme, live.number, now, held=held_campaigns(connection))
    recall(connection, keyring, new_addresses(events, states), now)
    if joining is not None:
        _join(connection, programme, changes, joining, states=states, now=now)
    else:
        _decide(connection, programme, changes, events, states=states, now=now)
    return len(events)


def _batch(rows: Iterable[Fetched]) -> list[Event]:
    """The next events that can be decided at once: one that merges two leads, or undoes that, is decided alone."""
    events: list[Event] = []
    for row in rows:
        event = event_of(row)
        if _joins(event):
            return events or [event]
        events.append(event)
    return events


def _joins(event: Event) -> bool:
    """Whether it concerns two leads; that a lead stands again concerns it alone."""
    return event.kind in JOINING and event.number("other") is not None


def _decide(
    connection: Connection,
    programme: Programme,
    changes: Changes,
    events: Sequence[Event],
    *,
    states: dict[int, LeadState],
    now: datetime,
) -> None:
    remembered = memories(connection, events)
    for event in events:
        if event.lead_id not in states:
            changes.drop(event)
            continue
        before = states[event.lead_id]
        memory = remembered.get(event.lead_id)
        past = memory.past if memory and event.kind is EventKind.VERDICT_OVERTURNED else NOTHING
        advanced = advance(programme, before, event, now, past)
        if memory is not None:
            memory.remember(event, advanced.effects, now)
        states[event.lead_id] = advanced.state
        changes.add(event, advanced, before)
    changes.write(connection)


def _join(
    connection: Connection,
    programme: Programme,
    changes: Changes,
    event: Event,
    *,
    states: dict[int, LeadState],
    now: datetime,
) -> None:
    past = looked_up(connection, event, states)
    if past is None:
        changes.drop(event)
        changes.write(connection)
        return
    before = states[event.lead_id]
    advanced = advance(programme, before, event, now, past)
    joined = Joined(event, past, before, advanced.state)
    changes.add(event, advanced, before)
    changes.join(event, joined.merge)
    if event.kind is EventKind.LEAD_MERGED:  # the other's address is free before the survivor takes it
        joined.carry_out(connection, now)
    changes.write(connection)
    if event.kind is EventKind.LEAD_UNMERGED:  # and the survivor has given it back before the other takes it
        joined.carry_out(connection, now)
    rewrite(connection, [event.lead_id, joined.merge.other.lead.id])


def rerouted(connection: Connection, events: Sequence[Event]) -> list[Event]:
    """The events, each with the lead whose it is now: what comes for a lead that was merged is the survivor's."""
    into = survivors(connection, {event.lead_id for event in events})
    if not into:
        return list(events)
    came = [event for event in events if event.lead_id in into]
    connection.execute(REROUTED, [{"ref": each.id, "into": into[each.lead_id]} for each in came])
    rows = [{"event_id": each.id, "lead_id": each.lead_id} for each in came]
    insert_if_new(connection, table.rerouted, rows)
    return [replace(event, lead_id=into.get(event.lead_id, event.lead_id)) for event in events]


def load_states(connection: Connection, lead_ids: Iterable[int]) -> dict[int, LeadState]:
    """The states of these leads, by id; on PostgreSQL locked until the transaction ends."""
    statement = (
        select(table.lead_state.c.lead_id, table.lead_state.c.state)
        .where(table.lead_state.c.lead_id.in_(sorted(lead_ids)))
        .order_by(table.lead_state.c.lead_id)
        .with_for_update()
    )
    return {row.lead_id: unpacked(row.state) for row in connection.execute(statement)}


REROUTED = update(table.event).where(table.event.c.id == bindparam("ref")).values(lead_id=bindparam("into"))
