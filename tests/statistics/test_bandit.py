"""Weights of variants: against the exact formula for two, by their own properties, and by the clicks they would have won."""

import csv
from collections import defaultdict
from math import exp, lgamma, log
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.statistics.bandit import FLOOR, chances_of_being_best, weights

HEADLINES = Path(__file__).parents[2] / "../shared/data/upworthy/variants.csv"

counts = st.integers(0, 10**5).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
experiments = st.dictionaries(st.sampled_from("abcdef"), counts, min_size=1)
properties = settings(max_examples=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0, 0), (0, 0)),
        ((0, 0), (1, 1)),
        ((1, 10), (3, 10)),
        ((64, 2787), (74, 2662)),
        ((2, 5), (30_000, 100_000)),
        ((500, 1_000), (0, 3)),
        ((0, 3), (0, 100_000)),
        ((0, 100_000), (5, 100_000)),
    ],
)
def test_the_chance_that_one_rate_exceeds_another_is_the_exact_one(one, other):
    assert chances_of_being_best([one, other]) == pytest.approx(
        [1 - exact(one, other), exact(one, other)], abs=1e-4
    )


def exact(one, other):
    """The chance that the second rate is higher. Source: E. Miller, Formulas for Bayesian A/B testing, 2014, (5)."""
    a, b = ((1 + successes, 1 + trials - successes) for successes, trials in (one, other))
    return sum(
        exp(beta(a[0] + i, a[1] + b[1]) - log(b[1] + i) - beta(1 + i, b[1]) - beta(*a)) for i in range(b[0])
    )


def beta(a, b):
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@properties
@given(experiments)
def test_weights_add_up_to_1_and_none_starves(outcomes):
    given_weights = weights(outcomes)
    assert list(given_weights) == list(outcomes)
    assert sum(given_weights.values()) == pytest.approx(1)
    assert min(given_weights.values()) >= FLOOR


@properties
@given(experiments)
def test_the_same_outcomes_give_the_same_weights_in_any_order(outcomes):
    assert weights(outcomes) == weights(outcomes)
    backwards = dict(reversed(outcomes.items()))
    assert weights(backwards) == pytest.approx(weights(outcomes))


@properties
@given(experiments.filter(lambda outcomes: len(outcomes) > 1), st.data())
def test_another_success_never_lowers_a_weight(outcomes, data):
    variant = data.draw(st.sampled_from(sorted(outcomes)))
    successes, trials = outcomes[variant]
    better = {**outcomes, variant: (successes + 1, trials + 1)}
    assert weights(better)[variant] >= weights(outcomes)[variant] - 1e-4


def test_equal_evidence_is_equal_weight():
    assert weights(dict.fromkeys("abc", (7, 90))) == pytest.approx(dict.fromkeys("abc", 1 / 3))


def test_more_evidence_of_the_same_rates_is_more_decided():
    shares = [weights({"a": (2 * n, 100 * n), "b": (3 * n, 100 * n)})["b"] for n in (1, 4, 16, 64)]
    assert shares == sorted(shares)
    assert shares[0] < 0.7
    assert shares[-1] == pytest.approx(1 - FLOOR, abs=0.001)


def test_more_than_20_variants_share_equally_where_the_floor_leaves_no_room():
    outcomes = {str(n): (n, 100) for n in range(25)}
    assert weights(outcomes) == pytest.approx(dict.fromkeys(outcomes, 0.04))


def test_more_successes_than_trials_are_our_mistake():
    with pytest.raises(AssertionError, match="b: 3 of 2 is no rate"):
        weights({"a": (0, 0), "b": (3, 2)})


@pytest.mark.skipif(not HEADLINES.is_file(), reason="the headline tests are kept beside this repository")
def test_real_headlines_win_more_clicks_than_by_equal_shares():
    rates = headlines(tests=30)
    readers_a_day, days = 800, 15
    equally = sum(readers_a_day * days * sum(each) / len(each) for each in rates)
    at_best = sum(readers_a_day * days * max(each) for each in rates)
    learned = sum(clicks(each, readers_a_day, days, Random(place)) for place, each in enumerate(rates))
    # Some clicks are the price of learning. A third of what equal shares leave lying is far beyond chance.
    assert learned > equally + (at_best - equally) / 3


def clicks(rates, readers_a_day, days, chance):
    """The expected clicks of a test whose shares are weighed anew each day by what the days before brought."""
    seen, expected = dict.fromkeys(range(len(rates)), (0, 0)), 0.0
    for _ in range(days):
        for variant, weight in weights(seen).items():
            readers = round(weight * readers_a_day)
            won = sum(chance.random() < rates[variant] for _ in range(readers))
            seen[variant] = (seen[variant][0] + won, seen[variant][1] + readers)
            expected += readers * rates[variant]
    return expected


def headlines(tests):
    """The click rates of the headlines of the first tests in the file, those with two headlines or more."""
    shown, clicked = defaultdict(dict), defaultdict(dict)
    with HEADLINES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            test, headline = row["test_id"], row["headline"]
            shown[test][headline] = shown[test].get(headline, 0) + int(row["impressions"])
            clicked[test][headline] = clicked[test].get(headline, 0) + int(row["clicks"])
    rates = ([clicked[test][each] / shown[test][each] for each in shown[test]] for test in shown)
    return [each for each in rates if len(each) > 1][:tests]
