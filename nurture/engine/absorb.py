"""Waiting events, in the order received, a batch at a time: each through ``advance``, all into one transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from nurture.engine.apply import Changes
from nurture.engine.erased import new_addresses, recall
from nurture.engine.held import held_campaigns
from nurture.engine.live import Live
from nurture.engine.look_back import memories
from nurture.identity import Keyring
from nurture.statemachine.advance import advance
from nurture.statemachine.past import NOTHING
from nurture.store import records as table
from nurture.store.database import lock_absorbing
from nurture.store.mapping import event_of, unpacked
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

WAITING = (
    select(table.event)
    .where(table.event.c.absorbed_at.is_(None), table.event.c.lead_id.is_not(None))
    .order_by(table.event.c.id)
    .limit(bindparam("most"))
)


def absorb(connection: Connection, live: Live, now: datetime, *, keyring: Keyring, most: int) -> int:
    """Take in up to *most* waiting events and return how many; 0 where another worker is at it.

    Events decided on the way (an owner found by routing) wait for the next batch. Those of a lead that is gone (a click
    on an old mail of a person who was erased) concern nobody any more, and are not kept.
    """
    if not lock_absorbing(connection):
        return 0
    events = [event_of(row) for row in connection.execute(WAITING, {"most": most})]
    if not events:
        return 0
    states = load_states(connection, {event.lead_id for event in events})
    programme = live.programme_at(connection, now)
    changes = Changes(programme, live.number, now, held=held_campaigns(connection))
    remembered = memories(connection, events)
    recall(connection, keyring, new_addresses(events, states), now)
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
    return len(events)


def load_states(connection: Connection, lead_ids: Iterable[int]) -> dict[int, LeadState]:
    """The states of these leads, by id; on PostgreSQL locked until the transaction ends."""
    statement = (
        select(table.lead_state.c.lead_id, table.lead_state.c.state)
        .where(table.lead_state.c.lead_id.in_(sorted(lead_ids)))
        .order_by(table.lead_state.c.lead_id)
        .with_for_update()
    )
    return {row.lead_id: unpacked(row.state) for row in connection.execute(statement)}
