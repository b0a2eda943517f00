"""A world of the shipped programme that has been played for a while: what the other tests here look at."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from nurture.content.catalog import Catalog, load, load_texts
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.identity import Keyring
from nurture.simulation.behaviour import Habits
from nurture.simulation.chance import Chance
from nurture.simulation.clock import VirtualClock
from nurture.simulation.cohort import cohort
from nurture.simulation.world import World
from nurture.store.database import Database

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
EAGER = Habits(opens=0.7, clicks=0.6, visits=0.6, asks=0.5)
"""So that few people in a few weeks do all that can be done."""


@cache
def shipped() -> Catalog:
    """The shipped programme, read once."""
    return load(ROOT / "campaigns", ROOT / "templates")


def engine_on(url: str, clock: VirtualClock, catalog: Catalog | None = None) -> Engine:
    """An engine with a live programme on a fresh store."""
    database = Database(url, durable=False)
    database.migrate()
    engine = Engine(
        database=database,
        transport=MemoryTransport(clock),
        keyring=Keyring(b"k" * 32),
        clock=clock,
        base_url="http://127.0.0.1:8025",
    )
    engine.publish(catalog or shipped(), actor="a person", reason="a test")
    return engine


def edited() -> Catalog:
    """The shipped programme a month on: a track goes faster, a score is worth more, a new mail stands in between."""
    texts = dict(shipped().texts)
    for path, before, after in (
        (
            "campaigns/programme.yaml",
            "key: clicked, event: mail.clicked, points: 5",
            "key: clicked, event: mail.clicked, points: 8",
        ),
        ("campaigns/programme.yaml", "min_dwell: 3 days", "min_dwell: 2 days"),
        ("campaigns/win-back/campaign.yaml", "cadence: {every: 90 days}", "cadence: {every: 60 days}"),
    ):
        assert before in texts[path]
        texts[path] = texts[path].replace(before, after)
    return load_texts(texts)


def played(url: str, *, seed: int = 1, leads: int = 24, days: int = 30, edit: bool = False) -> Engine:
    """The engine after *days* in which *leads* people came and answered.

    edit  whether another revision is published half-way.
    """
    clock = VirtualClock(START)
    engine = engine_on(url, clock)
    chance = Chance(seed)
    world = World(engine, clock, chance, EAGER)
    world.expect(
        cohort(engine.live.programme, chance, size=leads, start=START, spread=timedelta(days=days / 2))
    )
    if edit:
        world.run_until(START + timedelta(days=days / 2))
        engine.publish(edited(), actor="a person", reason="half-way")
    world.run_until(START + timedelta(days=days))
    return engine
