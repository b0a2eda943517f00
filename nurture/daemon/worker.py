"""The worker: APScheduler is the heartbeat that calls ``tick``, and nothing more."""

from collections.abc import Callable
from threading import Event as Flag

from apscheduler.schedulers.background import BackgroundScheduler

from nurture.config import Settings
from nurture.daemon.signals import on_stop
from nurture.engine.engine import Engine
from nurture.errors import NurtureError
from nurture.log import get_log

log = get_log(__name__)


def work(engine: Engine, settings: Settings) -> None:
    """Tick until SIGTERM or SIGINT; the batch in hand is finished first."""
    stopping = Flag()

    def stop() -> None:
        engine.stop()
        stopping.set()

    on_stop(stop)
    heartbeat = BackgroundScheduler()
    # A job that never overlaps itself and is not made up for: when a lead gets a mail is a row, never a job.
    heartbeat.add_job(
        lambda: tried(engine.tick, "tick"),
        "interval",
        seconds=settings.tick_seconds,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
        next_run_time=engine.clock.now(),
    )
    heartbeat.add_job(
        lambda: tried(engine.keep_house, "housekeeping"),
        "interval",
        hours=1,
        max_instances=1,
        coalesce=True,
        next_run_time=engine.clock.now(),
    )
    heartbeat.start()
    log.info("worker started", tick_seconds=settings.tick_seconds, transport=engine.transport.name)
    stopping.wait()
    heartbeat.shutdown(wait=True)
    engine.close()
    log.info("worker stopped")


def tried(act: Callable[[], object], what: str) -> None:
    """One beat: a failure is told and the next beat tries again, for nothing is lost between the two."""
    try:
        act()
    except NurtureError as error:
        log.warning(f"{what} failed", why=str(error))
    except Exception as error:  # noqa: BLE001 the heart goes on
        log.error(f"{what} failed", error=error)  # noqa: TRY400 Log.error adds the traceback
