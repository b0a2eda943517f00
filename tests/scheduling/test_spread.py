"""What was overdue leaves evenly over the window, each at its own moment."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nurture.scheduling.spread import spread

OPENS, CLOSES = datetime(2026, 6, 2, 7, tzinfo=UTC), datetime(2026, 6, 2, 15, tzinfo=UTC)


@given(st.integers(), st.timedeltas(timedelta(microseconds=1), timedelta(days=2)))
def test_inside_the_window_and_always_the_same(key, length):
    moment = spread(key, OPENS, OPENS + length)
    assert OPENS <= moment < OPENS + length
    assert spread(key, OPENS, OPENS + length) == moment


def test_ten_thousand_neighbours_make_no_burst():
    minutes = Counter((spread(key, OPENS, CLOSES) - OPENS) // timedelta(minutes=1) for key in range(10_000))
    assert len(minutes) == 480
    assert max(minutes.values()) < 3 * 10_000 / 480


def test_its_place_is_fixed_for_good():
    """A changed hash would move every planned touch at an upgrade."""
    assert spread(42, OPENS, CLOSES).isoformat() == "2026-06-02T09:20:16.060684+00:00"
