"""R7: mail leaves at the right local hour, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.scheduling.holidays_of import is_holiday
from nurture.scheduling.windows import SendWindow, is_open, next_opening

ALL_DAYS, WEEKDAYS = frozenset(range(7)), frozenset(range(5))
OFFICE = SendWindow(days=WEEKDAYS, opens=time(9), closes=time(17))
DAILY = SendWindow(days=ALL_DAYS, opens=time(9), closes=time(17))
ALWAYS = SendWindow(days=ALL_DAYS, opens=time(0), closes=time(0))
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Asia/Kolkata",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(hours: str, days: frozenset[int] = ALL_DAYS) -> SendWindow:
    opens, closes = hours.split("-")
    return SendWindow(days=days, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


@pytest.mark.parametrize(
    ("zone", "after", "hours", "opening"),
    [
        pytest.param(
            "Europe/Berlin", "2026-03-28 23:00", "02:30-12:00", "2026-03-29 01:00", id="berlin-skipped"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-24 23:00", "02:30-12:00", "2026-10-25 00:30", id="berlin-doubled"
        ),
        pytest.param(
            "America/New_York", "2026-03-08 05:00", "02:30-12:00", "2026-03-08 07:00", id="york-skipped"
        ),
        pytest.param(
            "America/New_York", "2026-11-01 04:00", "01:30-12:00", "2026-11-01 05:30", id="york-doubled"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-03 14:00", "02:15-12:00", "2026-10-03 15:30", id="howe-skipped"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-04-04 14:00", "01:45-12:00", "2026-04-04 14:45", id="howe-doubled"
        ),
        pytest.param(
            "Pacific/Chatham", "2026-09-26 12:00", "03:00-12:00", "2026-09-26 14:00", id="chatham-skipped"
        ),
        pytest.param(
            "Pacific/Chatham", "2026-04-04 12:00", "03:00-12:00", "2026-04-04 13:15", id="chatham-doubled"
        ),
        pytest.param(
            "Pacific/Apia", "2012-09-29 12:00", "03:30-12:00", "2012-09-29 14:00", id="apia-skipped"
        ),
        pytest.param(
            "Pacific/Apia", "2012-03-31 12:00", "03:30-12:00", "2012-03-31 13:30", id="apia-doubled"
        ),
        pytest.param(
            "Africa/Cairo", "2026-04-23 20:00", "00:15-12:00", "2026-04-23 22:00", id="cairo-skipped"
        ),
        pytest.param(
            "Africa/Cairo", "2026-10-29 20:00", "23:30-00:00", "2026-10-29 20:30", id="cairo-doubled"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-11-04 02:00", "00:30-12:00", "2018-11-04 03:00", id="paulo-skipped"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-02-18 01:00", "23:30-00:00", "2018-02-18 01:30", id="paulo-doubled"
        ),
        pytest.param("Asia/Kolkata", "2026-03-29 00:00", "09:00-17:00", "2026-03-29 03:30", id="kolkata"),
    ],
)
def test_a_doubled_hour_opens_first_and_a_skipped_one_at_the_next_valid_moment(zone, after, hours, opening):
    assert next_opening(utc(after), window(hours), ZoneInfo(zone)) == utc(opening)


@pytest.mark.parametrize(
    ("after", "opening", "why"),
    [
        (
            "2026-10-25 00:50",
            "2026-10-25 01:30",
            "the second 02:30, after the first quarter of an hour is over",
        ),
        ("2026-10-25 00:30", "2026-10-25 00:30", "the first 02:30 is open"),
    ],
)
def test_a_short_window_in_a_doubled_hour_is_open_at_both_showings(after, opening, why):
    assert next_opening(utc(after), window("02:30-02:45"), ZoneInfo("Europe/Berlin")) == utc(opening), why


def test_clocks_that_go_back_into_the_window_open_it_again():
    berlin = ZoneInfo("Europe/Berlin")
    assert next_opening(utc("2026-10-25 00:40"), window("01:00-02:30"), berlin) == utc("2026-10-25 01:00")


def test_a_window_wholly_in_a_skipped_hour_stays_closed_that_day():
    berlin = ZoneInfo("Europe/Berlin")
    assert next_opening(utc("2026-03-28 12:00"), window("02:15-02:45"), berlin) == utc("2026-03-30 00:15")


@pytest.mark.parametrize(
    ("days", "opening"), [(ALL_DAYS, "2011-12-30 19:00"), (WEEKDAYS, "2012-01-01 19:00")]
)
def test_the_friday_that_apia_skipped_has_no_window(days, opening):
    thursday_evening = utc("2011-12-30 08:00")
    assert next_opening(thursday_evening, window("09:00-17:00", days), ZoneInfo("Pacific/Apia")) == utc(
        opening
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("year", "days"), [(2011, 365), (2018, 365), (2026, 365), (2028, 366)])
def test_a_daily_window_opens_once_a_day_at_nine_all_year(zone, year, days):
    clock, walls = ZoneInfo(zone), []
    moment = datetime(year, 1, 1, tzinfo=clock)
    while (moment := next_opening(moment, DAILY, clock)).astimezone(clock).year == year:
        walls.append(moment.astimezone(clock))
        moment = datetime.combine(walls[-1], time(17), clock)
    skipped = {date(2011, 12, 30)} if zone == "Pacific/Apia" else set()
    every_day = {date(year, 1, 1) + timedelta(days=day) for day in range(days)} - skipped
    assert len(walls) == len(every_day)
    assert {wall.date() for wall in walls} == every_day
    assert {wall.time() for wall in walls} == {time(9)}


@pytest.mark.parametrize(
    ("after", "opening"),
    [
        ("2026-06-02 07:00", "2026-06-02 07:00"),
        ("2026-06-02 14:59:59.999999", "2026-06-02 14:59:59.999999"),
        ("2026-06-02 15:00", "2026-06-03 07:00"),
        ("2026-06-05 15:00", "2026-06-08 07:00"),
        ("2028-02-28 16:00", "2028-02-29 08:00"),
    ],
    ids=["opens", "last moment", "closes", "week-end", "leap day"],
)
def test_office_hours_in_berlin(after, opening):
    assert next_opening(utc(after), OFFICE, ZoneInfo("Europe/Berlin")) == utc(opening)


@pytest.mark.parametrize(
    ("country", "zone", "after", "opening"),
    [
        ("DE", "Europe/Berlin", "2026-04-02 20:00", "2026-04-07 07:00"),
        ("US", "America/New_York", "2026-07-02 23:00", "2026-07-06 13:00"),
        ("AU", "Australia/Sydney", "2026-01-25 20:00", "2026-01-26 22:00"),
    ],
    ids=["Easter", "Independence Day, observed on Friday", "Australia Day"],
)
def test_holidays_are_closed(country, zone, after, opening):
    def closed(day: date) -> bool:
        return is_holiday(country, day) is not None

    assert next_opening(utc(after), OFFICE, ZoneInfo(zone), closed) == utc(opening)


@pytest.mark.parametrize(
    ("days", "closed"), [(frozenset(), False), (ALL_DAYS, True)], ids=["no days", "all closed"]
)
def test_a_window_that_never_opens_says_so(days, closed):
    with pytest.raises(ValueError, match="give it open days"):
        next_opening(utc("2026-01-01"), window("09:00-17:00", days), ZoneInfo("UTC"), lambda _: closed)


def test_a_window_closes_after_it_opens():
    with pytest.raises(AssertionError, match="opens before it closes"):
        window("17:00-09:00")


def wall_clock_says_open(at: datetime, hours: SendWindow, zone: ZoneInfo) -> bool:
    wall = at.astimezone(zone)
    minute, closes = wall.hour * 60 + wall.minute, hours.closes.hour * 60 + hours.closes.minute
    opens = hours.opens.hour * 60 + hours.opens.minute
    return wall.weekday() in hours.days and opens <= minute < (closes or 1440)


@st.composite
def windows(draw: st.DrawFn) -> SendWindow:
    opens, closes = sorted(draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True)))
    quarters = [time(quarter // 4, quarter % 4 * 15) for quarter in (opens, closes % 96)]
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return SendWindow(days=days, opens=quarters[0], closes=quarters[1])


CHANGES = ["2026-03-29 00:40", "2026-10-25 00:40", "2026-04-04 14:20", "2026-10-03 15:00", "2011-12-30 09:00"]
CHANGES += [
    "2026-04-23 21:30",
    "2026-10-29 20:30",
    "2018-02-18 01:20",
    "2018-11-04 02:40",
    "2012-03-31 13:30",
]
moments = st.one_of(
    st.datetimes(datetime(2005, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC)),
    st.builds(
        lambda near, off: utc(near) + timedelta(minutes=off),
        st.sampled_from(CHANGES),
        st.integers(-2000, 300),
    ),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@settings(deadline=None)
@given(moments, windows(), zones)
def test_an_opening_is_not_before_is_inside_and_stays(after, hours, zone):
    opening = next_opening(after, hours, zone)
    assert opening >= after
    assert opening.tzinfo is UTC
    assert wall_clock_says_open(opening, hours, zone)
    assert is_open(opening, hours, zone)
    assert next_opening(opening, hours, zone) == opening


@settings(max_examples=60, deadline=None)
@given(moments, windows(), zones)
def test_no_earlier_minute_qualifies(after, hours, zone):
    opening = next_opening(after, hours, zone)
    minute = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert opening == after or not wall_clock_says_open(opening - timedelta(microseconds=1), hours, zone)
    while minute < opening:
        assert not wall_clock_says_open(minute, hours, zone), minute
        minute += timedelta(minutes=1)


@settings(deadline=None)
@given(moments, zones)
def test_a_whole_day_window_is_always_open(after, zone):
    assert next_opening(after, ALWAYS, zone) == after
