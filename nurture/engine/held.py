"""Mail that is held: of broadcasts that are paused, what is planned already and what their events still plan."""

from datetime import UTC, datetime

from sqlalchemy import Connection, or_, select

from nurture.engine.sweep_rows import SweepKind
from nurture.store import records as table

HELD = datetime(9999, 1, 1, tzinfo=UTC)
"""When a mail that is held is due."""


def halted_broadcasts(connection: Connection) -> frozenset[str]:
    """Broadcasts that are paused or were called off: what is held of them waits for their own page, or to be cancelled."""
    sweep = table.sweep.c
    halted = select(sweep.subject).where(
        sweep.kind == SweepKind.BROADCAST.value,
        or_(sweep.paused_at.is_not(None), sweep.cancelled_at.is_not(None)),
    )
    return frozenset(connection.execute(halted).scalars())


def held_campaigns(connection: Connection) -> frozenset[str]:
    """Broadcasts that are paused."""
    return frozenset(connection.execute(PAUSED).scalars())


PAUSED = select(table.sweep.c.subject).where(
    table.sweep.c.kind == SweepKind.BROADCAST.value, table.sweep.c.paused_at.is_not(None)
)
