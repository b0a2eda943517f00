"""Charts as shapes: numbers in, coordinates of an SVG out. ``templates/charts.html`` draws them; no script is needed."""

from collections.abc import Sequence
from datetime import date

import msgspec

PITCH, BAR = 4, 3
"""How far apart bars stand, and how wide they are, in units of the picture."""


class Bar(msgspec.Struct, frozen=True):
    """One day's bar, measured from the top left."""

    x: float
    y: float
    height: float
    day: date
    count: int


class Band(msgspec.Struct, frozen=True):
    """One series in a stack: its outline, from left to right along the top and back along the bottom."""

    name: str
    path: str


class Rule(msgspec.Struct, frozen=True):
    """Where a month begins: at which share of the width, 0 to 100."""

    x: float
    day: date


def bars(days: Sequence[date], counts: Sequence[int], *, height: int = 40) -> tuple[Bar, ...]:
    """A bar for each day that has any; the highest is as high as the picture, and none is too low to be seen."""
    most = max(counts, default=0)
    return tuple(
        Bar(x=place * PITCH, y=round(height - tall, 2), height=tall, day=day, count=count)
        for place, (day, count) in enumerate(zip(days, counts, strict=True))
        if count
        for tall in [round(max(1.0, height * count / most), 2)]
    )


def stack(
    series: Sequence[tuple[str, Sequence[int]]], *, width: int = 360, height: int = 120
) -> tuple[Band, ...]:
    """Bands on top of each other, the first at the bottom; the highest sum is as high as the picture."""
    if not series or not series[0][1]:
        return ()
    points = len(series[0][1])
    sums = [sum(counts[place] for _, counts in series) for place in range(points)]
    most = max(*sums, 1)
    below = [0] * points
    found = []
    for name, counts in series:
        above = [low + count for low, count in zip(below, counts, strict=True)]
        corners = [
            f"{round(width * place / max(1, points - 1), 1)} {round(height * (1 - level / most), 1)}"
            for place, level in (*enumerate(above), *reversed(list(enumerate(below))))
        ]
        found.append(Band(name, "M" + "L".join(corners) + "Z"))
        below = above
    return tuple(found)


def months(days: Sequence[date]) -> tuple[Rule, ...]:
    """Where months begin among *days*."""
    return tuple(
        Rule(round(100 * place / len(days), 2), day)
        for place, day in enumerate(days)
        if day.day == 1 and place
    )
