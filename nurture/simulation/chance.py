"""Chance that depends on a seed and on what is asked, never on the order of asking."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from nurture.identity import share

ItemT = TypeVar("ItemT")


class Chance:
    """Draws for one seed; the same draw always falls the same."""

    def __init__(self, seed: int) -> None:
        self._salt = f"simulation:{seed}"

    def lot(self, draw: str, *ids: int | str) -> float:
        """A number in [0, 1)."""
        return share(self._salt, draw, *ids)

    def happens(self, probability: float, draw: str, *ids: int | str) -> bool:
        return self.lot(draw, *ids) < probability

    def pick(self, items: Sequence[ItemT], draw: str, *ids: int | str) -> ItemT:
        return items[int(self.lot(draw, *ids) * len(items))]

    def between(self, least: timedelta, most: timedelta, draw: str, *ids: int | str) -> timedelta:
        """A length of time, short ones more often than long ones."""
        return least + (most - least) * self.lot(draw, *ids) ** 3
