"""Personas that are hardly told apart: most leads that fit the one fit the other, too."""

from collections.abc import Collection, Iterator

import msgspec

from nurture.insight.personas import Crowd

FEWEST = 5
"""Leads in common below which nothing is said: chance makes as many."""


class Overlap(msgspec.Struct, frozen=True):
    """Most of the leads that fit *persona* fit *other*, which fits as many or more.

    both   so many, of *fits* that fit the persona well enough.
    keeps  how many of them the persona gets.
    """

    persona: str
    other: str
    both: int
    fits: int
    keeps: int


def overlaps(crowd: Crowd, *, of: Collection[str] | None = None) -> Iterator[Overlap]:
    """Pairs whose smaller one has at least half of its leads in common with the other, the most leads first.

    of  personas of which one has to be in the pair; None for all.
    """
    for pair, shared in crowd.shared.items():
        smaller, other = sorted(pair, key=lambda key: crowd.fitting[key])
        fits = crowd.fitting[smaller]
        if shared.both < FEWEST or 2 * shared.both < fits or (of is not None and not {*pair} & {*of}):
            continue
        keeps = shared.first if smaller == pair[0] else shared.second
        yield Overlap(smaller, other, both=shared.both, fits=fits, keeps=keeps)
