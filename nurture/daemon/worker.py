"""The worker: APScheduler is the heartbeat, and nothing more. When a lead gets a mail is a row, never a job."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from time import monotonic

import msgspec
from apscheduler.schedulers.background import BackgroundScheduler

from nurture.app import make_inboxes
from nurture.config import Settings
from nurture.daemon.ending import CLOSE_SECONDS, END_SECONDS, InHand, closed
from nurture.daemon.fresh import Watch
from nurture.daemon.sample import play_what_is_asked
from nurture.daemon.signals import on_stop
from nurture.doctor import Level, run_doctor
from nurture.doctor.kept import keep_report
from nurture.engine.at_work import BEAT, note_worker
from nurture.engine.engine import Engine
from nurture.engine.feedback import forget_raw
from nurture.engine.feedback_inbox import read_inbox
from nurture.engine.provider_events import forget_deliveries
from nurture.engine.provider_hits import judge_reported
from nurture.engine.upload_files import uploads_in
from nurture.engine.upload_forget import forget_uploads
from nurture.engine.upload_work import work_on
from nurture.errors import NurtureError
from nurture.log import get_log

log = get_log(__name__)

LOOK_SECONDS = 3
"""How often the worker looks whether something was set on the pages."""
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTLED = timedelta(seconds=10)
"""After a start, or a change of settings, everything has begun by then, and the page on health can tell of it."""


def work(make: Callable[[], tuple[Engine, Settings]]) -> None:
    """Tick until SIGTERM or SIGINT; the batch in hand is finished first, within END_SECONDS.

    make  gives the engine and its settings; asked again whenever something was set on the pages.
    """
    stopping = Flag()
    on_stop(stopping.set)
    while not stopping.is_set():
        engine, settings = make()
        beat(engine, settings, stopping)
    log.info("worker stopped")


def beat(engine: Engine, settings: Settings, stopping: Flag) -> None:
    """Tick until *stopping*, or until something was set."""
    watch = Watch(engine)
    heartbeat, in_hand = BackgroundScheduler(), InHand()
    for each in (
        Chore("tick", Turns(engine), timedelta(seconds=settings.tick_seconds), however_late=True),
        Chore("taking in what readers do meanwhile", engine.take_in, SECOND, however_late=True),
        Chore("housekeeping", engine.keep_house, HOUR),
        Chore("forgetting old messages", partial(forget_raw, engine), DAY),
        Chore("saying that it is at work", partial(say_alive, engine), BEAT, however_late=True),
        Chore(
            "looking after its health",
            partial(look_after, engine, settings),
            HOUR,
            after=SETTLED,
            outside=True,
        ),
        Chore("judging what providers reported", partial(judge_reported, engine), MINUTE),
        Chore("forgetting old webhooks", partial(forget_deliveries, engine), DAY),
        Chore(
            "importing files",
            partial(work_through, engine, uploads_in(settings.home)),
            SECOND,
            however_late=True,
        ),
        Chore(
            "playing a sample", partial(play_what_is_asked, engine), SECOND, however_late=True, outside=True
        ),
        Chore("throwing old files away", partial(forget_uploads, engine, uploads_in(settings.home)), HOUR),
        *(
            Chore(
                f"reading the {inbox.name}",
                partial(read_inbox, engine, inbox),
                timedelta(seconds=settings.inbox_seconds),
                however_late=True,
                outside=True,
            )
            for inbox in make_inboxes(settings)
        ),
    ):
        each.put_into(heartbeat, in_hand, engine.clock.now())
    heartbeat.start()
    log.info("worker started", tick_seconds=settings.tick_seconds, transport=engine.transport.name)
    while not stopping.wait(LOOK_SECONDS) and not watch.is_stale:
        pass
    end(engine, heartbeat, in_hand, stopping)


def end(engine: Engine, heartbeat: BackgroundScheduler, in_hand: InHand, stopping: Flag) -> None:
    """Begin nothing more, finish what is in hand, and close. Whatever takes too long is named, and left to the next start."""
    began = monotonic()
    engine.stop()
    heartbeat.shutdown(wait=False)
    left = in_hand.finished(stopping)
    if left:
        log.warning("not waited for", chores=", ".join(left), after_seconds=round(monotonic() - began))
    if in_hand.names(outside=False):
        return  # it still sends or writes: what it holds is given back by its journal, as after a crash
    patience = END_SECONDS - (monotonic() - began) if stopping.is_set() else CLOSE_SECONDS
    if not closed(engine.close, patience):
        log.warning("not waited for", chores="posts to webhooks", after_seconds=round(monotonic() - began))


class Chore(msgspec.Struct, frozen=True):
    """What the worker does again and again. It never overlaps itself, and several that were missed are one.

    what          names it in the log.
    every         from one beginning to the next.
    after         how long after the start it first happens.
    however_late  whether it is done even when its moment has passed by more than a second.
    outside       whether it waits for somebody outside, and loses nothing where nobody waits for its end.
    """

    what: str
    act: Callable[[], object]
    every: timedelta
    after: timedelta = timedelta(0)
    however_late: bool = False
    outside: bool = False

    def put_into(self, heartbeat: BackgroundScheduler, in_hand: InHand, now: datetime) -> None:
        """Let *heartbeat* do it from *now* on, and *in_hand* know while it does."""
        heartbeat.add_job(
            partial(in_hand.do, partial(tried, self.act, self.what), self.what, outside=self.outside),
            "interval",
            seconds=self.every.total_seconds(),
            max_instances=1,
            coalesce=True,
            next_run_time=now + self.after,
            **({"misfire_grace_time": None} if self.however_late else {}),
        )


def say_alive(engine: Engine) -> None:
    """What the doctor tells by that a worker is at work, and a claim that none was; and what this home must know though it has
    nothing to do.
    """
    with engine.deciding() as (connection, now):
        note_worker(connection, now)
    engine.keep_up()


class Turns:
    """Ticks; one that comes after a sleep of the machine, or the first, not before it is noted that nobody was at work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._said: datetime | None = None

    def __call__(self) -> None:
        now = self._engine.clock.now()
        if self._said is None or now - self._said >= BEAT:
            say_alive(self._engine)
            self._said = now
        self._engine.tick()


def look_after(engine: Engine, settings: Settings) -> None:
    """Let the page on health show what is true now."""
    report = run_doctor(settings, engine.clock)
    if engine.is_stopping:
        return  # an engine with other settings may be at work by now, and has its own
    with engine.deciding() as (connection, _):
        keep_report(connection, report)
    for finding in report.findings:
        if finding.level is Level.FAIL:
            log.warning("unwell", what=finding.what, found=finding.found)


def work_through(engine: Engine, home: Path) -> None:
    """Try and import what waits, one file after the other, until there is none or the engine stops."""
    while not engine.is_stopping and work_on(engine, home, by=secrets.token_hex(8)):
        pass


def tried(act: Callable[[], object], what: str) -> None:
    """One beat: a failure is told and the next beat tries again, for nothing is lost between the two."""
    try:
        act()
    except NurtureError as error:
        log.warning(f"{what} failed", why=str(error))
    except Exception as error:  # noqa: BLE001 the heart goes on
        log.error(f"{what} failed", error=error)  # noqa: TRY400 Log.error adds the traceback
