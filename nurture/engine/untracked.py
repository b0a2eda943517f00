"""Who does not want to be measured: what their browsers and mail programs do is forgotten as soon as it comes in."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select, text, update

from nurture.engine.aliases import survivors
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

MEASURED = frozenset(
    {
        EventKind.MAIL_OPENED,
        EventKind.MAIL_CLICKED,
        EventKind.VERDICT_OVERTURNED,
        EventKind.PAGE_VISITED,
        EventKind.FILE_DOWNLOADED,
    }
)
"""What is measured. A form or an answer is a message to us, and is none of it."""


def set_tracking(connection: Connection, lead_id: int, *, on: bool) -> None:
    """Measure what the lead does, or never again: in force when this transaction is."""
    connection.execute(update(table.lead).where(table.lead.c.id == lead_id).values(untracked=not on))


def untracked(connection: Connection, lead_ids: Collection[int]) -> set[int]:
    """Those of the leads that nobody may measure, or that were merged into one of those."""
    if not lead_ids:
        return set()
    into = survivors(connection, lead_ids)
    now = {into.get(each, each) for each in lead_ids}
    asked = select(table.lead.c.id).where(text("lead.untracked"), table.lead.c.id.in_(sorted(now)))
    hidden = set(connection.execute(asked).scalars())
    return {each for each in lead_ids if into.get(each, each) in hidden}


def permitted(connection: Connection, events: Iterable[Event]) -> list[Event]:
    """The events without what was measured of those who do not want it."""
    found = list(events)
    hidden = untracked(connection, {each.lead_id for each in found if each.lead_id and each.kind in MEASURED})
    return [each for each in found if each.lead_id not in hidden or each.kind not in MEASURED]
