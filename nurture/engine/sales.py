"""What sales answers: each answer is one event; what it does to the lead is decided when it is absorbed."""

from datetime import datetime

from sqlalchemy import Connection

from nurture.engine.intake import add_events
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.words import EventKind, Stage


def accept(connection: Connection, lead_id: int, *, by: str, now: datetime) -> None:
    """The rep takes the lead: it becomes sales' own."""
    _say(connection, lead_id, EventKind.HAND_OFF_ACCEPTED, now, by=by)


def reject(connection: Connection, lead_id: int, *, reason: str, note: str, by: str, now: datetime) -> None:
    """The rep gives the lead back, with a reason of the programme's `recycle_reasons`."""
    _say(connection, lead_id, EventKind.HAND_OFF_REJECTED, now, by=by, reason=reason, note=note or None)


def contact(connection: Connection, lead_id: int, *, note: str, by: str, now: datetime) -> None:
    """The rep has spoken to the lead."""
    _say(connection, lead_id, EventKind.CONTACTED, now, by=by, note=note or None)


def set_stage(
    connection: Connection, lead_id: int, stage: Stage, *, reason: str, role: str, by: str, now: datetime
) -> None:
    """A person moves the lead: along the path and its detours, or, an admin with a reason, anywhere."""
    _say(
        connection,
        lead_id,
        EventKind.STAGE_SET,
        now,
        by=by,
        stage=stage.value,
        reason=reason or None,
        role=role,
    )


def _say(
    connection: Connection, lead_id: int, kind: EventKind, now: datetime, **properties: PropertyValue
) -> None:
    known = {name: value for name, value in properties.items() if value is not None}
    event = Event(
        lead_id=lead_id,
        kind=kind,
        occurred_at=now,
        received_at=now,
        source="sales",
        source_id=f"{kind}:{lead_id}:{now.isoformat()}",
        properties=known,
    )
    add_events(connection, [event])
