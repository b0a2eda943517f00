"""A worker over a store that a test has filled: sends by a relay until it is told to stop, or until it dies."""

import os
import secrets
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import msgspec

from nurture import log
from nurture.app import SystemClock
from nurture.daemon.signals import on_stop
from nurture.daemon.worker import tried
from nurture.delivery.smtp import Security, SmtpRoute, SmtpTransport
from nurture.engine.arming import Arming
from nurture.engine.engine import Engine
from nurture.identity import Keyring
from tests.chaos.dying import POINTS, DyingDatabase, DyingJournals, DyingTransport, death_at
from tests.chaos.full import FullDatabase

KEY = b"k" * 32
REST_SECONDS = 0.05


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker is to do.

    home     where its journal and its log are.
    point    where it dies, for the *count*th time that it comes there; "" where it lives on.
    skew     how far its clock is ahead.
    full     at every so manieth write its store is full; 0 for never.
    ballast  the file that fills the disk for it; None where only the store's own limit does.
    arms     whether its home has to know the store.
    """

    url: str
    home: Path
    port: int
    connections: int = 8
    batch: int = 256
    lease_seconds: int = 900
    point: str = ""
    count: int = 0
    skew: timedelta = timedelta(0)
    full: int = 0
    ballast: Path | None = None
    arms: bool = False

    @property
    def helo(self) -> str:
        """Tells the sink where the worker is to die, if that is on the wire."""
        if not self.point or self.point in POINTS:
            return "chaos.example"
        return f"{self.point}-{self.count}.{os.getpid()}.chaos.example"


class SkewedClock:
    def __init__(self, skew: timedelta) -> None:
        self._skew = skew
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self._skew


def main(order: Order, began: Flag | None = None) -> None:
    """Work; *began* is set before the first tick."""
    output = os.open(order.home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, sys.stderr.fileno() if sys.stderr else 2)
    log.configure()
    engine = make_engine(order)
    stopping = Flag()

    def stop() -> None:
        stopping.set()
        engine.stop()

    on_stop(stop)
    if began is not None:
        began.set()
    beside = Thread(target=take_in, args=(engine, stopping), daemon=True)
    if not order.full:  # whose database counts its writes, and is one thread's
        beside.start()
    while not stopping.is_set():
        tried(engine.tick, "tick")
        stopping.wait(REST_SECONDS)
    if beside.ident is not None:
        beside.join()
    engine.close()


def take_in(engine: Engine, stopping: Flag) -> None:
    """What the worker does beside its ticks."""
    while not stopping.wait(REST_SECONDS):
        tried(engine.take_in, "taking in")


def make_engine(order: Order) -> Engine:
    """An engine whose store, way out and journals die where they are told."""
    reach = death_at(order.point, order.count)
    clock = SkewedClock(order.skew)
    route = SmtpRoute(
        host="127.0.0.1",
        port=order.port,
        helo=order.helo,
        security=Security.NONE,
        connections=order.connections,
    )
    database = FullDatabase(order.url, order.full, order.ballast) if order.full else DyingDatabase(order.url)
    database.reach = reach
    journals = DyingJournals(order.home / "journal")
    journals.reach = reach
    return Engine(
        database=database,
        transport=DyingTransport(SmtpTransport(route, clock=clock), database, reach),
        keyring=Keyring(KEY),
        clock=clock,
        base_url="http://127.0.0.1:8025",
        batch=order.batch,
        lease=timedelta(seconds=order.lease_seconds),
        journals=journals,
        arming=Arming(database, order.home, clock, lambda: secrets.token_hex(16)) if order.arms else None,
    )
