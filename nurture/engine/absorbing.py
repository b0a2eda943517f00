"""Events and due timers into the leads' states, a batch a transaction; an event or timer that our own code fails on is set aside."""

from datetime import datetime
from functools import partial

import msgspec
from sqlalchemy import Connection, select

from nurture.engine.absorb import absorb
from nurture.engine.apart import Portions, is_ours
from nurture.engine.aside import AsideKind, Suspect
from nurture.engine.intake import fire_timers
from nurture.engine.live import Live
from nurture.identity import Keyring
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.database import Database, lock_absorbing
from nurture.store.due import DueKind, due_rows
from nurture.store.waiting import waits_to_be_absorbed


class Taken(msgspec.Struct, frozen=True):
    """What one batch came to; *aside* says how many were set aside."""

    fired: int = 0
    absorbed: int = 0
    aside: int = 0

    def __bool__(self) -> bool:
        return bool(self.fired or self.absorbed or self.aside)


class Absorbing:
    """One worker's way to take in what happened."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        self._database = database
        self._clock = clock
        self._keyring = keyring
        self._timers = Portions(database, clock)
        self._events = Portions(database, clock)

    @property
    def is_looking(self) -> bool:
        """Whether it looks for what fails, in smaller batches."""
        return self._timers.is_small or self._events.is_small

    def take(self, live: Live, most: int) -> Taken:
        """One batch: up to *most* due timers become events, and up to *most* events are absorbed."""
        if not self.is_looking:
            try:
                with self._database.writing() as connection:
                    now = self._clock.now()
                    fired = fire_timers(connection, now, most=most)
                    return Taken(fired, self._absorb(live, connection, now, most))
            except Exception as error:
                if not is_ours(error):
                    raise
                self._timers.shrink(most)
                self._events.shrink(most)
        timers = self._timers.take(most, _fire, _first_timer, None)
        taken = self.take_events(live, most)
        return Taken(timers or 0, taken.absorbed, taken.aside + (timers is None))

    def take_events(self, live: Live, most: int) -> Taken:
        """One batch of events alone."""
        taken = self._events.take(most, partial(self._absorb, live), _first_event, None)
        return Taken(absorbed=taken or 0, aside=taken is None)

    def _absorb(self, live: Live, connection: Connection, now: datetime, most: int) -> int:
        return absorb(connection, live, now, keyring=self._keyring, most=most)


def _fire(connection: Connection, now: datetime, most: int) -> int:
    return fire_timers(connection, now, most=most)


def _first_timer(connection: Connection, now: datetime) -> Suspect | None:
    rows = due_rows(connection, DueKind.TIMER, now, most=1)
    return Suspect(AsideKind.TIMER, rows[0].id, lead_id=rows[0].id) if rows else None


def _first_event(connection: Connection, _: datetime) -> Suspect | None:
    """Asked only for what decodes whatever stands in it."""
    if not lock_absorbing(connection):
        return None
    row = connection.execute(FIRST).first()
    return None if row is None else Suspect(AsideKind.EVENT, row.id, lead_id=row.lead_id, what=row.kind)


FIRST = (
    select(table.event.c.id, table.event.c.lead_id, table.event.c.kind)
    .where(*waits_to_be_absorbed())
    .order_by(table.event.c.id)
    .limit(1)
)
