"""The period that a report is about, and the one before it: whole days of the programme's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

DAY = timedelta(days=1)
USUAL = (7, 30, 90)
"""Lengths that pages offer, in days."""
LONGEST = 3_660
"""Ten years: nobody asks for more, and dates far off have no predecessor."""


class Period(msgspec.Struct, frozen=True):
    """Days from *first* to *last*, both in it.

    seen_at  what happened after this moment is left out: now, or for an earlier period the moment at which it was as old as
             the one that it is compared with. Leads of both then have had the same time.
    is_now   whether that is now, so that nothing can have come later.
    """

    first: date
    last: date
    zone: str
    seen_at: datetime
    is_now: bool = True

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """Its first moment, in UTC; the period is from here to before *until*."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        return self._midnight(self.last + DAY)

    @property
    def before(self) -> "Period":
        """The same number of days right before it, seen when those were as old."""
        back = DAY * self.days
        local = self.seen_at.astimezone(ZoneInfo(self.zone))
        then = datetime.combine(local.date() - back, local.time(), ZoneInfo(self.zone))
        return Period(
            self.first - back, self.last - back, self.zone, then.astimezone(self.seen_at.tzinfo), is_now=False
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


def last_days(days: int, *, now: datetime, zone: str) -> Period:
    """The *days* that end with today."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Period(today - DAY * (days - 1), today, zone, now)


def from_to(first: date, last: date, *, now: datetime, zone: str) -> Period | None:
    """From one day to another; None where they are the wrong way round, too far apart, or all to come."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if first > last or first > today or (last - first).days >= LONGEST or first.year < 1 + LONGEST // 365:
        return None
    return Period(first, min(last, today), zone, now)
