"""Rates and their differences, against the figures of those who found the intervals; and how much more it takes to tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.statistics.rates import Rate, difference, needed

COUNTS = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
RATES = COUNTS.map(lambda each: Rate(*each))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Rate(56, 70), Rate(48, 80), 0.0524, 0.3339),
        (Rate(9, 10), Rate(3, 10), 0.1705, 0.8090),
        (Rate(6, 7), Rate(2, 7), 0.0582, 0.8062),
        (Rate(5, 56), Rate(0, 29), -0.0381, 0.1926),
        (Rate(0, 10), Rate(0, 20), -0.1611, 0.2775),
        (Rate(0, 10), Rate(0, 10), -0.2775, 0.2775),
        (Rate(10, 10), Rate(0, 20), 0.6791, 1.0000),
    ],
    ids=str,
)
def test_the_bounds_of_a_difference_are_newcombes(one: Rate, other: Rate, low: float, high: float):
    found = difference(one, other)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_without_a_trial_nothing_is_known():
    assert Rate(0, 0).share is None
    assert Rate(0, 0).bounds == (0.0, 1.0)
    assert difference(Rate(0, 0), Rate(1, 2)) is None
    assert needed(Rate(0, 0), Rate(1, 2)) is None
    assert needed(Rate(0, 50), Rate(0, 70)) is None


def test_how_many_more_are_needed_is_what_tables_say():
    # 60 against 50 percent, at 5 percent and a power of 80: 388 in each group (Fleiss, without a correction).
    assert needed(Rate(60, 100), Rate(50, 100)) == 388 - 100
    assert needed(Rate(600, 1_000), Rate(500, 1_000)) == 0


def test_rates_that_are_alike_need_what_a_difference_worth_a_decision_takes():
    alike = needed(Rate(50, 1_000), Rate(50, 1_000))
    assert alike is not None
    assert 25_000 < alike + 1_000 < 35_000  # 5 against 5.5 percent: about 30,000 in each group
    assert needed(Rate(2_500, 50_000), Rate(2_500, 50_000)) == 0


@given(RATES, RATES)
def test_a_difference_lies_within_its_bounds_and_turns_round_with_its_rates(one: Rate, other: Rate):
    found, turned = difference(one, other), difference(other, one)
    assert found is not None
    assert turned is not None
    assert -1 <= found.low <= found.seen <= found.high <= 1
    assert (turned.low, turned.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


@given(RATES, RATES)
def test_the_rest_is_what_is_left_of_both(one: Rate, other: Rate):
    assert (one + other).without(one) == other
