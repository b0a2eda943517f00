"""Kaplan-Meier, against a published table, real deals, and its own meaning."""

import csv
from datetime import date
from pathlib import Path
from statistics import median as plain_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.statistics.survival import Stay, kaplan_meier, median, quantile, still_after

OLIST = Path(__file__).parents[2] / "../shared/data/olist"

# Weeks of remission under 6-mercaptopurine; + is still in remission. Freireich et al., Blood 21 (1963) 699-716.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def stays(text: str) -> list[Stay]:
    return [Stay(length=float(word.rstrip("+")), ended=not word.endswith("+")) for word in text.split()]


def test_the_published_curve_of_the_treated():
    curve = kaplan_meier(stays(TREATED))
    assert [(point.length, point.at_risk, point.ended) for point in curve] == [
        (6, 21, 3),
        (7, 17, 1),
        (10, 15, 1),
        (13, 12, 1),
        (16, 11, 1),
        (22, 7, 1),
        (23, 6, 1),
    ]
    assert [round(point.still, 3) for point in curve] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert (round(curve[0].low, 3), round(curve[0].high, 3)) == (0.620, 0.952)
    assert (round(curve[-1].low, 3), round(curve[-1].high, 3)) == (0.188, 0.680)


def test_the_published_medians():
    assert median(kaplan_meier(stays(TREATED))) == 23
    assert median(kaplan_meier(stays(PLACEBO))) == 8


@pytest.mark.parametrize("text", ["", "5+", "3 5+ 5+ 9+"])
def test_no_median_while_more_than_half_are_still_there(text):
    assert median(kaplan_meier(stays(text))) is None


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist funnel may not be copied into this repository")
def test_days_to_a_real_deal():
    """Of 3,160 leads 321 were won: their own median says 14 days, but most leads are never won."""
    observed = deals_until(date(2018, 11, 14))
    curve = kaplan_meier(observed)
    assert len(observed) == 3160
    assert plain_median(stay.length for stay in observed if stay.ended) == 14
    assert median(curve) is None
    assert 1 - still_after(curve, 30) == pytest.approx(213 / 3160)
    assert 1 - still_after(curve, 90) == pytest.approx(266 / 3160)


def deals_until(last: date) -> list[Stay]:
    won = {row["mql_id"]: date.fromisoformat(row["won_date"][:10]) for row in rows("closed_deals")}
    found = []
    for row in rows("marketing_qualified_leads"):
        first, ended = date.fromisoformat(row["first_contact_date"]), row["mql_id"] in won
        found.append(Stay(length=(won.get(row["mql_id"], last) - first).days, ended=ended))
    return found


def rows(name: str) -> list[dict[str, str]]:
    with (OLIST / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


lengths = st.integers(0, 400)
everyone = st.lists(st.builds(Stay, lengths, st.booleans()), max_size=60)


@given(st.lists(lengths, min_size=1, max_size=60), lengths)
def test_when_all_have_ended_it_is_the_plain_share(ended, length):
    curve = kaplan_meier(Stay(length=each, ended=True) for each in ended)
    share = sum(each > length for each in ended) / len(ended)
    assert still_after(curve, length) == pytest.approx(share)


@given(everyone)
def test_the_curve_only_falls_and_lies_within_its_bounds(observed):
    curve = kaplan_meier(observed)
    falling = [1.0, *(point.still for point in curve)]
    assert falling == sorted(falling, reverse=True)
    assert all(0 <= point.low <= point.still <= point.high <= 1 for point in curve)


@given(everyone.filter(lambda observed: any(stay.ended for stay in observed)))
def test_looking_longer_never_shortens_what_is_still_open(observed):
    longer = [stay if stay.ended else Stay(length=stay.length + 1000, ended=False) for stay in observed]
    for point in kaplan_meier(observed):
        assert still_after(kaplan_meier(longer), point.length) >= point.still - 1e-12


def test_by_when_a_share_has_ended_is_known_only_as_far_as_the_curve_comes():
    curve = kaplan_meier([Stay(1, True), Stay(2, False), Stay(3, True), Stay(10, False)])
    assert [round(point.still, 3) for point in curve] == [0.75, 0.375]
    assert quantile(curve, 0.25)[0] == 1
    assert quantile(curve, 0.5)[0] == median(curve) == 3
    assert quantile(curve, 0.9) == (None, 3, None)


def test_the_published_bounds_of_both_medians():
    assert quantile(kaplan_meier(stays(TREATED)), 0.5) == (23, 13, None)
    assert quantile(kaplan_meier(stays(PLACEBO)), 0.5) == (8, 4, 11)
