"""What everything in one run stands on: true time, chance, the store, and the story that is told of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from nurture.simulation.chance import Chance
from nurture.simulation.faults.perils import CALM, Perils
from nurture.simulation.faults.programme import START
from nurture.simulation.faults.shelf import Shelf, driver_of
from nurture.simulation.faults.story import Story
from nurture.store.database import Database

ItemT = TypeVar("ItemT")


class Ground:
    """One run's.

    driver   of the store, for those who only look.
    answers  how often the processes that answer have committed something.
    """

    def __init__(self, seed: int, perils: Perils, database: Database) -> None:
        self.now = START
        self.perils = perils
        self.chance = Chance(seed)
        self.database = database
        self.driver = driver_of(database)
        self.story = Story()
        self.shelf = Shelf()
        self.answers = 0
        self._draws: Counter[str] = Counter()

    def lot(self, draw: str) -> float:
        """A number in [0, 1): the next one of this draw. Other draws do not change it, so a run with less in it stays alike."""
        self._draws[draw] += 1
        return self.chance.lot(draw, self._draws[draw])

    def happens(self, probability: float, draw: str) -> bool:
        return probability > 0 and self.lot(draw) < probability

    def pick(self, items: Sequence[ItemT], draw: str) -> ItemT:
        return items[int(self.lot(draw) * len(items))]

    def between(self, least: timedelta, most: timedelta, draw: str) -> timedelta:
        """A length of time, short ones more often than long ones."""
        return least + (most - least) * self.lot(draw) ** 3

    def pass_time(self, length: timedelta) -> None:
        self.now += length

    def tell(self, what: str) -> None:
        self.story.tell(self.now, what)

    def accuse(self, number: int, what: str) -> None:
        self.story.accuse(self.now, number, what)

    def calm_down(self) -> None:
        """From now on nothing goes wrong."""
        self.perils = CALM
        self.tell("from here on nothing goes wrong any more")


class MachineClock:
    """The clock of one machine.

    ahead  by how much it always is, against true time.
    off    by how much it is wrong, for a while.
    """

    def __init__(self, ground: Ground, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead
        self.off = timedelta(0)
        self._ground = ground

    def now(self) -> datetime:
        return self._ground.now + self.wrong_by

    @property
    def wrong_by(self) -> timedelta:
        return self.ahead + self.off
