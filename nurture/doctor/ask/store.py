"""The database: reachable, migrated, sound, its clock, its queue; and what the live programme declares."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from alembic.script import ScriptDirectory
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from nurture.content.catalog import PROGRAMME, load_texts
from nurture.doctor.facts import Declared, Integrity, Month, Queue, Store
from nurture.engine.at_work import worker_at
from nurture.engine.live import live_number
from nurture.errors import NurtureError
from nurture.languages.told import told
from nurture.ports import Clock
from nurture.store import migrations
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind
from nurture.store.waiting import waits_to_be_absorbed
from nurture.vocabulary.words import EventKind, SuppressionCause

MONTH = timedelta(days=30)
STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine between two looks at the clock: milliseconds."""


def store_of(url: str, clock: Clock) -> Store:
    """What the store says; a database that is not there is not made."""
    is_sqlite = url.startswith("sqlite")
    if is_sqlite and not _file(url).is_file():
        return Store(problem=told("there is no database at {path}", path=_file(url)))
    database = Database(url)
    try:
        store = _looked_at(database, clock)
    except (SQLAlchemyError, NurtureError) as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()
        return Store(is_sqlite=is_sqlite, problem=why[0] if why else type(error).__name__)
    finally:
        database.close()
    return replace(store, wal_bytes=_wal_bytes(_file(url))) if is_sqlite else store


def integrity_of(url: str, *, seconds: float) -> Integrity:
    """The first line that SQLite says to ``PRAGMA quick_check``; given up after *seconds*."""
    until = monotonic() + seconds
    if not _file(url).is_file():
        return Integrity(told("there is no database"))
    connection = sqlite3.connect(f"{_file(url).absolute().as_uri()}?mode=ro", uri=True)
    connection.set_progress_handler(lambda: monotonic() > until, STEPS_BETWEEN_LOOKS)
    try:
        return Integrity(str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]))
    except sqlite3.OperationalError as error:
        return Integrity(None if "interrupted" in str(error) else str(error))
    except sqlite3.DatabaseError as error:
        return Integrity(str(error))
    finally:
        connection.close()


def _file(url: str) -> Path:
    return Path(url.partition(":///")[2])


def _wal_bytes(file: Path) -> int:
    wal = file.with_name(file.name + "-wal")
    return wal.stat().st_size if wal.is_file() else 0


def _looked_at(database: Database, clock: Clock) -> Store:
    newest = ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()
    store = Store(is_sqlite=database.is_sqlite, version=database.version(), newest=newest)
    with database.reading() as connection:
        if database.is_sqlite:
            store = replace(
                store, journal_mode=str(connection.execute(text("PRAGMA journal_mode")).scalar_one())
            )
        else:
            store = replace(store, ahead_seconds=_ahead(connection, clock))
        if store.version != newest:
            return store  # its tables are not those that we know
        return replace(
            store,
            newest_event_at=connection.execute(NEWEST_EVENT).scalar(),
            queue=_queue(connection, clock.now()),
            month=_month(connection, clock.now()),
            programme=_declared(connection),
        )


def _ahead(connection: Connection, clock: Clock) -> float:
    """How many seconds the server's clock is ahead of ours, half of the way there and back taken for each way."""
    before = clock.now()
    there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = clock.now()
    return (there - (before + (after - before) / 2)).total_seconds()


def _queue(connection: Connection, now: datetime) -> Queue:
    due = table.due.c
    oldest = {
        kind.name.lower(): connection.execute(
            select(due.due_at).where(due.kind == kind.value, due.due_at <= now).order_by(due.due_at).limit(1)
        ).scalar()
        for kind in DueKind
    }
    newest = connection.execute(NEWEST_ASIDE).first()
    return Queue(
        due={kind: at for kind, at in oldest.items() if at is not None},
        unabsorbed_at=connection.execute(UNABSORBED).scalar(),
        worker_at=worker_at(connection),
        piped_at=connection.execute(LAST_PIPED).scalar(),
        aside=connection.execute(ASIDE).scalar_one(),
        aside_last="" if newest is None else f"{newest.kind} {newest.what}: {newest.error}",
    )


def _month(connection: Connection, now: datetime) -> Month:
    since, count, listed = now - MONTH, table.daily_count.c, table.suppression.c
    kinds = (EventKind.MAIL_SENT.value, EventKind.MAIL_BOUNCED.value)
    sums = {
        row.what: row.sum
        for row in connection.execute(
            select(count.what, func.sum(count.count).label("sum"))
            .where(count.what.in_(kinds), count.sample.is_(False), count.day >= since.date().isoformat())
            .group_by(count.what)
        )
    }
    complained = connection.execute(
        select(func.count()).where(listed.at >= since, listed.cause == SuppressionCause.COMPLAINT.value)
    ).scalar_one()
    sent, bounced = (int(sums.get(kind, 0)) for kind in kinds)
    return Month(sent=sent, bounced=bounced, complained=complained)


def _declared(connection: Connection) -> Declared | None:
    """Of the live revision only the programme's own file is read: its campaigns would take most of our time."""
    texts = {
        row.path: row.body for row in connection.execute(PROGRAMME_TEXT, {"live": live_number(connection)})
    }
    programme = load_texts(texts).programme if texts else None
    if programme is None:
        return None
    return Declared(
        time_zone=programme.time_zone,
        sender=programme.sender.address,
        postal_address=programme.postal_address,
        webhooks=dict(programme.webhooks),
    )


PROGRAMME_TEXT = (
    select(table.revision_text.c.path, table.content_text.c.body)
    .join(table.content_text, table.content_text.c.sha256 == table.revision_text.c.sha256)
    .where(
        table.revision_text.c.revision == bindparam("live"),
        table.revision_text.c.path == PROGRAMME,
    )
)
NEWEST_EVENT = select(table.event.c.received_at).order_by(table.event.c.id.desc()).limit(1)
UNABSORBED = (
    select(table.event.c.received_at).where(*waits_to_be_absorbed()).order_by(table.event.c.id).limit(1)
)
"""Found by the index of what waits, in its order."""
_open = table.set_aside.c.dismissed_at.is_(None)
ASIDE = select(func.count()).select_from(table.set_aside).where(_open)
NEWEST_ASIDE = select(table.set_aside).where(_open).order_by(table.set_aside.c.at.desc()).limit(1)
LAST_PIPED = select(func.max(table.inbound.c.received_at)).where(table.inbound.c.source.in_(["pipe", "post"]))
