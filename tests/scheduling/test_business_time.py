"""What '4 business hours' and '1 business day' mean, beside nights, week-ends, holidays and clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.durations import Duration, Unit
from nurture.scheduling.business_time import BusinessHours, add, between, next_morning

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessHours(days=frozenset(range(5)), opens=time(9), closes=time(17), zone=BERLIN, country="DE")
ROUND_THE_CLOCK = BusinessHours(days=frozenset(range(7)), opens=time(0), closes=time(0), zone=BERLIN)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-06-02 10:00", "2 business hours", "2026-06-02 12:00"),
        ("2026-06-02 16:00", "2 business hours", "2026-06-03 10:00"),
        ("2026-06-05 16:30", "90 business minutes", "2026-06-08 10:00"),
        ("2026-06-06 12:00", "4 business hours", "2026-06-08 13:00"),
        ("2026-06-05 14:00", "3 business hours", "2026-06-05 17:00"),
        ("2026-06-02 14:00", "1 business day", "2026-06-03 14:00"),
        ("2026-06-05 14:00", "1 business day", "2026-06-08 14:00"),
        ("2026-06-06 12:00", "1 business day", "2026-06-08 17:00"),
        ("2026-04-02 16:00", "2 business hours", "2026-04-07 10:00"),
        ("2028-02-28 14:00", "1 business day", "2028-02-29 14:00"),
        ("2026-03-27 14:00", "1 business day", "2026-03-30 14:00"),
        ("2026-06-06 12:00", "0 business hours", "2026-06-06 12:00"),
        ("2026-06-06 12:00", "36 hours", "2026-06-08 00:00"),
        ("2026-03-28 12:00", "1 day", "2026-03-29 13:00"),
    ],
    ids=[
        "same day",
        "over night",
        "over the week-end",
        "from a Saturday",
        "ends as the office closes",
        "a day",
        "a day over the week-end",
        "a day from a Saturday is all of Monday",
        "over Easter",
        "leap day",
        "the clocks go forward",
        "nothing",
        "plain hours pass at any time",
        "a plain day is 24 hours",
    ],
)
def test_due_moments_in_berlin(start, duration, end):
    assert add(berlin(start), Duration.parse(duration), OFFICE) == berlin(end)


@pytest.mark.parametrize(
    ("after", "morning"),
    [
        ("2026-06-02 00:00", "2026-06-03 09:00"),
        ("2026-06-02 23:59", "2026-06-03 09:00"),
        ("2026-06-05 08:00", "2026-06-08 09:00"),
        ("2026-04-02 16:00", "2026-04-07 09:00"),
    ],
    ids=["as a day begins", "as it ends", "on a Friday before the office opens", "before Easter"],
)
def test_the_next_morning_is_that_of_a_later_working_day(after, morning):
    assert next_morning(berlin(after), OFFICE) == berlin(morning)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-06-02 10:00", "2026-06-02 12:30", 2.5),
        ("2026-06-05 16:00", "2026-06-08 10:00", 2),
        ("2026-06-06 00:00", "2026-06-07 23:00", 0),
        ("2026-06-01 00:00", "2026-06-08 00:00", 40),
        ("2026-04-02 09:00", "2026-04-07 17:00", 16),
        ("2026-06-03 10:00", "2026-06-02 10:00", 0),
    ],
    ids=["same day", "over the week-end", "a week-end", "a week", "over Easter", "backwards"],
)
def test_working_time_in_berlin(start, end, hours):
    assert between(berlin(start), berlin(end), OFFICE) == timedelta(hours=hours)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-02", 24)])
def test_round_the_clock_works_the_hours_that_the_day_has(day, hours):
    start = berlin(f"{day} 00:00")
    following = (start.astimezone(BERLIN) + timedelta(days=1)).astimezone(UTC)
    assert between(start, following, ROUND_THE_CLOCK) == timedelta(hours=hours)
    assert add(start, Duration.parse(f"{hours} business hours"), ROUND_THE_CLOCK) == following


def test_an_office_that_never_works_says_so():
    closed = BusinessHours(days=frozenset(), opens=time(9), closes=time(17), zone=BERLIN)
    with pytest.raises(ValueError, match="give them one"):
        add(berlin("2026-06-02 10:00"), Duration.parse("1 business hour"), closed)


moments = st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(
    [
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Apia",
        "Africa/Cairo",
        "America/Sao_Paulo",
    ]
).map(ZoneInfo)


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    opens, closes = sorted(draw(st.lists(st.integers(0, 24), min_size=2, max_size=2, unique=True)))
    return BusinessHours(
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=time(opens),
        closes=time(closes % 24),
        zone=draw(zones),
        country=draw(st.sampled_from([None, "DE", "US", "AU"])),
    )


durations = st.builds(
    Duration,
    amount=st.integers(0, 60),
    unit=st.sampled_from([Unit.MINUTE, Unit.HOUR, Unit.DAY]),
    business=st.just(True),
)


@settings(deadline=None)
@given(moments, durations, business_hours())
def test_the_working_time_until_the_due_moment_is_the_duration(start, duration, hours):
    due = add(start, duration, hours)
    per_unit = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1), Unit.DAY: hours.day_length}
    assert due >= start
    assert between(start, due, hours) == duration.amount * per_unit[duration.unit]
    if duration.amount:
        assert between(start, due - timedelta(seconds=1), hours) < between(start, due, hours)


@settings(deadline=None)
@given(st.lists(moments, min_size=3, max_size=3), business_hours())
def test_working_time_adds_up(times, hours):
    first, second, third = sorted(times)
    third = min(third, second + timedelta(days=400))
    first = max(first, second - timedelta(days=400))
    whole = between(first, third, hours)
    assert between(first, second, hours) + between(second, third, hours) == whole <= third - first
