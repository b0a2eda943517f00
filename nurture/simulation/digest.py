"""One value for everything that was decided: two runs that agree on it agree on every state, touch, point and verdict."""

import hashlib

import msgspec
from sqlalchemy import select

from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import unpacked

HASHED = (
    (table.touch, ("id",), ()),
    (table.decision, ("touch_id", "at", "id"), ("id",)),
    (table.score_entry, ("lead_id", "at", "id"), ("id", "event_id")),
    (table.hand_off, ("lead_id", "serial"), ()),
    (table.task, ("lead_id", "created_at", "step"), ("id",)),
    (table.event, ("lead_id", "id"), ("id", "source_id")),
)
"""Tables, the order of their rows, and the columns that only say where a row is kept."""


def digest(database: Database) -> str:
    """SHA-256 over the states and everything decided, hexadecimal. Independent of how rows are stored."""
    hashed = hashlib.sha256()
    with database.reading() as connection:
        states = connection.execute(select(table.lead_state.c.state).order_by(table.lead_state.c.lead_id))
        for (state,) in states:
            hashed.update(msgspec.json.encode(unpacked(state), order="sorted"))
        for source, order, left_out in HASHED:
            columns = [column for column in source.c if column.name not in left_out]
            rows = connection.execute(select(*columns).order_by(*(source.c[name] for name in order)))
            hashed.update(source.name.encode())
            for row in rows:
                hashed.update(msgspec.json.encode(tuple(row), order="sorted"))
    return hashed.hexdigest()
