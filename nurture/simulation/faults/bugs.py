"""A bug of our own: some events, whoever takes them in and however often, raise at the worst moment, when everything is written
and nothing committed. It is mended when the run calms down, and then a person has all that was set aside tried again.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.engine.absorbing import Absorbing
from nurture.engine.aside_ends import try_again
from nurture.engine.engine import Engine
from nurture.engine.live import Live
from nurture.identity import Keyring
from nurture.ports import Clock
from nurture.simulation.faults.ground import Ground
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.waiting import waits_to_be_absorbed
from nurture.vocabulary.words import EventKind

PASSED_BY_MAX = 3
"""A turn may end before what came meanwhile is taken in; so many may not."""
NOT_THESE = EventKind.LEAD_CREATED.value
"""Who was never created is nobody whom the oracle could follow."""


class BugError(Exception):
    """What our own code raises that has a bug."""


class BuggyAbsorbing(Absorbing):
    """Takes in what happened, as code does that fails on some of it."""

    def __init__(self, ground: Ground, database: Database, clock: Clock, keyring: Keyring) -> None:
        super().__init__(database, clock, keyring)
        self._ground = ground

    def _absorb(self, live: Live, connection: Connection, now: datetime, most: int) -> int:
        waiting = connection.execute(
            select(table.event.c.id, table.event.c.kind)
            .where(*waits_to_be_absorbed())
            .order_by(table.event.c.id)
            .limit(most)
        ).all()
        taken = super()._absorb(live, connection, now, most)
        for row in waiting[:taken]:
            if row.kind != NOT_THESE and has_bug(self._ground, row.id):
                raise BugError(row.id)
        return taken


def has_bug(ground: Ground, event: int) -> bool:
    """Whether our code fails on that event; as long as nobody has mended it, always."""
    return ground.perils.bugs > 0 and ground.chance.happens(ground.perils.bugs, "bug", event)


def upgrade(ground: Ground, engine: Engine) -> None:
    """The bug is mended; somebody has everything tried again."""
    numbers = [number for (number,) in ground.driver.execute("SELECT id FROM set_aside ORDER BY id")]
    live = engine.live
    with engine.deciding() as (connection, now):
        tried = try_again(connection, live, numbers, by="a person", now=now)
    if tried.failed:
        ground.accuse(10, f"{tried.failed} of {numbers} have failed again")


class DelayWatch:
    """10. What our code fails on is set aside, and nothing else is delayed by it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._passed_by: Counter[int] = Counter()

    def turned(self, before: set[int], after: set[int]) -> None:
        """A turn has ended well; *before* and *after* it these events waited."""
        left = before & after
        self._passed_by = Counter({event: self._passed_by[event] + 1 for event in left})
        for event, times in self._passed_by.items():
            if times == PASSED_BY_MAX:
                self._ground.accuse(10, f"event {event} was passed by in {times} turns that ended well")

    def check_finished(self) -> None:
        """When it is mended and tried again, nothing is left."""
        left = self._ground.driver.execute("SELECT kind, ref, part, error FROM set_aside").fetchall()
        if left:
            self._ground.accuse(10, f"{left} are still set aside")

    def look(self) -> None:
        """Only what our code fails on is set aside."""
        for kind, ref, error in self._ground.driver.execute("SELECT kind, ref, error FROM set_aside"):
            if kind != "event" or "BugError" not in error:
                self._ground.accuse(10, f"{kind} {ref} was set aside: {error}")
