"""How sure a rate is."""

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a rate, as (low, high) within 0 to 1.

    confidence  two-sided, strictly between 0 and 1.
    It holds for small numbers and rates near 0 or 1, where the textbook interval leaves 0 to 1. Without a trial nothing
    is known: (0, 1).
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
    """
    assert 0 <= successes <= trials, f"{successes} of {trials} is no rate"
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, weight = successes / trials, z * z / trials
    centre = (rate + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(rate * (1 - rate) / trials + weight / (4 * trials))
    # Exact at the ends, where rounding would show a rate of nothing as 1e-18.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return low, high
