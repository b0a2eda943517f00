"""What ends the right to mail: written, suppression included, before whoever asked gets an answer."""

from datetime import datetime

from sqlalchemy import Connection, select

from nurture.engine.intake import say
from nurture.engine.suppress import is_listed, lift, suppress
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.words import EventKind, SuppressionCause


def unsubscribe(connection: Connection, lead_id: int, *, touch_id: int, now: datetime, how: str) -> None:
    """End marketing mail to the lead, at once and for what is already claimed (RFC 8058 §3.2). Once more changes nothing."""
    address = address_of(connection, lead_id)
    if address is not None and is_listed(connection, address, SuppressionCause.UNSUBSCRIBED):
        return
    suppress(connection, [address], SuppressionCause.UNSUBSCRIBED, now)
    say(connection, "consent", lead_id, EventKind.UNSUBSCRIBED, now, touch=touch_id, how=how)


def prefer(
    connection: Connection, lead_id: int, topics: dict[str, bool], *, touch_id: int, now: datetime
) -> None:
    """Keep what the lead chose on the preference page; agreeing to a topic lifts its own unsubscription, no other cause."""
    if any(topics.values()):
        lift(connection, address_of(connection, lead_id))
    say(connection, "consent", lead_id, EventKind.PREFERENCES_CHANGED, now, touch=touch_id, topics=topics)


def snooze(connection: Connection, lead_id: int, until: datetime, *, now: datetime) -> None:
    """Rest until a moment; a pause is not an opt-out."""
    say(connection, "consent", lead_id, EventKind.SNOOZED, now, until=until.isoformat())


def address_of(connection: Connection, lead_id: int) -> str | None:
    """Where the lead's mail goes."""
    state = connection.execute(
        select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    ).scalar()
    return None if state is None else unpacked(state).lead.email
