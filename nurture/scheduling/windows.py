"""When mail may leave, read off the lead's own wall clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from nurture.scheduling.zones import DAY, MIDNIGHT, change_between, first_moment, local_day, moments_of

__all__ = ["SendWindow", "is_open", "local_day", "never", "next_opening"]

SEARCHED_DAYS = 370
"""A year and a few days: whatever repeats yearly has been met once."""


class SendWindow(msgspec.Struct, frozen=True):
    """The hours in which mail may leave.

    days    weekdays, Monday is 0.
    opens   wall clock, the first moment inside.
    closes  wall clock, the first moment outside; 00:00 is the end of the day (24:00), so 00:00 to 00:00 is all of it.
    """

    days: frozenset[int]
    opens: time
    closes: time

    def __post_init__(self) -> None:
        assert self.opens < self.closes or self.closes == MIDNIGHT, "a window opens before it closes"

    def holds(self, wall: datetime) -> bool:
        """Whether a clock that shows *wall* is inside; holidays apart."""
        clock = wall.time()
        return (
            self.opens <= clock
            and (clock < self.closes or self.closes == MIDNIGHT)
            and wall.weekday() in self.days
        )


def never(_day: date) -> bool:
    """No day is closed."""
    return False


def next_opening(
    after: datetime, window: SendWindow, zone: ZoneInfo, closed: Callable[[date], bool] = never
) -> datetime:
    """The first UTC moment at or after *after* at which mail may leave.

    after   aware, any zone.
    zone    the lead's. A window that opens in a doubled hour opens at its first showing, one that opens in a skipped
            hour at the next valid moment (PEP 495); one that lies wholly in a skipped hour does not open that day.
    closed  whether a local day is a holiday.
    Raises ValueError if the window does not open within 370 days: it has no days, or all of them are closed.
    """
    if is_open(after, window, zone, closed):
        return after.astimezone(UTC)
    day = after.astimezone(zone).date()
    for _ in range(SEARCHED_DAYS):
        if day.weekday() in window.days and not closed(day):
            for opening in _openings(day, window, zone):
                if opening >= after:
                    return opening
        day += DAY
    raise ValueError(
        f"{window} does not open in {zone} within {SEARCHED_DAYS} days of {after}; give it open days"
    )


def is_open(at: datetime, window: SendWindow, zone: ZoneInfo, closed: Callable[[date], bool] = never) -> bool:
    """Whether mail may leave at *at*: the lead's clock shows a time inside the window on a day that is not closed."""
    assert at.tzinfo is not None, "moments are aware"
    wall = at.astimezone(zone)
    return window.holds(wall) and not closed(wall.date())


@lru_cache(maxsize=8192)  # a batch holds many leads but few zones and days
def _openings(day: date, window: SendWindow, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments of a local day at which the window opens, in order; more than one only when clocks go back."""
    found = set(moments_of(day, window.opens, zone))
    changed = change_between(first_moment(day, MIDNIGHT, zone), first_moment(day + DAY, MIDNIGHT, zone), zone)
    if changed is not None:
        found.add(changed)
    walls = ((moment, moment.astimezone(zone)) for moment in sorted(found))
    return tuple(moment for moment, wall in walls if wall.date() == day and window.holds(wall))
