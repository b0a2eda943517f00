"""A way out that is left alone for as long as it asks for: what it says of one message holds for all that would follow.

Every worker knows what one was told: it is kept in the store.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, SendLog, Transport
from nurture.store import records as table
from nurture.store.database import STORE_AWAY, Database
from nurture.store.statements import upsert

LONGEST_REST = timedelta(hours=4)
"""Asked to wait longer, we look again all the same: somebody may have raised a limit meanwhile."""
RESTS_UNTIL = select(table.way_out_rest.c.until).where(table.way_out_rest.c.way_out == bindparam("way_out"))


class Rested:
    """*transport*, and until when it asked not to be asked again, whichever worker was told so."""

    def __init__(self, transport: Transport, clock: Clock, database: Database) -> None:
        self.name = transport.name
        self._transport = transport
        self._clock = clock
        self._database = database

    @property
    def leaves_machine(self) -> bool:
        return self._transport.leaves_machine

    @property
    def is_resting(self) -> bool:
        """Whether it wants to be left alone now."""
        with self._database.reading() as connection:
            return rests_until(connection, self.name, self._clock.now()) is not None

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        asked: list[datetime] = []
        try:
            for receipt in self._transport.send(messages, log):
                if receipt.retry_at is not None:
                    asked.append(receipt.retry_at)
                yield receipt
        finally:
            if asked:
                self._rest(max(asked))

    def close(self) -> None:
        self._transport.close()

    def _rest(self, until: datetime) -> None:
        # Where the store is away nothing is claimed, and whoever claims next is told again.
        with suppress(*STORE_AWAY), self._database.writing() as connection:
            until = min(until, self._clock.now() + LONGEST_REST)
            upsert(connection, table.way_out_rest, [{"way_out": self.name, "until": until}], key=("way_out",))


def rests_until(connection: Connection, way_out: str, now: datetime) -> datetime | None:
    """Until when this way out wants to be left alone; by a clock that was set back, not longer than it may ask for."""
    until: datetime | None = connection.execute(RESTS_UNTIL, {"way_out": way_out}).scalar()
    return until if until is not None and timedelta(0) < until - now <= LONGEST_REST else None


def ask_again(connection: Connection) -> None:
    """No way out rests any longer: somebody has changed what mail leaves by, and may have raised a limit there."""
    connection.execute(delete(table.way_out_rest))
