"""A sample history made by the real engine: people in `.example` who came and answered over the last three months.

It is played in a store of its own, beside a mailbox of its own, and put into the installation's when it is whole: whoever
stops it half-way, or pulls the plug, finds an empty store and can begin again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nurture.content.catalog import Catalog, load_texts
from nurture.content.wall_clock import WallClock
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.new_broadcast import path_of
from nurture.engine.sample_beside import Beside, begin_beside
from nurture.identity import Keyring
from nurture.ports import Transport
from nurture.scheduling.business_time import BusinessHours, between
from nurture.simulation.behaviour import Habits
from nurture.simulation.chance import Chance
from nurture.simulation.clock import VirtualClock
from nurture.simulation.cohort import cohort
from nurture.simulation.filled import Filled
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
TROUBLED, TROUBLE = "kiefer.example", timedelta(days=4)
"""A server that takes no mail, and for how long."""
STEP = timedelta(minutes=5)
MACHINES = tuple(timedelta(days=days, hours=9) for days in (61, 33, 12, 3))
"""How long before the end a machine has filled in a form."""
BROADCAST_BEFORE, TUESDAY = timedelta(days=26), 1
"""The broadcasts of the files that are past go out on a Tuesday about so long before the end."""


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
    engine, clock, chance = _stage(end - history, end, behind, keyring=keyring, base_url=base_url)
    with _played(engine):
        as_then = with_broadcasts_in(catalog, end - BROADCAST_BEFORE, end)
        engine.publish(as_then, actor="nurture up", reason="the first revision")
        _live_through(engine, clock, chance, leads=leads, history=history, end=end, progress=progress)
        if as_then is not catalog:
            engine.publish(catalog, actor="nurture up", reason="the files as they stand today")
            engine.tick()
    return engine.database


def play_beside(
    store: Database,
    *,
    keyring: Keyring,
    base_url: str,
    end: datetime,
    behind: Callable[[VirtualClock], Transport] = MemoryTransport,
    leads: int = LEADS,
    history: timedelta = HISTORY,
    progress: Callable[[datetime], None] = lambda _: None,
) -> tuple[Database, Beside]:
    """The same by what is live in *store*, for ``put_in_beside``: nothing else is ever live. Its broadcasts are its own."""
    engine, clock, chance = _stage(end - history, end, behind, keyring=keyring, base_url=base_url)
    with _played(engine):
        beside = begin_beside(store, engine.database)
        _live_through(engine, clock, chance, leads=leads, history=history, end=end, progress=progress)
    return engine.database, beside


def _stage(
    start: datetime,
    end: datetime,
    behind: Callable[[VirtualClock], Transport],
    *,
    keyring: Keyring,
    base_url: str,
) -> tuple[Engine, VirtualClock, Chance]:
    clock, chance = VirtualClock(start), Chance(seed=1)
    database = Database("sqlite://", durable=False)
    database.migrate()
    engine = Engine(
        database=database,
        transport=Wire(behind(clock), chance, clock, troubled=(TROUBLED, end - TROUBLE)),
        keyring=keyring,
        clock=clock,
        base_url=base_url,
        warms_up=True,
    )
    return engine, clock, chance


@contextmanager
def _played(engine: Engine) -> Iterator[None]:
    """What is played in an engine whose store is kept, unless it is broken off."""
    try:
        yield
    except BaseException:  # Ctrl+C is not an Exception
        engine.close()
        raise
    engine.transport.close()


def _live_through(
    engine: Engine,
    clock: VirtualClock,
    chance: Chance,
    *,
    leads: int,
    history: timedelta,
    end: datetime,
    progress: Callable[[datetime], None],
) -> None:
    start, programme = end - history, engine.live.programme
    world = World(engine, clock, chance, LIVELY, sample=True)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    world.expect(cohort(programme, chance, size=leads, start=midnight, spread=end - FRESH - midnight))
    if programme.forms:
        world.let_machines_come(machines(tuple(programme.forms), end, start))
    moments = list(moments_before(end, working_hours(programme)))
    world.run_until(moments[0], progress)
    world.send_reps_home()
    world.let_buyers_come(moments)
    world.run_until(end, progress)


def with_broadcasts_in(catalog: Catalog, about: datetime, end: datetime) -> Catalog:
    """*catalog* with broadcasts whose moment is before *end* moved to the Tuesday before *about*; itself where it has none.

    The date in a file does not move, but a sample ends whenever it is made.
    """
    programme = catalog.sound_programme()
    zone = ZoneInfo(programme.time_zone)
    tuesday = (about - timedelta(days=(about.weekday() - TUESDAY) % 7)).date()
    texts = dict(catalog.texts)
    for key, campaign in programme.campaigns.items():
        cast = campaign.broadcast
        if cast is not None and not campaign.draft and cast.at.moment(zone) < end:
            path = path_of(key)
            texts[path] = texts[path].replace(str(cast.at), str(WallClock(tuesday, cast.at.time)))
    return catalog if texts == dict(catalog.texts) else load_texts(texts)


def machines(forms: Sequence[str], end: datetime, start: datetime) -> dict[datetime, Filled]:
    """What machines send, and when: each fills in another of *forms*."""
    return {
        end - before: Filled(
            name=f"machine-{number}",
            form=forms[number % len(forms)],
            answers={
                "email": f"offer{number}@cheap-freight.example",
                "first_name": "Best offer",
                "last_name": "Freight",
                "company": "Cheap freight",
                "job_title": "Marketing",
            },
            trap="https://cheap-freight.example" if number % 2 else "",
            took=timedelta(seconds=0.4 + number / 10),
        )
        for number, before in enumerate(MACHINES)
        if end - before > start
    }


def moments_before(end: datetime, hours: BusinessHours) -> Iterator[datetime]:
    """The moments before *end* from which on each of WAITING has passed, the earliest first."""
    for waited in WAITING:
        moment = end - waited
        while between(moment, end, hours) < waited:
            moment -= STEP
        yield moment
