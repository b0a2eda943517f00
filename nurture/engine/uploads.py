"""Uploads as rows: a file of leads that a page took, tried, imported by whoever works, stopped and gone on with.

    trying --> tried --person--> importing --> finished
      ^          |                |     ^
      +--columns-+            stopped --+          failed: it cannot be read as it is

Whoever works on one has claimed it for a while, and says with each batch how far it is; a person who stops it is heard then.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select, update

from nurture.engine.import_files import Asked
from nurture.store import records as table
from nurture.store.mapping import Fetched

LEASE = timedelta(minutes=2)
"""Well beyond what a batch takes; after that another worker goes on where a lost one was."""


class Phase(StrEnum):
    """Where an upload is."""

    TRYING = "trying"
    TRIED = "tried"
    IMPORTING = "importing"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


AT_WORK = (Phase.TRYING, Phase.IMPORTING)
"""Phases in which somebody works on it, or is waited for."""


class Brought(msgspec.Struct, kw_only=True):
    """What came of one file of an upload.

    number    the file's, as ``import_files`` counts.
    job       names its events: their source ids begin with it, under the source *source*.
    rejected  rows that were not imported; *rejects_kept* of them stand in a file that is kept for a day.
    tally     what an export said of these people beside that, as ``moving_tally.kept`` writes it.
    before    whether this very import was over before: nothing was changed.
    """

    number: int
    name: str
    source: str
    job: str
    created: int = 0
    merged: int = 0
    rejected: int = 0
    unmailable: int = 0
    warnings: int = 0
    tally: dict[str, Any] = {}
    rejects_kept: int = 0
    before: bool = False
    is_over: bool = False

    @property
    def rows(self) -> int:
        """Rows of the file that are settled."""
        return self.created + self.merged + self.rejected


class Upload(msgspec.Struct, frozen=True):
    """A file of leads that a page took; the columns are those of its row."""

    id: int
    folder: str
    file: str
    bytes: int
    actor: str
    given_at: datetime
    touched_at: datetime
    asked: Asked
    phase: Phase
    seen: int
    expected: int
    brought: tuple[Brought, ...]
    problem: str | None
    claimed_by: str | None
    lease_until: datetime | None
    forgotten_at: datetime | None


def keep(
    connection: Connection,
    *,
    folder: str,
    file: str,
    size: int,
    expected: int,
    asked: Asked,
    actor: str,
    now: datetime,
) -> int:
    """Note a file that was put into *folder*; it is to be tried. Returns the upload's number.

    size, expected  of the file, in bytes and in rows.
    """
    row = {
        "folder": folder,
        "file": file,
        "bytes": size,
        "expected": expected,
        "actor": actor,
        "given_at": now,
        "touched_at": now,
        "asked": msgspec.to_builtins(asked),
        "phase": Phase.TRYING.value,
        "brought": [],
    }
    return int(
        connection.execute(table.upload.insert().values(row).returning(table.upload.c.id)).scalar_one()
    )


def upload_numbered(connection: Connection, number: int) -> Upload | None:
    row = connection.execute(select(table.upload).where(table.upload.c.id == number)).first()
    return None if row is None else _upload(row)


def newest_uploads(connection: Connection, *, most: int) -> list[Upload]:
    return [
        _upload(row)
        for row in connection.execute(select(table.upload).order_by(table.upload.c.id.desc()).limit(most))
    ]


def turn_to(
    connection: Connection,
    number: int,
    phase: Phase,
    *,
    out_of: Collection[Phase],
    now: datetime,
    **columns: Any,
) -> bool:
    """Let an upload whose file is there be in *phase*, if it is in one of *out_of*. Returns whether it was.

    Whoever works on it finds at the next batch that it is its own no more.
    """
    there = (_of.id == number, _of.phase.in_([each.value for each in out_of]), _of.forgotten_at.is_(None))
    free = {"claimed_by": None, "lease_until": None, "problem": None, "touched_at": now}
    values = {"phase": phase.value, **free, **columns}
    return bool(connection.execute(update(table.upload).where(*there).values(values)).rowcount)


def waiting_uploads(connection: Connection, now: datetime) -> list[Upload]:
    """Those that wait for work and that nobody works on, oldest first."""
    rows = connection.execute(select(table.upload).where(*_waits(now)).order_by(_of.id)).all()
    return [_upload(row) for row in rows]


def claim_upload(connection: Connection, number: int, *, by: str, now: datetime) -> Upload | None:
    """Take an upload that waits for work; None where somebody else was faster, or it waits no more."""
    taken = update(table.upload).where(_of.id == number, *_waits(now))
    if not connection.execute(taken.values(claimed_by=by, lease_until=now + LEASE)).rowcount:
        return None
    return upload_numbered(connection, number)


def tell(
    connection: Connection, mine: Upload, *, now: datetime, seen: int, brought: Sequence[Brought] = ()
) -> bool:
    """Say how far the work on a claimed upload is. Returns whether it goes on: not if it is ours or wanted no more."""
    values = {"seen": seen, "brought": told(brought), "lease_until": now + LEASE, "touched_at": now}
    return bool(connection.execute(update(table.upload).where(*_ours(mine)).values(values)).rowcount)


def settle(connection: Connection, mine: Upload, phase: Phase, *, now: datetime, **columns: Any) -> bool:
    """The work on a claimed upload is over. Returns whether it was still ours."""
    values = {"phase": phase.value, "claimed_by": None, "lease_until": None, "touched_at": now, **columns}
    return bool(connection.execute(update(table.upload).where(*_ours(mine)).values(values)).rowcount)


def let_go(connection: Connection, mine: Upload) -> None:
    """Leave a claimed upload to whoever comes next."""
    values: dict[str, Any] = {"claimed_by": None, "lease_until": None}
    connection.execute(
        update(table.upload).where(_of.id == mine.id, _of.claimed_by == mine.claimed_by).values(values)
    )


def told(brought: Sequence[Brought]) -> list[Any]:
    """What came of files, as a row keeps it."""
    return [msgspec.to_builtins(each) for each in brought]


def _waits(now: datetime) -> tuple[Any, ...]:
    free = or_(_of.lease_until.is_(None), _of.lease_until < now)
    return _of.phase.in_([each.value for each in AT_WORK]), _of.forgotten_at.is_(None), free


def _ours(mine: Upload) -> tuple[Any, ...]:
    return _of.id == mine.id, _of.claimed_by == mine.claimed_by, _of.phase == mine.phase.value


def _upload(row: Fetched) -> Upload:
    values = {name: getattr(row, name) for name in Upload.__struct_fields__}
    return Upload(
        **{
            **values,
            "asked": msgspec.convert(row.asked, Asked),
            "phase": Phase(row.phase),
            "brought": tuple(msgspec.convert(each, Brought) for each in row.brought),
        }
    )


_of = table.upload.c
