"""The pictures of reports as shapes: bars of a funnel, and rates with their bounds on one axis. Shares are of the picture's width."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

import msgspec

from nurture.insight.sales_response import ResponseTimes
from nurture.statistics.rates import Rate

TICKS = 5


class FunnelBar(msgspec.Struct, frozen=True):
    """One stage: how wide its bar is, and that of the period before, in percent; None where nothing is compared."""

    name: str
    leads: int
    width: float
    before: float | None
    earlier: int | None


class Span(msgspec.Struct, frozen=True):
    """One rate on the axis, in percent of it; None where there is no trial."""

    name: str | None
    at: float | None
    low: float
    high: float


class Axis(msgspec.Struct, frozen=True):
    """What the rates are drawn on: *ticks* as (percent of the width, share)."""

    most: float
    ticks: tuple[tuple[float, float], ...]

    def place(self, share: float) -> float:
        return round(100 * min(share / self.most, 1.0), 2)


def funnel_bars(
    counts: Sequence[tuple[str, int]], before: Sequence[tuple[str, int]] | None = None
) -> tuple[FunnelBar, ...]:
    """A bar for each stage, as wide as its share of the largest; what there is any of can be seen."""
    most = max([1, *(count for _, count in counts), *(count for _, count in before or ())])

    def wide(count: int) -> float:
        return round(max(0.4, 100 * count / most), 2) if count else 0.0

    earlier = [None] * len(counts) if before is None else [count for _, count in before]
    return tuple(
        FunnelBar(name, count, wide(count), None if was is None else wide(was), was)
        for (name, count), was in zip(counts, earlier, strict=True)
    )


def axis(rates: Sequence[Rate]) -> Axis:
    """From 0 to a round share above every rate's upper bound, but for those that are known so badly that they fill it."""
    known = [each for each in rates if each.trials]
    seen = max((each.share or 0 for each in known), default=0.0)
    wanted = max([min(each.bounds[1], max(2.5 * seen, 0.05)) for each in known], default=1.0)
    most = min(1.0, _round_up(wanted))
    return Axis(most, tuple((100 * place / TICKS, most * place / TICKS) for place in range(TICKS + 1)))


def spans(rates: Mapping[str | None, Rate], on: Axis) -> tuple[Span, ...]:
    """Each rate, with its bounds."""
    return tuple(
        Span(name, None if each.share is None else on.place(each.share), *map(on.place, each.bounds))
        for name, each in rates.items()
    )


def staircase(found: ResponseTimes, *, hours: float, width: int = 600, height: int = 160) -> str:
    """How the share of leads that were turned to rises over the first *hours*, as the path of a line: the higher, the sooner."""
    corners, at = [f"M0 {height}"], 0.0
    for point in found.curve:
        if point.length > hours:
            break
        at = 1 - point.still
        corners.append(f"H{round(width * point.length / hours, 1)}V{round(height * (1 - at), 1)}")
    return "".join([*corners, f"H{width}"])


def _round_up(share: float) -> float:
    """To 1, 2, 2.5 or 5 times a power of ten."""
    if share <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(share))
    return next(
        (float(f"{step * unit:.12g}") for step in (1, 2, 2.5, 5, 10) if step * unit >= share - 1e-12),
        float(ceil(share)),
    )
