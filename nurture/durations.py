"""The small grammar of amounts that programme files use: '3 days', '2 business hours', '20 per second', '5 percent'.

Plain durations are elapsed time: a day is 24 hours whatever the clocks do. Business durations count only
working time and need a calendar (``scheduling.business_time``).
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Self

import msgspec


class Unit(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3_600, Unit.DAY: 86_400, Unit.WEEK: 604_800}

DURATION = re.compile(r"(\d+) (business )?(second|minute|hour|day|week)s?")
RATE = re.compile(r"(\d+) per (second|minute|hour|day|week)")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) percent")
COUNT = re.compile(r"(\d+) (unreceived mails|mails|mail)")


class Duration(msgspec.Struct, frozen=True, order=False):
    """A length of time as written: '90 minutes', '1 business day'."""

    amount: int
    unit: Unit
    business: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read '3 days' or '2 business hours'. Raises ValueError with the expected form."""
        found = DURATION.fullmatch(text)
        if found is None or (found[2] and found[3] not in ("minute", "hour", "day")):
            raise ValueError("write a duration such as '3 days', '90 minutes' or '2 business hours'")
        return cls(amount=int(found[1]), unit=Unit(found[3]), business=bool(found[2]))

    @property
    def elapsed(self) -> timedelta:
        """The elapsed time of a plain duration; asking it of a business duration is our mistake."""
        assert not self.business, f"{self} needs a business calendar"
        return timedelta(seconds=self.amount * SECONDS[self.unit])

    def __str__(self) -> str:
        business = "business " if self.business else ""
        return f"{self.amount} {business}{self.unit}{'' if self.amount == 1 else 's'}"


class Rate(msgspec.Struct, frozen=True):
    """So many in each unit of time: '20 per second', '3 per day'."""

    amount: int
    per: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read '20 per second'. Raises ValueError with the expected form."""
        found = RATE.fullmatch(text)
        if found is None:
            raise ValueError("write a rate such as '20 per second' or '3 per day'")
        return cls(amount=int(found[1]), per=Unit(found[2]))

    @property
    def period(self) -> timedelta:
        return timedelta(seconds=SECONDS[self.per])

    def __str__(self) -> str:
        return f"{self.amount} per {self.per}"


class Percent(msgspec.Struct, frozen=True):
    """A share, written '5 percent'; ``share`` is 0.05."""

    amount: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read '5 percent'. Raises ValueError with the expected form."""
        found = PERCENT.fullmatch(text)
        if found is None or float(found[1]) > 100:
            raise ValueError("write a share such as '5 percent', from 0 to 100")
        return cls(amount=float(found[1]))

    @property
    def share(self) -> float:
        return self.amount / 100

    def __str__(self) -> str:
        return f"{self.amount:g} percent"


class Count(msgspec.Struct, frozen=True):
    """A number of mails: '4 mails', '12 unreceived mails'."""

    amount: int
    noun: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read '4 mails'. Raises ValueError with the expected form."""
        found = COUNT.fullmatch(text)
        if found is None:
            raise ValueError("write a number of mails such as '4 mails' or '12 unreceived mails'")
        return cls(amount=int(found[1]), noun=found[2])

    def __str__(self) -> str:
        return f"{self.amount} {self.noun}"
