"""What sales answers: each answer is one event; what it does to the lead is decided when it is absorbed."""

from datetime import datetime

from sqlalchemy import Connection

from nurture.engine.intake import say
from nurture.vocabulary.words import EventKind, Stage


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


def contact(connection: Connection, lead_id: int, *, note: str, by: str, now: datetime) -> None:
    """The rep has spoken to the lead."""
    say(connection, "sales", lead_id, EventKind.CONTACTED, now, by=by, note=note or None)


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
