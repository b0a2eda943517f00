"""Connections and transactions on SQLite and PostgreSQL. The Connection is the unit of work; who opens it decides when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

STORE_AWAY = (OperationalError, InterfaceError, NoConnectionError)
"""What is raised where the store cannot be reached, takes nothing, or has no connection left for us: later it may."""
WRITES = "nurture_writes"
BUSY_MILLISECONDS = 30_000
CACHE_KIB = 8_192
"""Pages of the file that each connection of a process keeps for itself; what the machine keeps for all of them is nearly as near."""
ABSORBING = 7_220_001
"""Advisory lock of the one worker that absorbs (PostgreSQL); SQLite has one writer anyway."""


class Database:
    """One store.

    durable  whether a commit survives power loss (SQLite synchronous=FULL); only tests and simulations turn it off.
    """

    def __init__(self, url: str | URL, *, durable: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine: Engine = create_engine(self.url, **self._options())
        if self.is_sqlite:
            _speak_sqlite(self.engine, durable=durable)
        self._writer = self.engine.execution_options(**{WRITES: True})

    @property
    def shown(self) -> str:
        """Its URL as people may see it, without a password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def is_missing(self) -> bool:
        """Whether there is no such file; asking it would make one."""
        return self.is_sqlite and bool(self.url.database) and not Path(str(self.url.database)).exists()

    @property
    def is_somebody_elses(self) -> bool:
        """Whether there are tables, and none that says at which of our migrations they stand."""
        return self.version() is None and bool(inspect(self.engine).get_table_names())

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back by an exception."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, on one snapshot."""
        with self.engine.begin() as connection:
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to *revision*, going up or down as it takes."""
        if revision == "head" and self.version() == _newest():
            return
        config = _migrations()
        with self.engine.connect() as connection:
            config.attributes["connection"] = connection
            downwards = revision == "base"
            (command.downgrade if downwards else command.upgrade)(config, revision)

    def version(self) -> str | None:
        """The migration that the tables stand at; None for an empty database."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def close(self) -> None:
        self.engine.dispose()

    def _options(self) -> dict[str, Any]:
        if not self.is_sqlite:
            return {"pool_pre_ping": True}
        if self.url.database in (None, "", ":memory:"):
            from sqlalchemy.pool import StaticPool  # noqa: PLC0415 one connection is the database

            return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        # Last in, first out: the same few connections work, rather than that each fills a cache of its own.
        return {"connect_args": {"check_same_thread": False}, "pool_use_lifo": True}


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@cache
def _newest() -> str | None:
    """The migration that a store of today stands at; to read them all takes longer than to open a store."""
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def take_numbers(connection: Connection, name: str, count: int) -> range:
    """The next *count* numbers of a series, which nobody else gets."""
    connection.execute(
        text("INSERT INTO serial (name, next) VALUES (:name, 1) ON CONFLICT (name) DO NOTHING"),
        {"name": name},
    )
    following = connection.execute(
        text("UPDATE serial SET next = next + :count WHERE name = :name RETURNING next"),
        {"name": name, "count": count},
    ).scalar_one()
    return range(following - count, following)


def lock_absorbing(connection: Connection) -> bool:
    """Whether this transaction is the one that absorbs now."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(
        connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ABSORBING}).scalar_one()
    )


def _speak_sqlite(engine: Engine, *, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by us, not guessed by the driver
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            f"cache_size=-{CACHE_KIB}",
            "foreign_keys=ON",
            "secure_delete=ON",  # what was deleted is not left in the file
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that writes after another one did fails at once instead of waiting for its turn.
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
