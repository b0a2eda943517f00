"""A copy of the store, as a restored backup is one: it wakes up at a home of its own, and nothing may leave it."""

import shutil
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import select

from nurture.delivery.memory import MemoryTransport
from nurture.engine.arming import FILE, NAME, Arming
from nurture.engine.recover import Journals
from nurture.simulation.faults.agenda import Agenda
from nurture.simulation.faults.ground import Ground, MachineClock
from nurture.simulation.faults.shelf import BASE_URL, Shelf, ShelvedEngine, copied, put_back
from nurture.simulation.faults.worker import KEYRING
from nurture.store.database import Database
from nurture.store.records import setting

LATER = timedelta(hours=9)
TICKS = 3


class Leaving(MemoryTransport):
    """As if a person could be reached by it."""

    leaves_machine = True


class Twin:
    """One run's."""

    def __init__(self, ground: Ground, agenda: Agenda, homes: Path, names: Collection[str]) -> None:
        """*names*: of those of *homes* at which somebody works."""
        self._ground = ground
        self._agenda = agenda
        self._originals = [homes / name for name in sorted(names)]
        self._home = homes / "copy"
        self._store: Database | None = None

    def plan(self, start: datetime, length: timedelta) -> None:
        """Decide when it is made, and when it wakes up."""
        if not self._ground.perils.copied:
            return
        at = start + length * (0.2 + 0.5 * self._ground.lot("copied at"))
        self._agenda.at(at, "the store is copied", self._copy, is_silent=True)
        self._agenda.at(at + LATER, "the copy wakes up", self._wake, is_silent=True)

    def close(self) -> None:
        if self._store is not None:
            put_back(self._store)

    def _copy(self) -> None:
        self._store = copied(self._ground.database)

    def _wake(self) -> None:
        """At a new home; or at the old one, which has sent from the newer store since."""
        assert self._store is not None, "it was copied before"
        clock = MachineClock(self._ground)
        arming = Arming(self._store, self._home, clock, lambda: "the copy")
        if self._ground.happens(0.5, "restored in place"):
            self._move_in(clock)
        relay = Leaving(clock)
        engine = ShelvedEngine(
            Shelf(),
            database=self._store,
            transport=relay,
            keyring=KEYRING,
            clock=clock,
            base_url=BASE_URL,
            journals=Journals(self._home / "journal"),
            arming=arming,
        )
        if self._is_same():
            return
        for _ in range(TICKS):
            engine.tick()
        if relay.messages:
            self._ground.accuse(0, f"the copy of the store sent {len(relay.messages)} mails")

    def _move_in(self, clock: MachineClock) -> None:
        """Into the old home that remembers the oldest store, and whose heart has beaten until now."""
        homes = [home for home in self._originals if (home / FILE).exists()]
        if homes:
            oldest = min(
                homes, key=lambda home: int(msgspec.json.decode((home / FILE).read_bytes())["generation"])
            )
            Arming(self._ground.database, oldest, clock, lambda: "never asked").join()
            self._home.mkdir(exist_ok=True)
            shutil.copy(oldest / FILE, self._home / FILE)

    def _is_same(self) -> bool:
        """Whether nothing has left since the copy was made, or nothing had before: then nobody can tell the two apart."""
        assert self._store is not None, "it was copied before"
        sent = _batches(self._store)
        return sent in (0, _batches(self._ground.database))


def _batches(store: Database) -> int:
    """How many have left."""
    with store.reading() as connection:
        mark = connection.execute(select(setting.c.value).where(setting.c.name == NAME)).scalar()
    return 0 if mark is None else int(mark["generation"])
