"""Saved views: a name for what stands in the address of the list of leads, one's own or everybody's."""

from datetime import datetime

from sqlalchemy import Connection, delete

from nurture.store import records as table
from nurture.store.statements import upsert

NAME_MAX = 60
EVERYBODY = ""
"""The owner of a view that all see."""


def save_view(connection: Connection, *, owner: str, name: str, query: str, now: datetime) -> None:
    """Keep *query* under *name*; the same name again is the same view."""
    row = {"owner": owner, "name": name[:NAME_MAX], "query": query, "saved_at": now}
    upsert(connection, table.saved_view, [row], key=("owner", "name"))


def forget_view(connection: Connection, view: int, *, owner: str) -> bool:
    """Remove a view of *owner*'s, or one of everybody's. Returns whether there was one."""
    of = table.saved_view.c
    found = connection.execute(
        delete(table.saved_view).where(of.id == view, of.owner.in_((owner, EVERYBODY)))
    )
    return bool(found.rowcount)
