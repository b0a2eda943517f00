"""What was set aside, as people see it: newest first, each with whose it is."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.aside import AsideKind
from nurture.store.mapping import unpacked
from nurture.store.records import lead_state, set_aside


class AsideLine(msgspec.Struct, frozen=True):
    """One thing that our own code failed on.

    about      the number of the event, the mail, the walk ...; the place or the name of what has none.
    lead_name  "" where it is no lead's, or nobody can read whose.
    place      where in our code.
    digest     equal for the same fault.
    """

    id: int
    kind: AsideKind
    is_whole: bool
    about: str
    what: str
    lead_id: int | None
    lead_name: str
    error: str
    place: str
    digest: str
    at: datetime
    tries: int
    why: str
    dismissed_by: str


def aside_lines(connection: Connection, *, dismissed: bool, most: int) -> list[AsideLine]:
    """Those that wait for a person, or those that somebody has dismissed; the newest first."""
    ended = set_aside.c.dismissed_at
    which = ended.is_not(None) if dismissed else ended.is_(None)
    rows = connection.execute(
        select(set_aside).where(which).order_by(set_aside.c.at.desc(), set_aside.c.id.desc()).limit(most)
    ).all()
    names = _names(connection, {row.lead_id for row in rows if row.lead_id is not None})
    return [
        AsideLine(
            id=row.id,
            kind=AsideKind(row.kind),
            is_whole=not row.part,
            about=str(row.ref or row.part),
            what=row.what,
            lead_id=row.lead_id if row.lead_id in names else None,
            lead_name=names.get(row.lead_id, ""),
            error=row.error,
            place=row.place,
            digest=row.digest,
            at=row.at,
            tries=row.tries,
            why=row.why or "",
            dismissed_by=row.dismissed_by or "",
        )
        for row in rows
    ]


def aside_count(connection: Connection) -> int:
    """How many things wait for a person."""
    waiting = select(func.count()).select_from(set_aside).where(set_aside.c.dismissed_at.is_(None))
    return connection.execute(waiting).scalar_one()


def _names(connection: Connection, leads: set[int]) -> dict[int, str]:
    """What each lead is called; one whose state cannot be read has its number."""
    found = connection.execute(select(lead_state).where(lead_state.c.lead_id.in_(sorted(leads))))
    return {row.lead_id: _name(row.lead_id, row.state) for row in found}


def _name(lead_id: int, state: bytes) -> str:
    try:
        lead = unpacked(state).lead
    except msgspec.MsgspecError:
        return f"#{lead_id}"
    return " ".join(filter(None, (lead.first_name, lead.last_name))) or lead.email or f"#{lead_id}"
