"""A day and a time as a clock on the wall shows them, before anyone has said on which wall."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Self

import msgspec

WALL_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([01][0-9]|2[0-3]):([0-5][0-9])")


class WallClock(msgspec.Struct, frozen=True, order=True):
    """Such as '2026-12-01 09:00'."""

    day: date
    time: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read '2026-12-01 09:00'. Raises ValueError with the expected form."""
        found = WALL_CLOCK.fullmatch(text)
        if found is None:
            raise ValueError('write day and time in quotes, such as "2026-12-01 09:00"')
        try:
            return cls(day=date.fromisoformat(found[1]), time=time(int(found[2]), int(found[3])))
        except ValueError:
            raise ValueError(f"{found[1]} is no day of the calendar") from None

    def moment(self, zone: tzinfo) -> datetime:
        """The UTC moment at which the clocks of *zone* show it: the first of a doubled hour (PEP 495)."""
        return datetime.combine(self.day, self.time, tzinfo=zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.time:%H:%M}"
