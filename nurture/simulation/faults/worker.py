"""A worker process: the whole engine on a machine of its own, which can die, stand still, be told to end, and begin again."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

from nurture.engine.arming import Arming
from nurture.engine.live import Live
from nurture.engine.recover import Journals
from nurture.identity import Keyring
from nurture.simulation.faults.actors import Actor, KilledError
from nurture.simulation.faults.bugs import BuggyAbsorbing
from nurture.simulation.faults.far_end import FarEnd
from nurture.simulation.faults.ground import Ground, MachineClock
from nurture.simulation.faults.line import Line
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.shelf import BASE_URL, ShelvedEngine
from nurture.simulation.faults.store import StoreFailsError, TroubledDatabase

KEYRING = Keyring(b"k" * 32)
REPLY_DOMAIN = "reply.troubled.example"
LEASE = timedelta(minutes=15)
SKEW = timedelta(minutes=5)
STALL_MAX = 4 * LEASE
STEP = timedelta(milliseconds=1)
STEP_MAX = timedelta(milliseconds=400)
DOWN_MAX = timedelta(hours=3)
POINTS_MAX = 3_000
"""No tick of so few leads takes so many steps."""
BATCH = 5
"""Small, so that a batch is often in the middle of something."""


class Disk(Journals):
    """The journals of a process that may end without a word."""

    def power_off(self) -> None:
        """The kernel closes its files and drops its locks; what was written stays."""
        if self._own is not None:
            os.close(self._own._file)  # noqa: SLF001 no process that is killed would ask


class Worker:
    """One process at a time; after its end, another in its place.

    home     its disk: the journals, and which store it knows.
    is_alone whether nobody else works at that home.
    wake_at  until when it stands still, or is down.
    has_journal  whether its last tick was cut short, so that the next beat reads what it noted.
    """

    def __init__(
        self,
        ground: Ground,
        oracle: Oracle,
        far_end: FarEnd,
        *,
        name: str,
        home: Path,
        clock: MachineClock,
        is_alone: bool,
    ) -> None:
        self.name = name
        self.wake_at = ground.now
        self.clock = clock
        self.has_journal = True
        self._ground = ground
        self._oracle = oracle
        self._far_end = far_end
        self._home = home
        self._is_alone = is_alone
        self._actor: Actor | None = None
        self.engine: ShelvedEngine
        self._is_dead = False
        self._is_excused = False
        self._to_read: set[int] = set()  # what it held when a tick was cut short, until a whole one was
        self._points = 0
        self._waited: set[int] = set()  # events, when the tick began
        self._begin()

    # ------------------------------------------------------------ turns

    @property
    def is_busy(self) -> bool:
        """Whether it is in the middle of a tick."""
        return self._actor is not None

    @property
    def is_awake(self) -> bool:
        return self.wake_at <= self._ground.now

    def go_on(self) -> None:
        """Begin a tick, or go on in the middle of one, until it pauses or is over."""
        if self._is_dead:
            self._begin()
        if self._actor is None:
            self._is_excused = False
            self._points = 0
            self._waited = set(self._oracle.folds.waiting)
            self._actor = Actor(self.name, self.engine.tick)
        self._actor.resume()
        if self._actor.is_over:
            self._ended(self._actor)

    def stop(self) -> None:
        """Tell it to end (SIGTERM)."""
        self._ground.tell(f"{self.name}: is told to end")
        self.engine.stop()
        self._is_stopping = True

    def end(self) -> None:
        """The run is over, wherever it stands."""
        self._is_dead = True
        if self._actor is not None:
            self._actor.kill()
        self._disk.power_off()

    @property
    def live(self) -> Live:
        """What it works by."""
        return self.engine.at_hand

    def excuse(self) -> None:
        """What it holds may be taken from it: it stood still, or a clock jumped."""
        self._is_excused = True
        self._far_end.doubted |= self._oracle.touches.held_by(self.name) | self._to_read

    # ------------------------------------------------------------ as its store and its line see it

    def point(self, where: str) -> None:
        """See ``store.Process``."""
        if self._is_dead:
            raise KilledError
        if self._actor is None:
            return
        ground, perils = self._ground, self._ground.perils
        ground.pass_time(ground.between(STEP, STEP_MAX, "step"))
        self._points += 1
        if self._points > POINTS_MAX:
            ground.accuse(0, f"{self.name}: its tick does not end")
            self._is_dead = True
            raise KilledError
        if ground.happens(perils.crash, "crash"):
            self._is_dead = True
            ground.tell(f"{self.name}: is killed {where}")
            raise KilledError
        if where == "before a commit":  # nobody else comes to the store in the middle of a transaction
            return
        if ground.happens(perils.stall, "stall"):
            length = ground.between(LEASE, STALL_MAX, "stands still")
            ground.tell(f"{self.name}: stands still {where} for {length}")
            self.wake_at = ground.now + length
            self.excuse()
            self._actor.pause()
        elif ground.happens(perils.switch, "switch"):
            self._actor.pause()

    def committed(self) -> None:
        """See ``store.Process``."""
        self._oracle.look(self)

    # ------------------------------------------------------------ life

    def _begin(self) -> None:
        self._is_dead = self._is_stopping = False
        database = TroubledDatabase(self._ground, self)
        self._disk = Disk(self._home / "journal")
        self.line = Line(self._ground, self._far_end, self, self.clock)
        arming = Arming(database, self._home, self.clock, lambda: "the store")
        self.engine = ShelvedEngine(
            self._ground.shelf,
            database=database,
            transport=self.line,
            keyring=KEYRING,
            clock=self.clock,
            base_url=BASE_URL,
            reply_domain=REPLY_DOMAIN,
            batch=BATCH,
            lease=LEASE,
            journals=self._disk,
            arming=arming,
        )
        self.engine._absorbing = BuggyAbsorbing(self._ground, database, self.clock, KEYRING)  # noqa: SLF001 as it would be shipped
        by_hand = Arming(self._ground.database, self._home, self.clock, lambda: "the store")
        if not by_hand.is_armed:
            self._ground.tell(f"{self.name}: somebody arms its new home")
            by_hand.arm()

    def _ended(self, actor: Actor) -> None:
        self._actor = None
        self.has_journal = self._is_dead or actor.error is not None
        if self._is_dead:
            self._died()
        elif actor.error is not None:
            self._broke(actor.error)
        else:
            self._ended_well()
        if self._is_stopping and not self._is_dead:
            self.engine.close()
            self._begin()

    def _ended_well(self) -> None:
        held = self._oracle.touches.held_by(self.name)
        if held and not (self._is_excused or self._far_end.clocks_wrong):
            self._ground.accuse(7, f"{self.name} ended its tick and still holds {sorted(held)}")
        self._to_read = set()
        self._oracle.delays.turned(self._waited, self._oracle.folds.waiting)
        self._oracle.touches.let_go(self.name)

    def _broke(self, error: Exception) -> None:
        if not isinstance(error, StoreFailsError):
            self._ground.accuse(0, f"{self.name}: its tick broke: {type(error).__name__}: {error}")
        self._ground.tell(f"{self.name}: its tick broke")
        self._far_end.doubted.update(self.line.in_flight())
        self._to_read |= self._oracle.touches.held_by(self.name)
        self._oracle.touches.let_go(self.name)

    def _died(self) -> None:
        ground = self._ground
        self._far_end.doubted.update(self.line.in_flight())
        self._disk.power_off()
        if self._is_alone and ground.happens(ground.perils.disk_lost, "disk lost"):
            ground.tell(f"{self.name}: its disk is lost, too")
            self._far_end.doubted |= self._oracle.touches.held_by(self.name)
            shutil.rmtree(self._home, ignore_errors=True)
        down = ground.between(STEP, DOWN_MAX, "is down")
        if down > LEASE - SKEW:  # its journal is read too late: others have given up what it held
            self._far_end.doubted |= self._oracle.touches.held_by(self.name)
        self._to_read |= self._oracle.touches.held_by(self.name)
        self._oracle.touches.let_go(self.name)
        self.wake_at = ground.now + down
