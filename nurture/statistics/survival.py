"""How long things take when some have not ended yet: the Kaplan-Meier estimate.

The mean or median of the ended ones alone is too short, since whatever takes long is still open.
Source: E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, JASA 53 (1958) 457-481.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, inf, log, sqrt
from statistics import NormalDist

import msgspec


class Stay(msgspec.Struct, frozen=True):
    """One lead's time in a state: *length* in any unit, and whether it *ended* or was last seen still there."""

    length: float
    ended: bool


class Point(msgspec.Struct, frozen=True):
    """The share that is *still* there after *length*, of those *at_risk* just before it; *low* to *high* bound it."""

    length: float
    at_risk: int
    ended: int
    still: float
    low: float
    high: float


def kaplan_meier(stays: Iterable[Stay], confidence: float = 0.95) -> list[Point]:
    """The survival curve: one point at each length at which a stay ended, in order; none if no stay has ended.

    The bounds are Greenwood's, on the log-minus-log scale, which keeps them within 0 to 1 (J. D. Kalbfleisch,
    R. L. Prentice, The Statistical Analysis of Failure Time Data, 1980, 1.4). A stay last seen at the length at which
    others end counts as at risk there, as is the convention.
    """
    left, ended = Counter[float](), Counter[float]()
    for stay in stays:
        left[stay.length] += 1
        ended[stay.length] += stay.ended
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    at_risk, still, variance, curve = left.total(), 1.0, 0.0, list[Point]()
    for length in sorted(left):
        ends = ended[length]
        if ends:
            still *= 1 - ends / at_risk
            variance += ends / (at_risk * (at_risk - ends)) if ends < at_risk else inf
            low, high = _bounds(still, variance, z)
            curve.append(Point(length=length, at_risk=at_risk, ended=ends, still=still, low=low, high=high))
        at_risk -= left[length]
    return curve


def median(curve: Sequence[Point]) -> float | None:
    """The length by which half have ended; None while more than half are still there, which is not "forever"."""
    return next((point.length for point in curve if point.still <= 0.5), None)


def quantile(curve: Sequence[Point], share: float) -> tuple[float | None, float | None, float | None]:
    """The length by which *share* have ended, and between which lengths it truly lies; None where the curve does not come so far.

    Source: R. Brookmeyer, J. Crowley, A confidence interval for the median survival time, Biometrics 38 (1982) 29-41: where the
    bounds of the curve cross the level.
    """
    left = 1 - share

    def first(side: str) -> float | None:
        return next((point.length for point in curve if getattr(point, side) <= left + 1e-12), None)

    return first("still"), first("low"), first("high")


def still_after(curve: Sequence[Point], length: float) -> float:
    """The share that is still there after *length*."""
    return next((point.still for point in reversed(curve) if point.length <= length), 1.0)


def _bounds(still: float, variance: float, z: float) -> tuple[float, float]:
    if still == 0:
        return 0.0, 0.0
    spread = z * sqrt(variance) / abs(log(still))
    return still ** exp(spread), still ** exp(-spread)
