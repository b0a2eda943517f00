"""A copy of a store sends nothing until somebody arms it (docs/decisions/0012-armed.md).

The store has an id and a generation, which rises with each batch that leaves. The home keeps the id and the generation that it
last saw. A store that the home does not know, or an older one than it knows, is a copy: restored, moved, or taken to try it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.ports import Clock
from nurture.store.database import Database
from nurture.store.records import setting
from nurture.store.statements import insert_if_new

NAME = "installation"
FILE = "installation"
ACTOR = "nurture"
COPY = (
    "this store is a copy or a restored backup, or this home is new to it: nothing leaves until `nurture arm`"
)


class Mark(msgspec.Struct, frozen=True):
    """Which store, and how many batches have left it."""

    id: str
    generation: int = 0


class Arming:
    """What stands between a store and the world.

    home     keeps what this machine knows of its store.
    make_id  a new random id.
    """

    def __init__(self, database: Database, home: Path, clock: Clock, make_id: Callable[[], str]) -> None:
        self._database = database
        self._file = home / FILE
        self._clock = clock
        self._make_id = make_id

    @property
    def is_armed(self) -> bool:
        """Whether mail may leave. A store from which none has left yet is taken for this home's own."""
        stored, known = self._stored(), self._known()
        if stored is None or known is None or known.id != stored.id:
            return stored is None or stored.generation == 0
        return known.generation <= stored.generation

    def join(self) -> None:
        """Take an armed store for this home's own, from before the first batch on; and keep up with it."""
        stored, known = self._stored(), self._known()
        if stored is None:
            with self._database.writing() as connection:
                self._begin(connection)
                stored = _read(connection)
        assert stored is not None, "it was made above"
        # Also what has left from other homes: else this one would take a backup from before it for the newest store.
        if known is None or known.id != stored.id or known.generation < stored.generation:
            self._remember(stored)

    def leaves(self) -> None:
        """A batch is about to leave: the store knows it first, so that the home never knows of more than the store."""
        with self._database.writing() as connection:
            self._begin(connection)
            mark = _read(connection, lock=True)
            assert mark is not None, "it was made above"
            mark = Mark(mark.id, mark.generation + 1)
            _write(connection, mark)
        self._remember(mark)

    def arm(self) -> None:
        """Somebody says that this store is the one that sends from here."""
        known = self._known()
        with self._database.writing() as connection:
            self._begin(connection)
            mark = _read(connection, lock=True)
            assert mark is not None, "it was made above"
            newest = max(mark.generation, 0 if known is None else known.generation)
            mark = Mark(mark.id, newest + 1)
            _write(connection, mark)
        self._remember(mark)

    def _begin(self, connection: Connection) -> None:
        row = {"name": NAME, "value": msgspec.to_builtins(Mark(self._make_id())), "at": self._clock.now()}
        insert_if_new(connection, setting, [{**row, "actor": ACTOR}])

    def _stored(self) -> Mark | None:
        with self._database.reading() as connection:
            return _read(connection)

    def _known(self) -> Mark | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Mark)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _remember(self, mark: Mark) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(mark) + b"\n")
        draft.replace(self._file)  # whole or not at all


def _read(connection: Connection, *, lock: bool = False) -> Mark | None:
    statement: Any = select(setting.c.value).where(setting.c.name == NAME)
    value = connection.execute(statement.with_for_update() if lock else statement).scalar()
    return None if value is None else msgspec.convert(value, Mark)


def _write(connection: Connection, mark: Mark) -> None:
    # The moment stays as it is: a changed one would have every process take up its settings anew.
    statement = setting.update().where(setting.c.name == NAME)
    connection.execute(statement.values(value=msgspec.to_builtins(mark)))
