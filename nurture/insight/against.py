"""Whether one kind of leads, or one variant, does better than all others together, and what it takes to know: no winner by chance."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from nurture.statistics.rates import CONFIDENCE, Difference, Rate, difference, needed


class Verdict(StrEnum):
    """What can be said.

    ABOVE, BELOW  the bounds of the difference leave out that there is none.
    ALIKE         enough was seen, and no difference worth a decision.
    TOO_FEW       not enough was seen to say.
    ALONE         there are no others.
    """

    ABOVE = "above"
    BELOW = "below"
    ALIKE = "alike"
    TOO_FEW = "too few"
    ALONE = "alone"


class Compared(msgspec.Struct, frozen=True):
    """One of several.

    gap   to all others together; None where there are none.
    more  how many more trials it needs before a difference like the one seen could be told; None for unknown.
    """

    rate: Rate
    gap: Difference | None
    more: int | None

    @property
    def verdict(self) -> Verdict:
        if self.gap is None:
            return Verdict.ALONE if self.rate.trials else Verdict.TOO_FEW
        if self.gap.is_sure:
            return Verdict.ABOVE if self.gap.low > 0 else Verdict.BELOW
        return Verdict.ALIKE if self.more == 0 else Verdict.TOO_FEW


def compared(rates: Mapping[str | None, Rate]) -> dict[str | None, Compared]:
    """Each of *rates* against all others together.

    The more are looked at, the more often one of them would stand out by chance: each has its share of the 5 percent
    (C. E. Bonferroni).
    """
    whole = total(tuple(rates.values()))
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(rates))
    found: dict[str | None, Compared] = {}
    for name, rate in rates.items():
        others = whole.without(rate)
        found[name] = Compared(rate, difference(rate, others, confidence), needed(rate, others, confidence))
    return found


def total(rates: Sequence[Rate]) -> Rate:
    """All of them together."""
    return sum(rates, Rate(0, 0))
