"""One process's way to the store: transactions that fail, before their commit took effect and after, and at which it can be stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from nurture.simulation.faults.ground import Ground
from nurture.store.database import WRITES, Database

LOST = "the connection to the store was lost"
BUSY = "database is locked"


class StoreFailsError(OperationalError):
    """As the driver raises it; ours are told from those that nobody has planned."""


class Process(Protocol):
    """Whoever uses a store, as its connection sees it."""

    name: str

    def point(self, where: str) -> None:
        """It has come to a named point: it may be killed there, stand still, or let others go on."""
        ...

    def committed(self) -> None:
        """A transaction of its has been committed, whether or not it learns of it."""
        ...


class TroubledDatabase(Database):
    """The store that all share, as one process reaches it.

    It is one connection to SQLite in memory, so transactions follow one another: what happens between them is up to chance.
    """

    def __init__(self, ground: Ground, process: Process) -> None:
        shared = ground.database
        self.url, self.is_sqlite, self.engine = shared.url, shared.is_sqlite, shared.engine
        self._writer = self.engine.execution_options(**{WRITES: True})
        self._ground = ground
        self._process = process

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        ground, perils = self._ground, self._ground.perils
        self._process.point("before a transaction")
        if ground.happens(perils.refused, "store busy"):
            raise self._fails(BUSY, "the store was busy")
        is_failing = ground.happens(perils.commit_failed, "commit failed")
        with super().writing() as connection:
            yield connection
            self._process.point("before a commit")
            if is_failing:
                raise self._fails(LOST, "a commit failed")
        self._process.committed()
        if ground.happens(perils.commit_unknown, "commit unknown"):
            raise self._fails(LOST, "a commit took effect, and nobody learned of it")
        self._process.point("after a commit")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._process.point("before a look")
        with super().reading() as connection:
            yield connection

    def close(self) -> None:
        """The others still use it."""

    def _fails(self, why: str, told: str) -> StoreFailsError:
        self._ground.tell(f"{self._process.name}: {told}")
        return StoreFailsError("COMMIT", {}, Exception(why))
