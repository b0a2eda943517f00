"""No lead gets more than the caps allow, and none waits longer than they demand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.scheduling.caps import WEEK, Cap, next_under_caps

BERLIN = ZoneInfo("Europe/Berlin")
SHIPPED = (Cap(1, "day"), Cap(3, "week"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("recent", "allowed"),
    [
        ([], "2026-06-10 10:00"),
        (["2026-06-09 21:59"], "2026-06-10 10:00"),
        (["2026-06-09 22:00"], "2026-06-10 22:00"),
        (["2026-06-04 08:00", "2026-06-05 08:00", "2026-06-08 08:00"], "2026-06-11 08:00"),
        (["2026-06-03 10:00", "2026-06-05 08:00", "2026-06-08 08:00"], "2026-06-10 10:00"),
        (["2026-06-04 08:00", "2026-06-05 08:00", "2026-06-10 08:00"], "2026-06-11 08:00"),
        (["2026-06-03 23:00", "2026-06-05 08:00", "2026-06-10 08:00"], "2026-06-10 23:00"),
        (["2026-06-10 10:04"], "2026-06-10 22:00"),
    ],
    ids=[
        "nothing yet",
        "last night, her yesterday",
        "after her midnight",
        "third this week",
        "a week ago to the second",
        "both caps, the week longer",
        "both caps, next day within the week",
        "sent by a clock that is ahead",
    ],
)
def test_when_one_more_may_leave(recent, allowed):
    assert next_under_caps(utc("2026-06-10 10:00"), [utc(sent) for sent in recent], SHIPPED, BERLIN) == utc(
        allowed
    )


@pytest.mark.parametrize(
    ("now", "allowed"),
    [("2026-03-29 12:00", "2026-03-29 22:00"), ("2026-10-25 12:00", "2026-10-25 23:00")],
    ids=["23-hour day", "25-hour day"],
)
def test_a_day_is_a_calendar_day_when_the_clocks_change(now, allowed):
    assert next_under_caps(utc(now), [utc(now)], SHIPPED, BERLIN) == utc(allowed)


def test_no_caps_no_wait():
    now = utc("2026-06-10 10:00")
    assert next_under_caps(now, [now] * 9, (), BERLIN) == now


def test_a_cap_of_nothing_is_refused():
    with pytest.raises(AssertionError, match="lets one mail through"):
        Cap(0, "day")


zones = st.sampled_from(["Europe/Berlin", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
all_caps = st.lists(st.builds(Cap, st.integers(1, 4), st.sampled_from(["day", "week"])), max_size=3)
starts = st.datetimes(datetime(2011, 12, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(days=2)), min_size=1, max_size=25)


def kept(sent: list[datetime], cap: Cap, zone: ZoneInfo) -> bool:
    """Whether the sequence keeps the cap, counted anew."""
    if cap.per == "day":
        days = [moment.astimezone(zone).date() for moment in sent]
        return all(days.count(day) <= cap.amount for day in days)
    return all(sum(end - WEEK < moment <= end for moment in sent) <= cap.amount for end in sent)


@settings(deadline=None)
@given(starts, gaps, all_caps, zones)
def test_a_greedy_sender_never_breaks_a_cap_and_never_waits_in_vain(start, gaps, caps, zone):
    sent: list[datetime] = []
    now = start
    for gap in gaps:
        now += gap
        allowed = next_under_caps(now, sent, caps, zone)
        assert allowed >= now
        assert next_under_caps(allowed, sent, caps, zone) == allowed
        if allowed > now:
            sooner = [*sent, allowed - timedelta(microseconds=1)]
            assert not all(kept(sooner, cap, zone) for cap in caps)
        sent.append(allowed)
        now = allowed
        assert all(kept(sent, cap, zone) for cap in caps)


@settings(deadline=None)
@given(starts, st.permutations(range(5)), all_caps, zones)
def test_order_does_not_matter(now, order, caps, zone):
    recent = [now - timedelta(hours=31 * ago) for ago in range(5)]
    shuffled = [recent[place] for place in order]
    assert next_under_caps(now, shuffled, caps, zone) == next_under_caps(now, recent, caps, zone)
