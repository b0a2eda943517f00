"""How opens and clicks are judged now: a row for each that a machine made, or that was judged twice.

The events keep what was said when they were told, and the events that overturn it; this is where it is looked up.
"""

from typing import Any

from sqlalchemy import Connection

from nurture.store import records as table
from nurture.store.statements import upsert
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

JUDGED = (EventKind.MAIL_OPENED, EventKind.MAIL_CLICKED)


class VerdictRows:
    """What a batch of turns says about who did something, until ``write``."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[str, Any]] = {}

    def add(self, event: Event) -> None:
        """One turn was about *event*."""
        if event.kind in JUDGED:
            if not event.by_person:
                self._rows[event.id] = self._row(event, event.id)
        elif event.kind is EventKind.VERDICT_OVERTURNED:
            act = int(event.number("overturned") or 0)
            turned = {"overturned_at": event.occurred_at, "overruled_by": event.text("by")}
            self._rows[act] = {**self._row(event, act), **turned}

    def write(self, connection: Connection) -> None:
        """Put them into *connection*'s transaction."""
        upsert(connection, table.verdict, list(self._rows.values()), key=("event_id",))

    def _row(self, event: Event, act: int) -> dict[str, Any]:
        return {
            "event_id": act,
            "lead_id": event.lead_id,
            "humanity": event.number("humanity") or 0.0,
            "pattern": event.text("machine_pattern"),
            "overturned_at": None,
            "overruled_by": None,
        }
