"""The forecast's days as shapes: for each a column of two parts, and the day's limit where it is near enough to be in the picture."""

from collections.abc import Sequence

import msgspec

from nurture.insight.forecast import ForecastDay

PITCH, HEIGHT = 20, 100
"""How wide a day is, and how high the picture, in its own units; a column is 14 wide and stands in the middle."""
NEAR = 1.5
"""A limit so many times as high as the highest column is still shown; a higher one would press the columns flat."""


class Part(msgspec.Struct, frozen=True):
    """One part of a column, measured from the top."""

    y: float
    height: float


class Column(msgspec.Struct, frozen=True):
    """A day.

    middle  of the column, in percent of the picture's width.
    limit   how far from the top its limit lies; None where there is none, or far above.
    """

    day: ForecastDay
    x: int
    middle: float
    mine: Part
    others: Part
    limit: float | None


def columns(days: Sequence[ForecastDay]) -> tuple[Column, ...]:
    """A column for each day: this campaign on top of all others. What is too small to be seen is as high as one unit."""
    highest = max((each.mails + each.others for each in days), default=0)
    near = [each.allowed for each in days if each.allowed is not None and each.allowed <= NEAR * highest]
    most = max([highest, *near, 1])

    def tall(count: int) -> float:
        return round(max(1.0, HEIGHT * count / most), 1) if count else 0.0

    found = []
    for place, each in enumerate(days):
        below, above = tall(each.others), tall(each.mails)
        shown = each.allowed is not None and each.allowed <= NEAR * highest
        limit = round(HEIGHT * (1 - (each.allowed or 0) / most), 1) if shown else None
        middle = round(100 * (place + 0.5) / len(days), 2)
        top = round(HEIGHT - below - above, 1)
        others = Part(round(HEIGHT - below, 1), below)
        found.append(Column(each, PITCH * place + 3, middle, Part(top, above), others, limit))
    return tuple(found)
