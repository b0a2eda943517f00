"""What is done now and then: experiments are weighed once a day, segments are counted, what is old is thrown away."""

from collections.abc import Callable

from nurture.engine import segments
from nurture.engine.experiments import due_weighings, reweigh
from nurture.engine.form_held import forget_held
from nurture.engine.live import Live
from nurture.engine.pauses import release
from nurture.engine.stages import Stage, Stages, forget_stages
from nurture.engine.track import SpooledTracks
from nurture.log import get_log
from nurture.ports import Clock
from nurture.store.database import Database, lock_absorbing

log = get_log(__name__)


def keep_house(
    database: Database,
    clock: Clock,
    live: Live | None,
    tracks: SpooledTracks | None,
    *,
    stopping: Callable[[], bool],
) -> None:
    """Do all of it, each on its own; raise at the end what the first that failed has raised.

    live  the programme; None where there is none yet.
    """
    stages = Stages(database, clock)
    if live is not None:
        stages.do(Stage.EXPERIMENTS, lambda: _weigh(database, clock, live), None)
        if live.programme.segments and not stopping():
            stages.do(Stage.SEGMENTS, lambda: _count_segments(database, clock), None)
    if not stopping():
        stages.do(Stage.FORGETTING, lambda: _forget(database, clock, tracks), None)
    stages.end()


def _weigh(database: Database, clock: Clock, live: Live) -> None:
    with database.reading() as connection:
        weighings = due_weighings(connection, live.programme, clock.now())
    if not weighings:
        return
    with database.writing() as connection:
        if lock_absorbing(connection):  # else the next hour does it
            reweigh(connection, weighings, clock.now())
            log.info("experiments weighed", experiments=len(weighings))


def _count_segments(database: Database, clock: Clock) -> None:
    with database.writing() as connection:
        segments.refresh(connection, by="", now=clock.now())


def _forget(database: Database, clock: Clock, tracks: SpooledTracks | None) -> None:
    with database.writing() as connection:
        forget_held(connection, clock.now())
        release(connection, clock.now())
        forget_stages(connection, clock.now())
    if tracks is not None:
        tracks.forget(database, clock.now())
