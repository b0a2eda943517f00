"""Leads over the interest score, as bars of cold, warm and hot: numbers in, shapes of an SVG out."""

from collections.abc import Mapping, Sequence

import msgspec

from nurture.vocabulary.words import Temperature

GAP = 0.8
"""Between two bars, in points of the score, which are the units of the picture."""


class Bar(msgspec.Struct, frozen=True):
    """The leads of one temperature in one bin, measured from the top left."""

    x: float
    y: float
    width: float
    height: float
    temperature: Temperature


def score_bars(
    counts: Mapping[Temperature, Sequence[int]], *, tallest: int, height: int = 40
) -> tuple[Bar, ...]:
    """A stack for each bin, cold at the bottom; one of *tallest* leads is as high as the picture."""
    bins = len(next(iter(counts.values())))
    width = 100 / bins
    found = []
    for place in range(bins):
        foot = float(height)
        for temperature in (Temperature.COLD, Temperature.WARM, Temperature.HOT):
            count = counts[temperature][place]
            if count:
                tall = max(0.8, height * count / max(1, tallest))
                foot -= tall
                found.append(
                    Bar(place * width + GAP / 2, round(foot, 2), width - GAP, round(tall, 2), temperature)
                )
    return tuple(found)


def tallest(*histograms: Mapping[Temperature, Sequence[int]]) -> int:
    """The most leads that any bin of *histograms* has."""
    bins = (sum(each) for counts in histograms for each in zip(*counts.values(), strict=True))
    return max(bins, default=0)
