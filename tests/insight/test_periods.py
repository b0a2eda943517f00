"""Days of a report: whole ones of the programme's clock, and those before them seen when they were as old."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.insight.periods import from_to, last_days

BERLIN = "Europe/Berlin"
NOON = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)


def test_the_last_days_end_with_today():
    week = last_days(7, now=NOON, zone=BERLIN)
    assert (week.first, week.last, week.days) == (date(2026, 11, 24), date(2026, 11, 30), 7)
    assert week.since == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert week.until == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def test_today_is_the_programmes_and_not_greenwichs():
    assert last_days(1, now=datetime(2026, 11, 30, 23, 30, tzinfo=UTC), zone=BERLIN).last == date(2026, 12, 1)


def test_the_days_before_are_seen_when_they_were_as_old():
    before = last_days(7, now=NOON, zone=BERLIN).before
    assert (before.first, before.last) == (date(2026, 11, 17), date(2026, 11, 23))
    assert before.seen_at == NOON - timedelta(days=7)


def test_a_day_of_25_hours_is_a_day():
    before = last_days(1, now=datetime(2026, 10, 26, 11, tzinfo=UTC), zone=BERLIN).before
    assert before.until - before.since == timedelta(hours=25)
    assert before.seen_at == datetime(2026, 10, 25, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2026, 12, 1), date(2026, 12, 2)),
        (date(2010, 1, 1), date(2026, 11, 1)),
        (date(3, 1, 1), date(3, 1, 2)),
    ],
    ids=["the wrong way round", "still to come", "too many", "before there were calendars"],
)
def test_days_that_are_none(first: date, last: date):
    assert from_to(first, last, now=NOON, zone=BERLIN) is None


def test_days_to_come_are_left_out():
    found = from_to(date(2026, 11, 29), date(2027, 1, 1), now=NOON, zone=BERLIN)
    assert found is not None
    assert (found.last, found.days) == (date(2026, 11, 30), 2)


@given(st.dates(date(2020, 1, 1), date(2026, 11, 30)), st.integers(1, 400))
def test_periods_follow_each_other_without_a_gap(last: date, days: int):
    found = from_to(last - timedelta(days=days - 1), last, now=NOON, zone=BERLIN)
    assert found is not None
    assert found.days == days == found.before.days
    assert found.before.until == found.since
