"""Who did what: one row an act, written in the transaction that does it, never changed afterwards."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert

from nurture.store import records as table

Detail = Mapping[str, str | int | bool | None]


def audit(
    connection: Connection,
    *,
    actor: str,
    what: str,
    now: datetime,
    target: str = "",
    detail: Detail | None = None,
) -> None:
    """Note that *actor* did *what*.

    actor   the address of an account, or the name of a command.
    what    in the past tense, as a person reads it: "published", "changed the role".
    target  to what: an address, a campaign, "revision 7"; "" where the act has none.
    detail  what else one would want to know, never a secret.
    """
    row = {"at": now, "actor": actor, "what": what, "target": target, "detail": dict(detail or {})}
    connection.execute(insert(table.audit_entry), row)
