"""What looks like a machine's submission waits here: a person of ours takes it after all, or discards it; both end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from nurture.content.model import Programme
from nurture.engine.forms import Status, take
from nurture.identity import Keyring
from nurture.store import records as table

HELD_FOR = timedelta(days=90)
WITHOUT_CONTENT: Mapping[str, dict[str, str] | None] = {
    "fields": {},
    "agreed": {},
    "about": {},
    "visitor": None,
}


def release(
    connection: Connection, programme: Programme, number: int, *, keyring: Keyring, now: datetime
) -> bool:
    """Take what was held, as if it had just come. False where it is not held (any more), or its form is gone."""
    kept = connection.execute(select(table.submission).where(table.submission.c.id == number)).first()
    if kept is None or kept.form not in programme.forms or not _settled(connection, number, Status.TAKEN):
        return False
    take(connection, programme, kept, keyring=keyring, proven=False, now=now)
    return True


def discard(connection: Connection, number: int) -> bool:
    """Forget what a held submission said; that there was one stays. False where it is not held (any more)."""
    if not _settled(connection, number, Status.DISCARDED):
        return False
    connection.execute(
        update(table.submission).where(table.submission.c.id == number).values(**WITHOUT_CONTENT)
    )
    return True


def forget_held(connection: Connection, now: datetime) -> int:
    """Discard what nobody has released in HELD_FOR. Returns how many."""
    row = table.submission.c
    discarded = connection.execute(
        update(table.submission)
        .where(row.status == Status.HELD.value, row.at < now - HELD_FOR)
        .values(status=Status.DISCARDED.value, **WITHOUT_CONTENT)
    )
    return int(discarded.rowcount)


def forget_person(connection: Connection, lead_id: int, address: str | None) -> None:
    """Remove every submission of a lead, its agreements with them, and what is held in its name."""
    row = table.submission.c
    held = connection.execute(select(row.id, row.fields).where(row.status == Status.HELD.value))
    theirs = [each.id for each in held if address is not None and each.fields.get("email") == address]
    # What was discarded says nothing any more, and keeps only a keyed hash of a network address.
    connection.execute(delete(table.submission).where(or_(row.lead_id == lead_id, row.id.in_(theirs))))


def _settled(connection: Connection, number: int, status: Status) -> bool:
    row = table.submission.c
    changed = connection.execute(
        update(table.submission)
        .where(row.id == number, row.status == Status.HELD.value)
        .values(status=status.value)
    )
    return bool(changed.rowcount)
