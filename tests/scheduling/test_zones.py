"""Whose clock counts, and what a calendar day is on it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.scheduling.zones import first_moment, local_day, zone_of


@pytest.mark.parametrize(
    ("time_zone", "country", "zone"),
    [
        ("America/New_York", "DE", "America/New_York"),
        ("europe/BERLIN", None, "Europe/Berlin"),
        ("Europe/Atlantis", "JP", "Asia/Tokyo"),
        (None, "NL", "Europe/Amsterdam"),
        (None, "de", "Europe/Berlin"),
        ("", "AT", "Europe/Vienna"),
        (None, "US", "Etc/UTC"),
        (None, "ES", "Etc/UTC"),
        (None, "XX", "Etc/UTC"),
        (None, None, "Etc/UTC"),
        ("Europe", None, "Etc/UTC"),
        ("../../etc/passwd", None, "Etc/UTC"),
        ("a\0b", "\0", "Etc/UTC"),
        ("x" * 5000, None, "Etc/UTC"),
    ],
)
def test_own_zone_then_the_country_s_only_one_then_the_programme_s(time_zone, country, zone):
    assert zone_of(time_zone, country, "Etc/UTC").key == zone


def test_an_unknown_zone_of_the_programme_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        zone_of(None, None, "Europe/Atlantis")


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/Berlin", "2026-03-29 12:00", 23),
        ("Europe/Berlin", "2026-10-25 12:00", 25),
        ("Australia/Lord_Howe", "2026-04-05 20:00", 24),
        ("Australia/Lord_Howe", "2026-04-04 20:00", 24.5),
        ("Africa/Cairo", "2026-04-24 12:00", 23),
        ("Africa/Cairo", "2026-10-29 12:00", 25),
        ("Pacific/Apia", "2011-12-30 09:30", 24),
        ("Asia/Kolkata", "2026-03-29 12:00", 24),
    ],
)
def test_a_calendar_day_is_as_long_as_the_clock_makes_it(zone, at, hours):
    start, end = local_day(datetime.fromisoformat(at).replace(tzinfo=UTC), ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)


def test_the_day_that_apia_skipped_has_no_length():
    apia = ZoneInfo("Pacific/Apia")
    starts = [first_moment(date(2011, 12, day), time(0), apia) for day in (30, 31)]
    assert starts[0] == starts[1] == datetime(2011, 12, 30, 10, tzinfo=UTC)


every_zone = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
moments = st.datetimes(datetime(1975, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))


@settings(deadline=None)
@given(moments, every_zone)
def test_a_moment_lies_inside_its_day(at, zone):
    start, end = local_day(at, zone)
    assert start <= at < end
    assert timedelta(0) < end - start <= timedelta(hours=26)


def test_a_midnight_that_comes_twice_belongs_to_both_days():
    """St John's went from 00:01 back to 23:01 on 2010-11-07."""
    second_evening = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)
    assert local_day(second_evening, ZoneInfo("America/St_Johns"))[1] == datetime(
        2010, 11, 7, 3, 30, tzinfo=UTC
    )


@settings(deadline=None)
@given(st.dates(date(1975, 1, 1), date(2050, 1, 1)), st.times(), every_zone)
def test_the_first_moment_shows_the_reading_or_ends_a_gap(day, clock, zone):
    moment = first_moment(day, clock, zone)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, clock)
    just_before = (moment - timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None)
    assert shown == wanted or just_before < wanted < shown
