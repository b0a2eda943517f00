"""Versions of a mail's text that somebody gave a name, to come back to: beside its draft and its revisions, and untouched by either.

A draft's states are forgotten when it goes live; these stay until they are removed. One that was removed can be put back for
a day. Nothing here changes a draft: whoever restores one saves its text as every edit is saved, and is told of others' edits.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from nurture.errors import ProgrammeError
from nurture.store.records import named_version as table

NAME_MAX = 80
MOST = 100
"""How many a mail may have: more than anybody reads through, and a bound to what is stored."""
BACK_FOR = timedelta(days=1)


class NamedVersion(msgspec.Struct, frozen=True):
    """One text under its name.

    name  empty where the hour of *kept_at* is name enough.
    """

    id: int
    path: str
    name: str
    text: str
    actor: str
    kept_at: datetime


def named_versions(connection: Connection, path: str) -> tuple[NamedVersion, ...]:
    """Those of the file at *path*, the newest first."""
    rows = connection.execute(
        select(table).where(_kept(path)).order_by(table.c.kept_at.desc(), table.c.id.desc())
    )
    return tuple(_read(row) for row in rows)


def names_of(connection: Connection, path: str) -> list[str]:
    """What the versions of the file at *path* are called."""
    return list(connection.execute(select(table.c.name).where(_kept(path))).scalars())


def named_version(connection: Connection, path: str, number: int) -> NamedVersion | None:
    """The one of this *number* (its id); None where the file has none such, or it was removed."""
    row = connection.execute(select(table).where(_kept(path), table.c.id == number)).first()
    return None if row is None else _read(row)


def keep(
    connection: Connection, path: str, text: str, name: str, *, actor: str, now: datetime
) -> NamedVersion:
    """Keep *text* of the file at *path* as the version *name*, which may be empty.

    Raises ProgrammeError where the name is too long, or the file has as many as it may have.
    """
    name = " ".join(name.split())
    if len(name) > NAME_MAX:
        raise ProgrammeError(
            f"the name has {len(name)} characters; write one of at most {NAME_MAX}, and keep the version again"
        )
    count = select(func.count()).select_from(table).where(_kept(path))
    if connection.execute(count).scalar_one() >= MOST:
        raise ProgrammeError(
            f"this mail has {MOST} named versions, and cannot have more; remove one on its page History, and keep the version again"
        )
    connection.execute(delete(table).where(table.c.removed_at < now - BACK_FOR))
    values = {"path": path, "name": name, "text": text, "actor": actor, "kept_at": now}
    number = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return NamedVersion(number, path, name, text, actor, now)


def remove(connection: Connection, path: str, number: int, now: datetime) -> bool:
    """Remove the version; whether there was one. For a day ``put_back`` brings it back."""
    gone = update(table).where(_kept(path), table.c.id == number).values(removed_at=now)
    return connection.execute(gone).rowcount > 0


def removed(connection: Connection, path: str, number: int) -> NamedVersion | None:
    """The version of this *number* that was removed and can be put back; None where there is none."""
    there = select(table).where(table.c.path == path, table.c.id == number, table.c.removed_at.is_not(None))
    row = connection.execute(there).first()
    return None if row is None else _read(row)


def put_back(connection: Connection, path: str, number: int) -> bool:
    """Take the removing back; whether there was something to put back."""
    of = table.c
    back = update(table).where(of.path == path, of.id == number, of.removed_at.is_not(None))
    return connection.execute(back.values(removed_at=None)).rowcount > 0


def carry_along(connection: Connection, before: str, path: str) -> None:
    """The file at *before* stands at *path* from now on, and its versions with it."""
    connection.execute(update(table).where(table.c.path == before).values(path=path))


def _kept(path: str) -> Any:
    return (table.c.path == path) & table.c.removed_at.is_(None)


def _read(row: Any) -> NamedVersion:
    return NamedVersion(row.id, row.path, row.name, row.text, row.actor, row.kept_at)
