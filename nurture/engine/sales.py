"""What sales answers: each answer is one event; what it does to the lead is decided when it is absorbed.

Putting a lead off changes no lead: it stands on the hand-off's row, and an event tells it. The agreed time runs on.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from nurture.engine.aliases import survivor_of
from nurture.engine.intake import say
from nurture.store import records as table
from nurture.vocabulary.words import ContactHow, ContactOutcome, EventKind, Stage


def accept(connection: Connection, lead_id: int, *, by: str, now: datetime, rep: str | None = None) -> None:
    """The lead becomes sales' own: it is *rep*'s, for whom *by* answers, or of whoever answers."""
    say(connection, "sales", lead_id, EventKind.HAND_OFF_ACCEPTED, now, by=by, rep=rep)


def reject(connection: Connection, lead_id: int, *, reason: str, note: str, by: str, now: datetime) -> None:
    """The rep gives the lead back, with a reason of the programme's `recycle_reasons`."""
    say(
        connection,
        "sales",
        lead_id,
        EventKind.HAND_OFF_REJECTED,
        now,
        by=by,
        reason=reason,
        note=note or None,
    )


def contact(
    connection: Connection,
    lead_id: int,
    *,
    note: str,
    by: str,
    now: datetime,
    how: ContactHow = ContactHow.CALL,
    outcome: ContactOutcome = ContactOutcome.REACHED,
) -> None:
    """The rep has turned to the lead. Only where they have spoken does the clock of the first contact stop."""
    kind = EventKind.CONTACTED if outcome.is_contact else EventKind.CONTACT_TRIED
    say(
        connection,
        "sales",
        lead_id,
        kind,
        now,
        by=by,
        how=how.value,
        outcome=outcome.value,
        note=note or None,
    )
    if outcome.is_contact:
        _put_off(connection, lead_id, None)


def snooze(connection: Connection, lead_id: int, *, until: datetime | None, by: str, now: datetime) -> bool:
    """Put a lead off in the inbox until a moment, or have it back at once (None). False where sales has it no more."""
    if not _put_off(connection, lead_id, until):
        return False
    moment = None if until is None else until.isoformat()
    say(connection, "sales", lead_id, EventKind.HAND_OFF_SNOOZED, now, by=by, until=moment)
    return True


def team_of(connection: Connection, lead_id: int) -> tuple[str, str | None] | None:
    """The team and the rep that have the lead now; None where sales has it not."""
    lead_id = survivor_of(connection, lead_id)
    row = connection.execute(
        select(table.hand_off.c.team, table.hand_off.c.rep)
        .where(table.hand_off.c.lead_id == lead_id, table.hand_off.c.closed_at.is_(None))
        .order_by(table.hand_off.c.serial.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.team, row.rep)


def set_stage(
    connection: Connection, lead_id: int, stage: Stage, *, reason: str, role: str, by: str, now: datetime
) -> None:
    """A person moves the lead: along the path and its detours, or, an admin with a reason, anywhere."""
    say(
        connection,
        "sales",
        lead_id,
        EventKind.STAGE_SET,
        now,
        by=by,
        stage=stage.value,
        reason=reason or None,
        role=role,
    )


def _put_off(connection: Connection, lead_id: int, until: datetime | None) -> bool:
    lead_id = survivor_of(connection, lead_id)
    open_one = (table.hand_off.c.lead_id == lead_id, table.hand_off.c.closed_at.is_(None))
    return (
        connection.execute(update(table.hand_off).where(*open_one).values(snoozed_until=until)).rowcount > 0
    )
