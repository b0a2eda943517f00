"""One run: processes take turns as chance wants it, facts come in between, and when it is over everything must be finished."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from nurture.simulation.chance import Chance
from nurture.simulation.digest import digest
from nurture.simulation.faults.agenda import Agenda
from nurture.simulation.faults.bugs import upgrade
from nurture.simulation.faults.far_end import FarEnd
from nurture.simulation.faults.finished import check_finished
from nurture.simulation.faults.ground import Ground, MachineClock
from nurture.simulation.faults.office import LENGTH, Office
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.people import People
from nurture.simulation.faults.perils import Perils, leads_of, mixture
from nurture.simulation.faults.programme import START, edited
from nurture.simulation.faults.shelf import fresh_store, put_back
from nurture.simulation.faults.twin import Twin
from nurture.simulation.faults.web import Web
from nurture.simulation.faults.worker import SKEW, Worker
from nurture.store.due import DueKind

MEMORY_DISK = Path("/dev/shm")  # noqa: S108 folders of our own in it, made by tempfile
BEAT = timedelta(seconds=30)
INSTANT = timedelta(milliseconds=1)
JUMP_MIN, JUMP_MAX, WRONG_MAX = timedelta(minutes=2), timedelta(hours=3), timedelta(hours=9)
LEAVING = "SELECT count(*) FROM due WHERE kind <> ?"
STEPS_MAX = 10_000
"""No run takes so many; one that does waits for something that never comes."""
NEVER = datetime.max.replace(tzinfo=UTC)
WORST = 40
"""By how much likelier people end the right to mail them while the worker that is about to mail them stands still."""
ANOTHER_BEGINS = 0.3
"""How often another worker may begin while one is in the middle of a tick."""
RESENDS = 0.25
"""How often the programme has mails of unknown fate sent again."""
AFTERWARDS = timedelta(days=16)
"""Within so long of calm everything must be finished."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a run.

    steps  how often a process began or went on.
    mails  how many arrived.
    """

    seed: int
    perils: Perils
    leads: int
    violations: tuple[str, ...]
    story: tuple[str, ...]
    digest: str
    steps: int
    mails: int


def run(seed: int, *, perils: Perils | None = None, leads: int | None = None) -> Outcome:
    """Play *seed*: with its own mixture of perils and number of leads, where none are given."""
    chance = Chance(seed)
    perils = perils or mixture(chance)
    leads = leads or leads_of(chance)
    disk = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with TemporaryDirectory(dir=disk, prefix="nurture-faults-") as homes:
        world = World(seed, perils, Path(homes))
        try:
            world.live(leads)
        finally:
            world.close()
    story = world.ground.story
    return Outcome(
        seed=seed,
        perils=perils,
        leads=leads,
        violations=tuple(story.violations),
        story=tuple(story.lines),
        digest=world.digest,
        steps=world.steps,
        mails=sum(len(each) for each in world.far_end.taken.values()),
    )


class World:
    """Everything of one run."""

    def __init__(self, seed: int, perils: Perils, homes: Path) -> None:
        chance = Chance(seed)
        resend = chance.happens(RESENDS, "resends")
        self.ground = ground = Ground(seed, perils, fresh_store(resend=resend))
        self.far_end = FarEnd(ground, may_double=resend)
        programme = edited("as it was", resend=resend).sound_programme()
        self.oracle = Oracle(ground, self.far_end, programme, resends=resend)
        self.agenda = Agenda(ground)
        skew = SKEW * chance.lot("skew") if perils.skew else timedelta(0)
        self._clocks = (MachineClock(ground), MachineClock(ground, skew))
        self.web = Web(ground, self.oracle, self._clocks[0])
        self.office = Office(ground, self.agenda, self.far_end, self.oracle, self.web, resend=resend)
        self.people = People(ground, self.agenda, self.oracle, self.web)
        self.far_end.begun, self.far_end.reacts = self.oracle.begun, self.people.receive
        machines = (("worker 1", "a", 0), ("worker 2", "b", 1), ("worker 3", "a", 0))
        working = machines[: 1 + int(len(machines) * chance.lot("workers"))]
        self.workers = [
            Worker(
                ground,
                self.oracle,
                self.far_end,
                name=name,
                home=homes / home,
                clock=self._clocks[clock],
                is_alone=[each[1] for each in working].count(home) == 1,
            )
            for name, home, clock in working
        ]
        self.twin = Twin(ground, self.agenda, homes, {home for _, home, _ in working})
        self.digest = ""
        self.steps = 0
        self._rests = dict.fromkeys(self.workers, ground.now)

    def live(self, leads: int) -> None:
        """From the first moment to the last."""
        self.office.plan(leads)
        self.twin.plan(START, LENGTH)
        self._until(START + LENGTH)
        self._calm_down()
        self._until(self.ground.now + AFTERWARDS, stops_when_finished=True)
        check_finished(self.ground, self.oracle, self.far_end)
        self.digest = digest(self.ground.database)

    def close(self) -> None:
        for worker in self.workers:
            worker.end()
        self.twin.close()
        put_back(self.ground.database)

    def _calm_down(self) -> None:
        self.ground.calm_down()
        self._set_right()
        for worker in self.workers:
            worker.wake_at = self.ground.now
        self.agenda.now("the broadcast goes on", self.office.resume)
        self.agenda.now("what is paused goes on", self.office.lets_go_on)
        self.agenda.now("a bug is mended", lambda: upgrade(self.ground, self.web.engine))

    # ------------------------------------------------------------ time and turns

    def _until(self, end: datetime, *, stops_when_finished: bool = False) -> None:
        while self.ground.now < end and self.steps < STEPS_MAX:
            self.agenda.happen()
            worker = self._whose_turn()
            if worker is None:
                if stops_when_finished and self._is_finished:
                    return
                self._wait(end)
            else:
                self._turn(worker)

    @property
    def _is_finished(self) -> bool:
        """Whether nothing is on its way and nothing will leave before a timer says so."""
        if self.oracle.folds.waiting or self.agenda.next_at or any(each.is_busy for each in self.workers):
            return False
        (leaving,) = self.ground.driver.execute(LEAVING, (DueKind.TIMER.value,)).fetchone()
        return not leaving

    def _whose_turn(self) -> Worker | None:
        """One that is in the middle of a tick, or one that begins, for something is due."""
        ground = self.ground
        busy = [worker for worker in self.workers if worker.is_busy and worker.is_awake]
        if busy and ground.lot("another begins") > ANOTHER_BEGINS:
            return ground.pick(busy, "whose turn")
        ready = [
            worker for worker in self.workers if not worker.is_busy and self._ready_at(worker) <= ground.now
        ]
        return ground.pick(busy + ready, "whose turn") if busy or ready else None

    def _ready_at(self, worker: Worker) -> datetime:
        """When an idle worker has its next beat with something to do."""
        beat_at = max(worker.wake_at, self._rests[worker])
        if self.oracle.folds.waiting or worker.has_journal:
            return beat_at
        due_at = self.oracle.next_due_at
        return NEVER if due_at is None else max(beat_at, due_at - worker.clock.wrong_by)

    def _turn(self, worker: Worker) -> None:
        ground, perils = self.ground, self.ground.perils
        self.steps += 1
        worker.go_on()
        if not worker.is_busy:
            self._rests[worker] = ground.now + BEAT * (0.5 + ground.lot("rests"))
            return
        held = sorted(self.oracle.touches.held_by(worker.name))
        worst = perils.ends * (1 if worker.is_awake else WORST)
        if held and ground.happens(worst, "worst moment"):
            self._ends_the_right(ground.pick(held, "whose right"))
        if ground.happens(perils.stop, "stop"):
            worker.stop()
        if ground.happens(perils.jump, "jump"):
            self._jump()

    def _wait(self, end: datetime) -> None:
        """Nobody has anything to do: let time pass until somebody has."""
        moments = [each.wake_at if each.is_busy else self._ready_at(each) for each in self.workers]
        if self.agenda.next_at is not None:
            moments.append(self.agenda.next_at)
        self.ground.now = min(end, max(min(moments), self.ground.now + INSTANT))

    # ------------------------------------------------------------ what happens between two steps

    def _ends_the_right(self, touch: int) -> None:
        row = self.oracle.touches.rows[touch]
        address = self.oracle.address_of(row.lead_id)
        self.agenda.now(
            f"lead {row.lead_id} unsubscribes while touch {touch} is {row.status}",
            lambda: self.people.unsubscribe(touch, address),
        )

    def _jump(self) -> None:
        """A machine's clock jumps; some hours later somebody sets it right."""
        ground = self.ground
        if self.far_end.clocks_wrong:
            return
        by = ground.between(JUMP_MIN, JUMP_MAX, "jumps by") * (1 if ground.happens(0.5, "forward") else -1)
        ground.tell(f"a clock jumps by {by}")
        ground.pick(self._clocks, "whose clock").off = by
        self.far_end.clocks_wrong = True
        self._excuse_all()
        right_at = ground.now + ground.between(JUMP_MIN, WRONG_MAX, "wrong for")
        self.agenda.at(right_at, "clocks are set right", self._set_right, is_silent=True)

    def _set_right(self) -> None:
        for clock in self._clocks:
            clock.off = timedelta(0)
        self._excuse_all()
        self.far_end.clocks_wrong = False

    def _excuse_all(self) -> None:
        """By clocks that are wrong, leases are over too early: workers take over from one another."""
        for worker in self.workers:
            worker.excuse()
