"""Rates, how sure they are, whether two of them differ, and how much more it takes to tell."""

from math import ceil, sqrt
from statistics import NormalDist

import msgspec

from nurture.statistics.intervals import wilson

CONFIDENCE = 0.95
POWER = 0.8
"""How often a difference of the size that is seen would be found, had it been looked for in enough."""
WORTH_KNOWING = 0.1
"""Two rates that are as good as alike would take any number to tell apart; a difference of this share of the rate is what is asked for."""


class Rate(msgspec.Struct, frozen=True):
    """So many *successes* in so many *trials*."""

    successes: int
    trials: int

    @property
    def share(self) -> float | None:
        """0 to 1; None without a trial, which is unknown and not nothing."""
        return self.successes / self.trials if self.trials else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which shares it lies, by Wilson, at 95 percent."""
        return wilson(self.successes, self.trials, CONFIDENCE)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.successes + other.successes, self.trials + other.trials)

    def without(self, other: "Rate") -> "Rate":
        """Of those that are not *other*'s, which are some of these."""
        return Rate(self.successes - other.successes, self.trials - other.trials)


class Difference(msgspec.Struct, frozen=True):
    """By how much one rate is above another: *seen*, and between which bounds, -1 to 1."""

    seen: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the bounds leave out that there is none."""
        return self.low > 0 or self.high < 0


def difference(one: Rate, other: Rate, confidence: float = CONFIDENCE) -> Difference | None:
    """How far *one* is above *other*; None where either has no trial.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine
    17 (1998) 873-890, method 10: from the Wilson bounds of both.
    """
    p, q = one.share, other.share
    if p is None or q is None:
        return None
    (p_low, p_high), (q_low, q_high) = (
        wilson(each.successes, each.trials, confidence) for each in (one, other)
    )
    return Difference(
        seen=p - q,
        low=p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2),
        high=p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2),
    )


def needed(one: Rate, other: Rate, confidence: float = CONFIDENCE) -> int | None:
    """How many more trials *one* needs until a difference as large as the one that is seen would be told from chance.

    Where less than a tenth of the rate is seen, a tenth is asked for: what is smaller is no reason to do anything. 0 where it has
    enough; None where nothing is known of either, or nothing has succeeded yet anywhere.
    Source: J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions, 3rd ed. (2003), 4.2, for groups
    of the sizes that there are.
    """
    p, q = one.share, other.share
    if p is None or q is None or one.successes + other.successes == 0:
        return None
    both = one + other
    middle = both.successes / both.trials
    gap = max(abs(p - q), WORTH_KNOWING * middle)
    times = other.trials / one.trials  # the groups grow alike
    normal = NormalDist()
    sure, found = normal.inv_cdf((1 + confidence) / 2), normal.inv_cdf(POWER)
    spread = sqrt(middle * (1 - middle) * (1 + 1 / times))
    apart = sqrt(p * (1 - p) + q * (1 - q) / times)
    return max(0, ceil(((sure * spread + found * apart) / gap) ** 2) - one.trials)
