"""Uploads do not stay: a day after somebody last did something with one, its files are thrown away. What came of it stays noted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select, update

from nurture.engine.engine import Engine
from nurture.engine.upload_files import UploadFolder
from nurture.engine.uploads import AT_WORK
from nurture.store import records as table

KEPT_FOR = timedelta(days=1)


def forget_uploads(engine: Engine, home: Path) -> int:
    """Throw away the files of uploads that nobody has touched for a day, unless somebody works on them. Returns how many."""
    with engine.deciding() as (connection, now):
        old = (_of.touched_at <= now - KEPT_FOR, _of.phase.not_in([each.value for each in AT_WORK]))
        gone = [
            folder
            for folder in connection.execute(
                select(_of.folder).where(*old, _of.forgotten_at.is_(None))
            ).scalars()
            if (home / folder).is_dir()  # the others are on the machine of another worker
        ]
        _note(connection, gone, now)
        known = set(connection.execute(select(_of.folder).where(_of.forgotten_at.is_(None))).scalars())
    for path in home.glob("*"):
        # A page that is taking a file in has a folder and no row yet.
        is_old = now.timestamp() - path.stat().st_mtime > KEPT_FOR.total_seconds()
        if path.name in gone or (path.name not in known and is_old):
            UploadFolder(path).remove()
    return len(gone)


def throw_away(engine: Engine, home: Path, number: int) -> bool:
    """Throw away the files of one upload now. Returns whether there were any."""
    with engine.deciding() as (connection, now):
        here = (_of.id == number, _of.forgotten_at.is_(None))
        folder = connection.execute(select(_of.folder).where(*here)).scalar()
        if folder is None:
            return False
        _note(connection, [folder], now)
    UploadFolder(home / folder).remove()
    return True


def throw_all_away(connection: Connection, home: Path, now: datetime) -> int:
    """Throw away every file that was given, whatever it is at. Returns how many.

    For who erases a person: it may stand in any of them, in any encoding, in an archive. Given again, a file goes on where it was.
    """
    given = connection.execute(select(_of.folder).where(_of.forgotten_at.is_(None))).scalars().all()
    _note(connection, given, now)
    for path in home.glob("*"):
        UploadFolder(path).remove()
    return len(given)


def _note(connection: Connection, folders: Sequence[str], now: datetime) -> None:
    """These are gone: whoever works on one finds at the next batch that it is its own no more."""
    values = {"forgotten_at": now, "claimed_by": None, "lease_until": None}
    connection.execute(update(table.upload).where(_of.folder.in_(folders)).values(values))


_of = table.upload.c
