"""Time that counts only while the office is open: what '4 business hours' and '1 business day' mean."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from nurture.durations import Duration, Unit
from nurture.scheduling.holidays_of import is_holiday
from nurture.scheduling.zones import DAY, MIDNIGHT, first_moment, local_day

SEARCHED_DAYS = 370
"""A calendar without one working day in so many has none."""


class BusinessHours(msgspec.Struct, frozen=True):
    """When people work.

    days     weekdays, Monday is 0.
    opens    wall clock in *zone*; *closes* likewise, 00:00 is the end of the day (24:00).
    country  whose public holidays are free (ISO 3166 alpha-2); None keeps no holidays.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo
    country: str | None = None

    def __post_init__(self) -> None:
        assert self.opens < self.closes or self.closes == MIDNIGHT, "an office opens before it closes"

    @property
    def day_length(self) -> timedelta:
        """The working time of one full day, which is what '1 business day' stands for."""
        length = datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)
        return length if length > timedelta(0) else length + DAY


def add(start: datetime, duration: Duration, hours: BusinessHours) -> datetime:
    """The first UTC moment by which *duration* has passed since *start*.

    A business duration counts working time only: with 9 to 17, one business day from Tuesday 14:00 ends on Wednesday
    14:00, and three hours from Friday 14:00 end on Friday 17:00. A plain duration is elapsed time.
    Raises ValueError if *hours* has no working day within 370 days.
    """
    if not duration.business:
        return start.astimezone(UTC) + duration.elapsed
    left = _working_time(duration, hours)
    if not left:
        return start.astimezone(UTC)
    for opened, closed in _stretches(start, hours):
        begun = max(opened, start)
        if begun + left <= closed:
            return begun.astimezone(UTC) + left
        left -= closed - begun
    raise AssertionError("stretches end only by an error")


def next_morning(after: datetime, hours: BusinessHours) -> datetime:
    """When the office opens next on a later day than that of *after*, in UTC."""
    _, midnight = local_day(after, hours.zone)
    opened, _ = next(_stretches(midnight, hours))
    return opened.astimezone(UTC)


def between(start: datetime, end: datetime, hours: BusinessHours) -> timedelta:
    """The working time from *start* to *end*; nothing if *end* is not later.

    Raises ValueError if *hours* has no working day within 370 days.
    """
    worked = timedelta(0)
    if end <= start:
        return worked
    for opened, closed in _stretches(start, hours):
        if opened >= end:
            break
        worked += min(closed, end) - max(opened, start)
    return worked


def _working_time(duration: Duration, hours: BusinessHours) -> timedelta:
    if duration.unit is Unit.DAY:
        return duration.amount * hours.day_length
    return Duration(amount=duration.amount, unit=duration.unit).elapsed


def _stretches(start: datetime, hours: BusinessHours) -> Iterator[tuple[datetime, datetime]]:
    """The working stretches that end after *start*, in order, without end."""
    day, idle = start.astimezone(hours.zone).date(), 0
    while idle < SEARCHED_DAYS:
        stretch = _stretch(day, hours)
        idle = 0 if stretch else idle + 1
        if stretch and stretch[1] > start:
            yield stretch
        day += DAY
    raise ValueError(f"{hours} have no working day within {SEARCHED_DAYS} days of {start}; give them one")


@lru_cache(maxsize=4096)
def _stretch(day: date, hours: BusinessHours) -> tuple[datetime, datetime] | None:
    if day.weekday() not in hours.days or is_holiday(hours.country, day):
        return None
    opened = first_moment(day, hours.opens, hours.zone)
    last = (day + DAY, MIDNIGHT) if hours.closes == MIDNIGHT else (day, hours.closes)
    closed = first_moment(*last, hours.zone)
    return (opened, closed) if opened < closed else None  # a skipped hour may swallow it
