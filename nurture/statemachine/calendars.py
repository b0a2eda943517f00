"""The programme's calendars as ``scheduling`` understands them: working hours, send windows, a lead's own clock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from nurture.content.model import BusinessHoursPolicy, Programme, Sending
from nurture.scheduling.business_time import BusinessHours
from nurture.scheduling.holidays_of import is_holiday
from nurture.scheduling.spread import spread
from nurture.scheduling.windows import SendWindow, never, next_opening
from nurture.scheduling.zones import first_moment, local_day, zone_of
from nurture.vocabulary.lead import Lead

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def working_hours(programme: Programme) -> BusinessHours:
    """When people of ours work."""
    return _working_hours(programme.business_hours, programme.time_zone)


def send_window(sending: Sending) -> SendWindow:
    """When marketing mail may leave, on the lead's clock."""
    return _send_window(sending.days, *sending.between)


def zone(programme: Programme, lead: Lead) -> ZoneInfo:
    """The wall clock of *lead*: its own zone, its country's, or the programme's choice."""
    return zone_of(lead.time_zone, lead.country, programme.sending.time_zone.otherwise)


def closed_on(programme: Programme, lead: Lead) -> Callable[[date], bool]:
    """Whether no mail leaves for *lead* on a day because it is a public holiday."""
    holidays = programme.sending.holidays
    return _closed(lead.country if holidays == "lead" else holidays)


@lru_cache(maxsize=512)
def _closed(country: str | None) -> Callable[[date], bool]:
    if country is None:
        return never

    def closed(day: date) -> bool:
        return is_holiday(country, day) is not None

    return closed


@lru_cache(maxsize=64)
def _working_hours(policy: BusinessHoursPolicy, time_zone: str) -> BusinessHours:
    opens, closes = policy.between
    return BusinessHours(
        days=weekdays(policy.days),
        opens=opens,
        closes=closes,
        zone=ZoneInfo(time_zone),
        country=policy.holidays,
    )


@lru_cache(maxsize=64)
def _send_window(days: tuple[str, ...], opens: time, closes: time) -> SendWindow:
    return SendWindow(days=weekdays(days), opens=opens, closes=closes)


def weekdays(names: tuple[str, ...]) -> frozenset[int]:
    """Monday is 0."""
    return frozenset(WEEKDAYS.index(name) for name in names)


ONE_HOUR = timedelta(hours=1)
"""What is left of a window must be at least so long for a crowd to be spread over it."""


def spread_over_window(
    programme: Programme, lead: Lead, key: int, after: datetime, *, always_open: bool = False
) -> datetime:
    """A moment for something overdue: in what is left of the send window, or in the next one, by *key* and never in a burst.

    always_open  for operational mail, which knows no window: within the hour.
    """
    soonest = after + timedelta(seconds=1)
    if always_open:
        return spread(key, soonest, soonest + ONE_HOUR)
    opens = opening(programme, lead, soonest)
    closes = closing(programme, lead, opens)
    if closes - opens < ONE_HOUR:
        opens = opening(programme, lead, closes)
        closes = closing(programme, lead, opens)
    return spread(key, opens, closes)


def opening(programme: Programme, lead: Lead, after: datetime) -> datetime:
    """The first moment at or after *after* at which marketing mail may leave for *lead*."""
    return next_opening(
        after, send_window(programme.sending), zone(programme, lead), closed_on(programme, lead)
    )


def closing(programme: Programme, lead: Lead, opened: datetime) -> datetime:
    """When the window that is open at *opened* closes."""
    clock, closes = zone(programme, lead), programme.sending.between[1]
    _, midnight = local_day(opened, clock)
    if closes == time.min:
        return midnight
    found = first_moment(opened.astimezone(clock).date(), closes, clock)
    return found if found > opened else midnight  # a window that is open twice on the day when clocks go back
