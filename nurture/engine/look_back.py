"""The past of leads whose verdicts are overturned, from events and ledger, for the turns that look back."""

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.engine.aliases import whole
from nurture.scoring.refold import Occurrence
from nurture.statemachine.past import EVENTS_KEPT, LOOKED_BACK_ON, Memory, Past, as_happened, occurred
from nurture.store import records as table
from nurture.store.mapping import entry_of, event_of
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind


def memories(connection: Connection, events: Iterable[Event]) -> dict[int, Memory]:
    """What is known of each lead of whom one of *events* overturns a verdict, before any of them is taken in."""
    leads = {event.lead_id for event in events if event.kind is EventKind.VERDICT_OVERTURNED}
    return {lead_id: Memory(past_of(connection, lead_id)) for lead_id in sorted(leads)}


def past_of(connection: Connection, lead_id: int) -> Past:
    """What the lead did and earned, as far as it was taken in, and as it is judged now; with leads merged into it."""
    leads = whole(connection, lead_id)
    newest = connection.execute(
        select(table.event, table.verdict.c.humanity)
        .outerjoin(table.verdict, table.verdict.c.event_id == table.event.c.id)
        .where(
            table.event.c.lead_id.in_(leads),
            table.event.c.kind.in_([kind.value for kind in LOOKED_BACK_ON]),
            table.event.c.absorbed_at.is_not(None),
        )
        .order_by(table.event.c.absorbed_at.desc(), table.event.c.id.desc())
        .limit(EVENTS_KEPT)
    ).all()
    ledger = connection.execute(
        select(table.score_entry, table.event.c.occurred_at, table.event.c.absorbed_at)
        .join(table.event, table.event.c.id == table.score_entry.c.event_id)
        .where(table.score_entry.c.lead_id.in_(leads))
        .order_by(table.score_entry.c.id)
    )
    entries = []
    for row in ledger:
        entry = entry_of(row)
        entries.append(Occurrence(occurred(entry, min(row.occurred_at, row.absorbed_at)), entry))
    events = []
    for row in reversed(newest):
        event = event_of(row)
        judged = {} if row.humanity is None else {"humanity": row.humanity}
        at = min(event.occurred_at, row.absorbed_at)
        events.append(replace(event, occurred_at=at, properties={**event.properties, **judged}))
    return Past(entries, events if len(leads) == 1 else as_happened(events))
