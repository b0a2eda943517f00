"""A sample history made by the real engine: people in `.example` who came and answered over the last weeks.

It goes only into a store without leads, its leads are flagged, and its mail only to a transport that stays on the machine.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from nurture.engine.engine import Engine
from nurture.errors import SetupError
from nurture.simulation.behaviour import Habits
from nurture.simulation.chance import Chance
from nurture.simulation.clock import VirtualClock
from nurture.simulation.cohort import cohort
from nurture.simulation.world import World

LEADS = 120
HISTORY = timedelta(days=45)
ARRIVING = timedelta(days=40)
LIVELY = Habits(opens=0.6, clicks=0.5, visits=0.6, asks=0.5, answers=0.7, answer_within=timedelta(days=9))
"""Livelier than real people and slower than good reps, so that a newcomer finds every kind of lead."""


def play_sample(
    engine: Engine, clock: VirtualClock, end: datetime, progress: Callable[[datetime], None] = lambda _: None
) -> None:
    """Let the sample live from *clock*'s moment to *end*. Raises SetupError where it has no place."""
    if engine.transport.leaves_machine:
        raise SetupError("the sample's mail must not leave this machine; set NURTURE_TRANSPORT to maildir")
    if engine.lead_count:
        raise SetupError("the store has leads; the sample goes only into an empty one")
    chance = Chance(seed=1)
    world = World(engine, clock, chance, LIVELY, sample=True)
    world.expect(cohort(engine.live.programme, chance, size=LEADS, start=clock.now(), spread=ARRIVING))
    world.run_until(end, progress)
