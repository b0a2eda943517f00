"""Whether the list of first steps is still shown, which is one answer for a whole installation."""

from datetime import datetime

from sqlalchemy import Connection, select

from nurture.store.records import setting
from nurture.store.statements import upsert

NAME = "first_steps_hidden"


def hide_first_steps(connection: Connection, *, actor: str, now: datetime) -> None:
    """Do not show them again."""
    upsert(connection, setting, [{"name": NAME, "value": True, "at": now, "actor": actor}], key=("name",))


def first_steps_hidden(connection: Connection) -> bool:
    return connection.execute(select(setting.c.name).where(setting.c.name == NAME)).first() is not None
