"""What ends the right to mail: written, suppression included, before whoever asked gets an answer."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from nurture.engine.apply import scope_of_suppression
from nurture.engine.intake import say
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import EventKind, SuppressionCause


def unsubscribe(connection: Connection, lead_id: int, *, touch_id: int, now: datetime, how: str) -> None:
    """End marketing mail to the lead, at once and for what is already claimed (RFC 8058 §3.2)."""
    _suppress(connection, lead_id, SuppressionCause.UNSUBSCRIBED, now)
    say(connection, "consent", lead_id, EventKind.UNSUBSCRIBED, now, touch=touch_id, how=how)


def prefer(
    connection: Connection, lead_id: int, topics: dict[str, bool], *, touch_id: int, now: datetime
) -> None:
    """Keep what the lead chose on the preference page; agreeing to a topic lifts its own unsubscription, no other cause."""
    if any(topics.values()):
        lift_unsubscription(connection, _address(connection, lead_id))
    say(connection, "consent", lead_id, EventKind.PREFERENCES_CHANGED, now, touch=touch_id, topics=topics)


def snooze(connection: Connection, lead_id: int, until: datetime, *, now: datetime) -> None:
    """Rest until a moment; a pause is not an opt-out."""
    say(connection, "consent", lead_id, EventKind.SNOOZED, now, until=until.isoformat())


def lift_unsubscription(connection: Connection, address: str | None) -> None:
    """Whoever has the address agrees to hear from us again; bounces, complaints and what we decided stay."""
    connection.execute(
        delete(table.suppression).where(
            table.suppression.c.address == address,
            table.suppression.c.cause == SuppressionCause.UNSUBSCRIBED.value,
        )
    )


def _suppress(connection: Connection, lead_id: int, cause: SuppressionCause, now: datetime) -> None:
    address = _address(connection, lead_id)
    if address is not None:
        row = {
            "address": address,
            "scope": scope_of_suppression(cause),
            "cause": cause.value,
            "at": now,
        }
        insert_if_new(connection, table.suppression, [row])


def _address(connection: Connection, lead_id: int) -> str | None:
    """Where the lead's mail goes."""
    state = connection.execute(
        select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    ).scalar()
    return None if state is None else unpacked(state).lead.email
