"""What the doctor says: of each thing whether it is well, what was found, and the remedy."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec


class Level(StrEnum):
    """SKIPPED is for what does not apply here: it is neither well nor ill."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    what    the thing, in two or three words.
    found   how it is.
    remedy  what to do; "" where nothing is to be done.
    record  the DNS record to publish, as a zone file has it; "" where none is missing.
    area    the heading that it stands under; set by ``examine``.
    """

    level: Level
    what: str
    found: str
    remedy: str = ""
    record: str = ""
    area: str = ""


class Report(msgspec.Struct, frozen=True):
    """All findings of one run.

    at       when it began.
    seconds  how long it took.
    """

    at: datetime
    seconds: float
    findings: tuple[Finding, ...]

    def count(self, level: Level) -> int:
        return sum(each.level is level for each in self.findings)

    @property
    def worst(self) -> Level:
        """FAIL where anything fails, else WARN where anything may be better, else OK."""
        return next((level for level in (Level.FAIL, Level.WARN) if self.count(level)), Level.OK)

    def by_area(self) -> dict[str, Sequence[Finding]]:
        """The findings under their headings, in the order of the table."""
        areas = dict.fromkeys(each.area for each in self.findings)
        return {area: [each for each in self.findings if each.area == area] for area in areas}


def ok(what: str, found: str) -> Finding:
    return Finding(Level.OK, what, found)


def warn(what: str, found: str, remedy: str, record: str = "") -> Finding:
    return Finding(Level.WARN, what, found, remedy, record)


def fail(what: str, found: str, remedy: str, record: str = "") -> Finding:
    return Finding(Level.FAIL, what, found, remedy, record)


def skipped(what: str, why: str) -> Finding:
    return Finding(Level.SKIPPED, what, why)
