"""When sales first turned to a lead that it was given, and whether an agreed time passed: written on the hand-off with the turns that tell it."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from nurture.engine.aliases import survivors
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

TOUCHES = (EventKind.CONTACTED, EventKind.CONTACT_TRIED)


class Touched:
    """What a batch of turns tells of hand-offs, until ``write``."""

    def __init__(self) -> None:
        self._touched: dict[tuple[int, int], datetime] = {}
        self._breached: set[tuple[int, int]] = set()

    def add(self, event: Event, before: LeadState) -> None:
        """One turn: a rep spoke with the lead, or tried, while sales has it."""
        hand_off = before.hand_off
        if event.kind in TOUCHES and hand_off is not None and hand_off.closed_at is None:
            self._touched.setdefault((before.lead.id, hand_off.serial), event.occurred_at)

    def breached(self, state: LeadState) -> None:
        """An agreed time of the lead has passed; *state* as the turn leaves it."""
        if state.hand_off is not None:
            self._breached.add((state.lead.id, state.hand_off.serial))

    def write(self, connection: Connection, now: datetime) -> None:
        """After the rows of the hand-offs themselves."""
        if self._touched:
            rows = [{"ref": lead, "no": no, "at": at} for (lead, no), at in self._touched.items()]
            connection.execute(FIRST_TOUCH, rows)
        if self._breached:
            connection.execute(
                FIRST_BREACH, [{"ref": lead, "no": no, "at": now} for lead, no in sorted(self._breached)]
            )


def rewrite_touches(connection: Connection) -> int:
    """Write both anew from what happened. Returns of how many hand-offs something is told."""
    told = table.event.c
    kinds = [kind.value for kind in (*TOUCHES, EventKind.SLA_BREACHED)]
    happened = connection.execute(
        select(told.lead_id, told.kind, told.occurred_at)
        .where(told.kind.in_(kinds), told.lead_id.is_not(None), told.absorbed_at.is_not(None))
        .order_by(told.occurred_at, told.id)
    ).all()
    into = survivors(connection, {row.lead_id for row in happened})
    made: dict[int, list[tuple[int, datetime, datetime | None]]] = {}
    of = table.hand_off.c
    rows = connection.execute(
        select(of.lead_id, of.serial, of.made_at, of.closed_at).order_by(of.lead_id, of.serial)
    )
    for lead_id, serial, made_at, closed_at in rows:
        made.setdefault(lead_id, []).append((serial, made_at, closed_at))
    found: dict[tuple[int, int], dict[str, datetime]] = {}
    for row in happened:
        lead_id = into.get(row.lead_id, row.lead_id)
        inside = [
            serial
            for serial, made_at, closed_at in made.get(lead_id, ())
            if made_at <= row.occurred_at and (closed_at is None or row.occurred_at <= closed_at)
        ]
        if inside:
            name = "touched_at" if row.kind in TOUCHES else "breached_at"
            found.setdefault((lead_id, inside[-1]), {}).setdefault(name, row.occurred_at)
    connection.execute(update(table.hand_off).values(touched_at=None, breached_at=None))
    for (lead_id, serial), values in found.items():
        this = of.lead_id == lead_id, of.serial == serial
        connection.execute(update(table.hand_off).where(*this).values(**values))
    return len(found)


THIS = (table.hand_off.c.lead_id == bindparam("ref"), table.hand_off.c.serial == bindparam("no"))
_at = bindparam("at", type_=table.hand_off.c.made_at.type)
FIRST_TOUCH = (
    update(table.hand_off).where(*THIS).values(touched_at=func.coalesce(table.hand_off.c.touched_at, _at))
)
FIRST_BREACH = (
    update(table.hand_off).where(*THIS).values(breached_at=func.coalesce(table.hand_off.c.breached_at, _at))
)
