"""Charts are shapes with bounds: inside the picture, in proportion, and nothing that is there is invisible."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.charts import PITCH, bars, months, stack

FIRST = date(2026, 1, 30)
COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=90)


def days(count):
    return [FIRST + timedelta(days=each) for each in range(count)]


@given(COUNTS)
def test_bars_stand_on_the_ground_and_none_is_too_low_to_be_seen(counts):
    drawn = bars(days(len(counts)), counts, height=40)
    assert [bar.count for bar in drawn] == [count for count in counts if count]
    for bar in drawn:
        assert 1 <= bar.height <= 40
        assert round(bar.y + bar.height, 2) == 40
        assert bar.x == PITCH * (bar.day - FIRST).days
    if any(counts):
        assert max(bar.height for bar in drawn) == 40


@given(COUNTS)
def test_bands_fill_the_picture_and_never_leave_it(counts):
    bands = stack([("cold", counts), ("hot", counts[::-1])], width=360, height=120)
    assert [band.name for band in bands] == ["cold", "hot"]
    for band in bands:
        corners = [tuple(map(float, each.split())) for each in band.path.strip("MZ").split("L")]
        assert len(corners) == 2 * len(counts)
        assert all(0 <= x <= 360 and 0 <= y <= 120 for x, y in corners)


def test_an_empty_stack_has_no_bands():
    assert stack([]) == ()
    assert stack([("cold", [])]) == ()


def test_months_are_ruled_where_they_begin():
    assert [(rule.day, rule.x) for rule in months(days(40))] == [
        (date(2026, 2, 1), 5.0),
        (date(2026, 3, 1), 75.0),
    ]
