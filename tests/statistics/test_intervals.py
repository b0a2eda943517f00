"""Wilson intervals, against published figures and their own meaning."""

import csv
from collections import Counter
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.statistics.intervals import wilson

OLIST = Path(__file__).parents[2] / "../shared/data/olist"


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998, table I"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe 1998, table I, second"),
        pytest.param(0, 20, 0.0000, 0.1611, id="Newcombe 1998, table I, none"),
        pytest.param(1, 29, 0.0061, 0.1718, id="Newcombe 1998, table I, one"),
    ],
)
def test_published_figures(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist funnel may not be copied into this repository")
@pytest.mark.parametrize(
    ("origin", "low", "high"),
    [
        ("organic_search", 0.08746, 0.12755),
        ("paid_search", 0.10662, 0.15944),
        ("social", 0.03766, 0.07701),
        ("unknown", 0.14137, 0.21354),
        ("direct_traffic", 0.07745, 0.16095),
        ("email", 0.00849, 0.05455),
        ("referral", 0.03567, 0.13129),
        ("other", 0, 0.05580),
        ("display", 0.00354, 0.10495),
        ("other_publicities", 0.00591, 0.16670),
        ("", 0.03102, 0.32800),
    ],
)
def test_leads_won_by_origin(origin, low, high):
    leads, won = Counter[str](), Counter[str]()
    deals = {row["mql_id"] for row in rows("closed_deals")}
    for row in rows("marketing_qualified_leads"):
        leads[row["origin"].replace(" ", "_")] += 1
        won[row["origin"].replace(" ", "_")] += row["mql_id"] in deals
    assert wilson(won[origin], leads[origin]) == pytest.approx((low, high), abs=0.000005)


def rows(name: str) -> list[dict[str, str]]:
    with (OLIST / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_without_a_trial_nothing_is_known():
    assert wilson(0, 0) == (0, 1)


def test_more_successes_than_trials_are_our_mistake():
    with pytest.raises(AssertionError, match="3 of 2"):
        wilson(3, 2)


counts = st.integers(1, 10**7).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_each_bound_is_the_rate_that_the_score_test_just_refuses(count, confidence):
    successes, trials = count
    low, high = wilson(successes, trials, confidence)
    assert 0 <= low <= successes / trials <= high <= 1
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    for bound in (low, high):
        if 0 < bound < 1:
            error = sqrt(bound * (1 - bound) / trials)
            assert abs(successes / trials - bound) / error == pytest.approx(z, rel=1e-4)


@given(counts)
def test_failures_are_the_mirror_of_successes(count):
    successes, trials = count
    low, high = wilson(successes, trials)
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)
