"""How often each variant of an experiment is given, the better the oftener.

Thompson's rule gives a variant as often as it is likely to be the best of all, so that few are sent what does worse and
every doubt is still tried. Rates are taken as Beta-distributed around what was seen, any rate being as likely before.
The chance of being best is integrated, not drawn: the same outcomes always give the same weights.
Source: W. R. Thompson, On the likelihood that one unknown probability exceeds another in view of the evidence of two
samples, Biometrika 25 (1933) 285-294; O. Chapelle, L. Li, An empirical evaluation of Thompson sampling, NIPS 24 (2011).
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import exp, log, log1p, prod, sqrt

FLOOR = 0.05
"""No variant is given less often: a late bloomer must still be seen, and a rate that is not tried is not known."""

REACH = 12
"""Standard deviations around each mean that are looked at; rates near 0 have a long tail on one side."""
FINENESS = 10
"""Steps in a standard deviation."""


def weights(outcomes: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """The probability with which each variant is to be given; they add up to 1.

    outcomes  (successes, trials) of each variant so far, by its name.
    None is below 5 percent, or an equal share where there are more than 20 variants.
    """
    for variant, (successes, trials) in outcomes.items():
        assert 0 <= successes <= trials, f"{variant}: {successes} of {trials} is no rate"
    floor = min(FLOOR, 1 / len(outcomes))
    chances = chances_of_being_best(tuple(outcomes.values()))
    return {
        variant: floor + (1 - floor * len(outcomes)) * chance
        for variant, chance in zip(outcomes, chances, strict=True)
    }


def chances_of_being_best(outcomes: Sequence[tuple[int, int]]) -> list[float]:
    """How likely it is for each of *outcomes* that its true rate is the highest; exact to about 0.0001."""
    cells = _cells(outcomes)
    masses = [_masses(successes, trials - successes, cells) for successes, trials in outcomes]
    below = [
        [total - mass / 2 for total, mass in zip(accumulate(each), each, strict=True)] for each in masses
    ]
    best = [
        sum(
            mass * prod(other[cell] for other in (*below[:place], *below[place + 1 :]))
            for cell, mass in enumerate(own)
        )
        for place, own in enumerate(masses)
    ]
    return [each / sum(best) for each in best]


def _cells(outcomes: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Where rates are looked at, as (middle, width), from 0 to 1: finest where one of the rates probably is."""
    edges = {0.0, 1.0}
    for successes, trials in outcomes:
        mean = (successes + 1) / (trials + 2)
        step = sqrt(mean * (1 - mean) / (trials + 3)) / FINENESS
        near = (mean + step * place for place in range(-REACH * FINENESS, REACH * FINENESS + 1))
        edges.update(edge for edge in near if 0 < edge < 1)
    return [((low + high) / 2, high - low) for low, high in pairwise(sorted(edges))]


def _masses(successes: int, failures: int, cells: Sequence[tuple[float, float]]) -> list[float]:
    """The share of Beta(1 + successes, 1 + failures) in each cell."""
    logs = [successes * log(rate) + failures * log1p(-rate) for rate, _ in cells]
    most = max(logs)  # taken out before exp, which would else underflow to nothing
    masses = [exp(each - most) * width for each, (_, width) in zip(logs, cells, strict=True)]
    total = sum(masses)
    return [mass / total for mass in masses]
