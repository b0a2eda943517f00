"""What keeps a batch from leaving by no gate's doing: pauses that last, and when nothing could leave lately."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from nurture.engine.at_work import last_absence
from nurture.engine.held import held_campaigns
from nurture.engine.pause_rows import live_pauses, past_pauses, spans_of
from nurture.scheduling.spans import Span
from nurture.store import records as table
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import Gate, Verdict

REMEMBERED = timedelta(days=8)
"""Older absences concern nothing that waits."""


class Stops:
    """When nothing could leave, by no gate's doing: absences of the system, and pauses that last or have ended."""

    def __init__(
        self, connection: Connection, touch_ids: Collection[int], now: datetime, *, lock: bool = False
    ) -> None:
        """*lock*: whether what is paused stays so until the transaction ends."""
        absence = last_absence(connection)
        self._absences = () if absence is None or now - absence.ended > REMEMBERED else (absence,)
        self._spread = put_off(connection, touch_ids, Gate.MISFIRE) if self._absences else frozenset()
        self._over = past_pauses(connection, now)
        self._live = live_pauses(connection, lock=lock)
        self._broadcasts = held_campaigns(connection)

    def away(self, touch: Touch) -> Sequence[Span]:
        """What was spread for an absence before is not again: a machine that is at work for minutes a day would never send it."""
        absences = () if touch.id in self._spread else self._absences
        return (*absences, *spans_of(self._over, touch.campaign))

    def paused(self, campaign: str) -> str | None:
        """Who has paused it, and why; None where nobody has."""
        if campaign in self._broadcasts:
            return BROADCAST_PAUSED
        return next((each.told for each in self._live if each.covers(campaign)), None)


BROADCAST_PAUSED = "its broadcast is paused"


def put_off(connection: Connection, touch_ids: Collection[int], gate: Gate) -> frozenset[int]:
    """Those that *gate* has put off before."""
    told = select(table.decision.c.touch_id).where(
        table.decision.c.touch_id.in_(sorted(touch_ids)),
        table.decision.c.gate == gate.value,
        table.decision.c.verdict == Verdict.DEFER.value,
    )
    return frozenset(connection.execute(told).scalars())
