"""What every run begins with: the tables with a programme in them, and programmes that were read and compiled before."""

import sqlite3
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from nurture.engine.engine import Engine
from nurture.engine.in_flight import superseded
from nurture.engine.live import Live, live_number, publish, stored_mails
from nurture.engine.system_build import SystemBuilder
from nurture.simulation.faults.programme import READ, START, edited
from nurture.store import records as table
from nurture.store.database import Database

BASE_URL = "http://127.0.0.1:8025"
IN_MEMORY = "sqlite://"


def fresh_store(*, resend: bool) -> Database:
    """A store of its own in which the programme is live."""
    return copied(_first_store(resend=resend))


def copied(store: Database) -> Database:
    """A copy of a store in memory, as a backup makes it; ``put_back`` when it is not needed any more."""
    other = _stores.pop() if _stores else Database(IN_MEMORY, durable=False)
    driver_of(store).backup(driver_of(other))
    return other


def put_back(store: Database) -> None:
    """Another copy may be made where this one is: a store that was used before knows our statements, compiled."""
    _stores.append(store)


@cache
def _first_store(*, resend: bool) -> Database:
    store = Database(IN_MEMORY, durable=False)
    store.migrate()
    with store.writing() as connection:
        catalog = edited("as it was", resend=resend)
        publish(connection, catalog, now=START, actor="a person", reason="the first")
    return store


def driver_of(database: Database) -> sqlite3.Connection:
    """The one connection of a store in memory: what is asked a thousand times a run is asked of it directly."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "the store is SQLite in memory"
    return driver


class Shelf:
    """The revisions of one run's store, each made once; what they are made of is on a shelf that all runs share.

    Edits change no mail, so a mail has the same number in every store.
    """

    def __init__(self) -> None:
        self._lives: dict[int, Live] = {}

    def live(self, connection: Connection, number: int) -> Live:
        """Revision *number*."""
        found = self._lives.get(number)
        if found is None:
            found = self._lives[number] = _made(connection, number)
        return found


class ShelvedEngine(Engine):
    """The engine, which takes revisions from a shelf: reading and compiling them takes longer than a run."""

    def __init__(self, shelf: Shelf, **given: Any) -> None:
        super().__init__(**given)
        self._shelf = shelf

    @property
    def live(self) -> Live:
        with self.database.reading() as connection:
            number = live_number(connection)
            if number is not None and (self._live is None or self._live.number != number):
                self._live = self._shelf.live(connection, number)
        assert self._live is not None, "a run begins with a programme"
        return self._live

    @property
    def at_hand(self) -> Live:
        """What it works by, without asking the store."""
        return self._live or self.live

    def system_builder(self, live: Live) -> SystemBuilder:
        builder = super().system_builder(live)
        builder._programs = _system_programs  # noqa: SLF001 what it has compiled
        return builder


_stores: list[Database] = []
_programs: dict[Any, Any] = {}
_system_programs: dict[Any, Any] = {}
"""Compiled mails: edits change none, so that every revision has the same."""


def _made(connection: Connection, number: int) -> Live:
    named = select(table.revision.c.sha256).where(table.revision.c.number == number)
    catalog = READ[connection.execute(named).scalar_one()]
    live = Live(
        catalog,
        number,
        stored_mails(connection),
        base_url=BASE_URL,
        superseded=superseded(connection, number, catalog.sound_programme()),
    )
    live._programs = _programs  # noqa: SLF001 what it has compiled
    return live
