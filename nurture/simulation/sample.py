"""A sample history made by the real engine: people in `.example` who came and answered over the last three months.

It is played in a store of its own, beside a mailbox of its own, and put into the installation's when it is whole: whoever
stops it half-way, or pulls the plug, finds an empty store and can begin again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from nurture.content.catalog import Catalog
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.identity import Keyring
from nurture.ports import Transport
from nurture.scheduling.business_time import BusinessHours, between
from nurture.simulation.behaviour import Habits
from nurture.simulation.chance import Chance
from nurture.simulation.clock import VirtualClock
from nurture.simulation.cohort import cohort
from nurture.simulation.wire import Wire
from nurture.simulation.world import World
from nurture.statemachine.calendars import working_hours
from nurture.store.database import Database

LEADS = 300
HISTORY = timedelta(days=90)
FRESH = timedelta(hours=8)
"""Before the end nobody new comes: who stands at the beginning now has at least been greeted."""
LIVELY = Habits(
    opens=0.6,
    clicks=0.5,
    visits=0.45,
    asks=0.35,
    replies=0.015,
    complains=0.002,
    accepts=0.75,
    answer_within=timedelta(hours=9),
)
"""Livelier than real people, and reps of whom one in four is late, so that a newcomer finds every kind of lead."""
WAITING = tuple(timedelta(minutes=minutes) for minutes in (6 * 60, 210, 100, 45, 10))
"""For how much working time those who came to buy last have waited at the end; the agreed time is four hours."""
TROUBLED, TROUBLE = "campo-verde.example", timedelta(days=4)
"""A server that takes no mail, and for how long."""
STEP = timedelta(minutes=5)


def play_sample(
    catalog: Catalog,
    *,
    keyring: Keyring,
    base_url: str,
    end: datetime,
    behind: Callable[[VirtualClock], Transport] = MemoryTransport,
    leads: int = LEADS,
    history: timedelta = HISTORY,
    progress: Callable[[datetime], None] = lambda _: None,
) -> Database:
    """A store in memory in which *catalog* was live and *leads* sample leads lived until *end*; the caller closes it.

    behind    what keeps the mail that is taken, on the machine.
    progress  told the moment that is reached, some thousand times.
    """
    start = end - history
    clock, chance = VirtualClock(start), Chance(seed=1)
    database = Database("sqlite://", durable=False)
    database.migrate()
    engine = Engine(
        database=database,
        transport=Wire(behind(clock), chance, clock, troubled=(TROUBLED, end - TROUBLE)),
        keyring=keyring,
        clock=clock,
        base_url=base_url,
    )
    try:
        engine.publish(catalog, actor="nurture up", reason="the first revision")
        world = World(engine, clock, chance, LIVELY, sample=True)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        coming = end - FRESH - midnight
        world.expect(cohort(engine.live.programme, chance, size=leads, start=midnight, spread=coming))
        moments = list(moments_before(end, working_hours(engine.live.programme)))
        world.run_until(moments[0], progress)
        world.send_reps_home()
        world.let_buyers_come(moments)
        world.run_until(end, progress)
    except BaseException:  # Ctrl+C is not an Exception
        engine.close()
        raise
    engine.transport.close()
    return database


def moments_before(end: datetime, hours: BusinessHours) -> Iterator[datetime]:
    """The moments before *end* from which on each of WAITING has passed, the earliest first."""
    for waited in WAITING:
        moment = end - waited
        while between(moment, end, hours) < waited:
            moment -= STEP
        yield moment
