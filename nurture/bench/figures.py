"""Both sides of a comparison in turn (A B A B ...), and what is left of their numbers: medians and a ratio."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from statistics import median

import msgspec

Side = Callable[[], float]
"""One measurement of one side, in the unit of its figure."""


class Scale(StrEnum):
    """How much is measured: to see that it runs, to compare while working, or as the target is written."""

    SMALL = "small"
    USUAL = "usual"
    FULL = "full"


class Wanted(StrEnum):
    """On which side of its floor and goal a ratio should be."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    row        of spec/7-performance.md.
    unit       of *ours* and *yardstick*, which hold one number for each run, in the order of the runs.
    against    what the yardstick is.
    floor      the ratio that must be kept, and *goal* the one that is wanted; None where neither is set.
    """

    row: int
    what: str
    unit: str
    ours: tuple[float, ...]
    against: str
    yardstick: tuple[float, ...]
    wanted: Wanted = Wanted.AT_LEAST
    floor: float | None = None
    goal: float | None = None

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours over the yardstick's, run by run: what else the machine did then has slowed both."""
        return tuple(ours / yardstick for ours, yardstick in zip(self.ours, self.yardstick, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)

    @property
    def keeps_floor(self) -> bool | None:
        """Whether the median is on the wanted side of the floor; None where there is none."""
        if self.floor is None:
            return None
        return self.ratio >= self.floor if self.wanted is Wanted.AT_LEAST else self.ratio <= self.floor


def interleaved(runs: int, *sides: Side) -> list[tuple[float, ...]]:
    """Each side's numbers, after *runs* rounds in which every side has had its turn."""
    assert runs > 0
    return list(zip(*(tuple(side() for side in sides) for _ in range(runs)), strict=True))


def middle(numbers: Sequence[float]) -> str:
    """The median, in three digits or so: '1,234', '12.3', '0.0123'."""
    number = median(numbers)
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
