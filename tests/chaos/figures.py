"""What a row of chaos found: numbers, and what is broken by them."""

import sys
from collections.abc import Mapping
from time import monotonic

import msgspec


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked for; None leaves it to the row.

    seconds  how long a row under load takes; of R9 rather the minutes.
    rate     hits a second.
    """

    seed: int = 1
    messages: int | None = None
    kills: int | None = None
    workers: int | None = None
    rounds: int | None = None
    seconds: int | None = None
    minutes: float | None = None
    rate: int | None = None
    backend: str | None = None
    variant: str | None = None

    def backends(self) -> tuple[str, ...]:
        return ("sqlite", "postgresql") if self.backend is None else (self.backend,)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    row     of spec/6-reliability, such as R1.
    broken  a sentence for each bound that is not kept; empty where the row passes.
    """

    row: str
    what: str
    seed: int
    numbers: Mapping[str, object]
    broken: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        return not self.broken


def bounds(**kept: bool) -> tuple[str, ...]:
    """The names of those that are not kept."""
    return tuple(name.replace("_", " ") for name, holds in kept.items() if not holds)


class Progress:
    """Says how far a row is, at most every few seconds."""

    EVERY_SECONDS = 10

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._said = monotonic()

    def say(self, text: str) -> None:
        now = monotonic()
        if now - self._said >= self.EVERY_SECONDS:
            self._said = now
            sys.stderr.write(f"  {self._what}: {text}, {now - self._began:.0f} s\n")
