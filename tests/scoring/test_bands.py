"""Grades and temperatures of a score, and the exact moment at which decay crosses a bound."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nurture.content.model import Band, GradeBounds, TemperaturePolicy
from nurture.scoring.bands import MICROSECOND, grade_of, next_crossing, temperature_of
from nurture.scoring.ledger import interest_score
from nurture.vocabulary.state import Accumulator
from nurture.vocabulary.words import Grade, Temperature

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = 86_400
GRADES = {
    Grade.A: GradeBounds(fit=60, interest=60),
    Grade.B: GradeBounds(fit=60, interest=25),
    Grade.C: GradeBounds(fit=30, interest=25),
    Grade.D: GradeBounds(fit=30),
}
POLICY = TemperaturePolicy(hot=Band(enter=60, leave=50), warm=Band(enter=25, leave=18))
COLD, WARM, HOT = Temperature


@pytest.mark.parametrize(
    ("fit", "interest", "grade"),
    [
        (60, 60, Grade.A),
        (100, 59.99, Grade.B),
        (59, 100, Grade.C),
        (60, 24.9, Grade.D),
        (30, 0, Grade.D),
        (29, 100, Grade.E),
    ],
)
def test_the_first_grade_that_holds(fit, interest, grade):
    assert grade_of(GRADES, fit=fit, interest=interest, completeness=1.0) is grade


@pytest.mark.parametrize(("known", "grade"), [(0.5, Grade.A), (0.49, Grade.E), (0.0, Grade.E)])
def test_a_profile_less_than_half_known_is_e(known, grade):
    assert grade_of(GRADES, fit=100, interest=100, completeness=known) is grade


@pytest.mark.parametrize(
    ("current", "interest", "wanted"),
    [
        (COLD, 24.99, COLD),
        (COLD, 25, WARM),
        (COLD, 60, HOT),
        (WARM, 18, WARM),
        (WARM, 17.99, COLD),
        (WARM, 60, HOT),
        (HOT, 50, HOT),
        (HOT, 49.99, WARM),
        (HOT, 17, COLD),
    ],
)
def test_enter_and_leave_differ(current, interest, wanted):
    assert temperature_of(POLICY, current, interest) is wanted


accumulators = st.lists(
    st.builds(
        Accumulator,
        group=st.sampled_from(["email", "web"]),
        half_life=st.sampled_from([3_600, DAY, 14 * DAY, 30 * DAY, 3_650 * DAY]),
        value=st.floats(0, 80),
        # A moment after now is dated by a clock that is ahead of ours.
        at=st.integers(-40 * DAY, DAY).map(lambda seconds: MONDAY + timedelta(seconds=seconds)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: (each.group, each.half_life),
).map(tuple)
bounds = st.lists(st.integers(1, 99).map(float), max_size=6, unique=True).map(
    lambda each: tuple(sorted(each))
)


@given(accumulators, bounds)
@example((Accumulator("email", 30 * DAY, 60.0, MONDAY),), (60.0,))
@example((Accumulator("email", 30 * DAY, 80.0, MONDAY), Accumulator("web", 3_600, 80.0, MONDAY)), (99.0,))
@example((Accumulator("web", DAY, 60.0, MONDAY + timedelta(hours=1)),), (50.0,))
@example(
    (Accumulator("web", DAY, 60.0, MONDAY + timedelta(hours=1)), Accumulator("email", 3_600, 60.0, MONDAY)),
    (70.0, 99.0),
)
def test_a_crossing_is_exact_to_the_microsecond(sums, below):
    crossing = next_crossing(sums, below, MONDAY)
    reached = [bound for bound in below if bound <= interest_score(sums, MONDAY)]
    if not reached:
        assert crossing is None
        return
    assert crossing > MONDAY
    assert interest_score(sums, crossing - MICROSECOND) >= max(reached)
    assert interest_score(sums, crossing) < max(reached)


def test_one_half_life_is_found_where_it_ends():
    sums = (Accumulator("email", 10 * DAY, 50.0, MONDAY),)
    assert next_crossing(sums, (25.0,), MONDAY) - MONDAY == timedelta(days=10) + MICROSECOND


@given(accumulators, bounds)
def test_from_each_crossing_the_next_is_a_lower_bound_so_that_a_lead_wakes_once_a_bound(sums, below):
    at, wakes = MONDAY, 0
    while (crossing := next_crossing(sums, below, at)) is not None:
        assert crossing > at
        at, wakes = crossing, wakes + 1
    assert wakes <= len(below)
