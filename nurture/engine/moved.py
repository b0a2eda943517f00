"""A store whose content was moved to another database says so, and nobody works with it until somebody takes it up again."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, inspect, select

from nurture.errors import SetupError
from nurture.store.records import setting
from nurture.store.statements import upsert

NAME = "moved"


class Moved(msgspec.Struct, frozen=True):
    """Where its content went, without a password, and when."""

    to: str
    at: datetime


def moved(connection: Connection) -> Moved | None:
    """Where it went; None where it is still here."""
    if not inspect(connection).has_table(setting.name):
        return None
    row = connection.execute(select(setting.c.value, setting.c.at).where(setting.c.name == NAME)).first()
    return None if row is None else Moved(row.value, row.at)


def refuse_moved(connection: Connection) -> None:
    """Raises SetupError where its content went elsewhere."""
    if (gone := moved(connection)) is not None:
        raise SetupError(
            f"this store was moved to {gone.to} on {gone.at:%Y-%m-%d %H:%M} UTC; set NURTURE_DATABASE_URL to that one, or go "
            "back to how things stood then with `nurture arm`"
        )


def mark_moved(connection: Connection, to: str, *, by: str, now: datetime) -> None:
    """Whoever has it open learns it with the next look at what was set."""
    upsert(connection, setting, [{"name": NAME, "value": to, "at": now, "actor": by}], key=("name",))


def forget_move(connection: Connection) -> None:
    """Let it be worked with again, as it was then."""
    connection.execute(delete(setting).where(setting.c.name == NAME))
