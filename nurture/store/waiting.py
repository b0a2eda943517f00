"""What makes an event wait to be absorbed: it has its lead, nobody has absorbed it, and it was not set aside."""

from sqlalchemy import ColumnElement, exists

from nurture.store.records import event, set_aside

EVENT = "event"
"""The kind of what was set aside that is an event; see ``engine.aside``."""


def waits_to_be_absorbed() -> tuple[ColumnElement[bool], ...]:
    """Found by the index of what waits, in its order: what was set aside is looked up for each, in a table that is nearly empty."""
    aside = exists().where(set_aside.c.kind == EVENT, set_aside.c.ref == event.c.id).correlate(event)
    return event.c.absorbed_at.is_(None), event.c.lead_id.is_not(None), ~aside
