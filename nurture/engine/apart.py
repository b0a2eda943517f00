"""Finding the one that our own code fails on: what waits is taken in whole batches until one of them raises, then in ever
smaller ones, until what is guilty stands alone, is set aside, and the rest goes on in its order.

    a batch raises --> half of it, half of that ... --> the first alone --> set aside --> twice as many, ... --> whole batches

Nothing is lost and nothing overtakes: what is taken is always the beginning of what waits. Where nothing raises this costs nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError

from nurture.engine.aside import Suspect, flooded, put_aside
from nurture.log import get_log
from nurture.ports import Clock
from nurture.store.database import STORE_AWAY, Database

DoneT = TypeVar("DoneT")
Do = Callable[[Connection, datetime, int], DoneT]
"""What is done with up to so many of what waits, in their order; with 0 all that is done for any, and none is taken."""
First = Callable[[Connection, datetime], Suspect | None]
"""Which one would be taken first; None where none waits, or another worker is at it."""
log = get_log(__name__)


def is_ours(error: Exception) -> bool:
    """Whether it is our own code that failed, on what it had in hand: not the store, the disk or the memory, which will do later."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or type(error) is DatabaseError):
        return False
    return not isinstance(error, (*STORE_AWAY, OSError, MemoryError))


class AtOnce:
    """How many are taken at once: a whole batch, or fewer while what is guilty is looked for."""

    def __init__(self) -> None:
        self._fewer: int | None = None

    @property
    def is_fewer(self) -> bool:
        """Whether something raised, and whole batches are not taken again yet."""
        return self._fewer is not None

    def of(self, most: int) -> int:
        """How many, where a batch has *most*."""
        return most if self._fewer is None else min(self._fewer, most)

    def raised(self, size: int) -> None:
        """So many have raised."""
        self._fewer = max(1, size // 2)

    def went_well(self, size: int, most: int) -> None:
        """So many have not, where a batch has *most*."""
        self._fewer = None if size * 2 >= most else size * 2


class Portions:
    """How much of one kind of work is done in a transaction: a batch, or less while what is guilty is looked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._at_once = AtOnce()

    @property
    def is_small(self) -> bool:
        """Whether something raised, and whole batches are not taken again yet."""
        return self._at_once.is_fewer

    def shrink(self, failed: int) -> None:
        """So many at once have raised."""
        self._at_once.raised(failed)

    def take(self, most: int, do: Do[DoneT], first: First, nothing: DoneT) -> DoneT:
        """*do* it with up to *most*. Returns what it did, or *nothing* where the first alone was set aside.

        Raises what the store raises; and what is the fault of no one thing, because it is raised with nothing in hand.
        """
        while True:
            size = self._at_once.of(most)
            try:
                with self._database.writing() as connection:
                    now = self._clock.now()
                    if size == 1:
                        done = self._alone(connection, now, do, first, nothing)
                    else:
                        done = do(connection, now, size)
            except Exception as error:
                if size <= 1 or not is_ours(error):
                    raise
                log.warning("looking for what fails", among=size, error=f"{type(error).__name__}: {error}")
                self.shrink(size)
            else:
                self._at_once.went_well(size, most)
                return done

    def _alone(
        self,
        connection: Connection,
        now: datetime,
        do: Do[DoneT],
        first: First,
        nothing: DoneT,
    ) -> DoneT:
        suspect = first(connection, now)
        try:
            with connection.begin_nested():
                return do(connection, now, 1)
        except Exception as error:
            if suspect is None or not is_ours(error) or flooded(connection):
                raise
            do(connection, now, 0)
            if first(connection, now) == suspect:  # else another came before it meanwhile
                put_aside(connection, suspect, error, now)
            return nothing
