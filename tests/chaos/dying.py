"""Where a worker can be made to die: its store, its way out and its journal, each of which kills the process at a point.

The engine is given these as it is given the real ones, so that nothing in it knows of points and nothing can switch one on.

    claimed         a batch is claimed, and nothing of it marked
    marked          touches were just marked `sending`; nothing of them has left
    built           a message was handed to the transport
    before intent   the body is ready; the journal does not know of it
    after intent    the journal knows; the bytes with the dot have not left
    before answer   the 250 was read; the journal does not know of it
    after answer    the journal knows; the store does not
    before commit   any transaction that writes: claim, mark, settle, absorb, recover
    after commit    the same, a moment later
    before release  everything is settled; the journal still holds the batch
    after release   the journal is empty
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from nurture.delivery.journal import Journal
from nurture.engine.recover import Journals
from nurture.ports import UNLOGGED, OutgoingMessage, Receipt, SendLog, Transport
from nurture.store.database import Database

POINTS = (
    "claimed",
    "marked",
    "built",
    "before intent",
    "after intent",
    "before answer",
    "after answer",
    "before commit",
    "after commit",
    "before release",
    "after release",
)
"""In the worker; the sink has those of the wire."""
OF_BATCHES = {"claimed", "before release", "after release"}
OF_COMMITS = {"marked", "before commit", "after commit"}

Reach = Callable[[str], None]


def death_at(point: str, count: int) -> Reach:
    """Kills this process with -9 when it reaches *point* for the *count*th time."""
    passed: Counter[str] = Counter()

    def reach(name: str) -> None:
        passed[name] += 1
        if name == point and passed[name] == count:
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


class DyingDatabase(Database):
    """A store whose commits are points."""

    reach: Reach = staticmethod(lambda _: None)
    commits = 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as connection:
            yield connection
            self.reach("before commit")
        self.commits += 1
        self.reach("after commit")


class DyingTransport:
    """A way out whose every step is a point."""

    leaves_machine = True

    def __init__(self, inner: Transport, database: DyingDatabase, reach: Reach) -> None:
        self._inner = inner
        self._database = database
        self._reach = reach
        self.name = inner.name

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        if log is not UNLOGGED:  # else it is a turn of the outbox
            self._reach("claimed")
        yield from self._inner.send(self._watched(messages), DyingLog(log, self._reach))

    def close(self) -> None:
        self._inner.close()

    def _watched(self, messages: Iterable[OutgoingMessage]) -> Iterator[OutgoingMessage]:
        commits = self._database.commits
        for message in messages:
            if commits != self._database.commits:
                commits = self._database.commits
                self._reach("marked")
            self._reach("built")
            yield message


class DyingLog:
    def __init__(self, inner: SendLog, reach: Reach) -> None:
        self._inner = inner
        self._reach = reach

    def before_dot(self, touch_id: int) -> None:
        self._reach("before intent")
        self._inner.before_dot(touch_id)
        self._reach("after intent")

    def answered(self, receipt: Receipt) -> None:
        self._reach("before answer")
        self._inner.answered(receipt)
        self._reach("after answer")


class DyingJournal(Journal):
    reach: Reach = staticmethod(lambda _: None)

    def release(self) -> None:
        self.reach("before release")
        super().release()
        self.reach("after release")


class DyingJournals(Journals):
    reach: Reach = staticmethod(lambda _: None)

    def own(self) -> Journal:
        if self._own is None:
            self._own = DyingJournal(self._directory)
            self._own.reach = self.reach
        return self._own
