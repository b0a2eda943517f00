"""Fit, completeness, and which persona a lead has."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.model import Expression, PersonaPolicy, Rule
from nurture.scoring.fit import PersonaFit, fit_score, next_best_persona, persona_of

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = PersonaPolicy()


def ranking(**points):
    return tuple(
        sorted(
            (PersonaFit(key.replace("_", "-"), fit) for key, fit in points.items()), key=lambda p: -p.points
        )
    )


def rules(*points):
    return tuple(Rule(key=str(n), when=Expression("true"), points=each) for n, each in enumerate(points))


@given(st.lists(st.integers(-100, 100)), st.integers(0, 2**20))
def test_fit_is_the_sum_of_the_rules_that_hold_from_0_to_100(points, holding):
    total = sum(each for place, each in enumerate(points) if holding >> place & 1)
    score = fit_score(rules(*points), lambda rule: bool(holding >> int(rule.key) & 1))
    assert score == max(0, min(100, total))


@pytest.mark.parametrize(
    ("current", "points", "expected"),
    [
        (None, {"champion": 39}, None),
        (None, {"champion": 40}, "champion"),
        (None, {"champion": 60, "buyer": 80}, "buyer"),
        ("champion", {"champion": 60, "buyer": 69}, "champion"),
        ("champion", {"champion": 60, "buyer": 70}, "buyer"),
        ("champion", {"champion": 0, "buyer": 39}, "champion"),
        ("champion", {"champion": 60, "buyer": 60}, "champion"),
    ],
)
def test_the_first_above_min_fit_is_current_and_another_must_be_clearly_better(current, points, expected):
    assert persona_of(ranking(**points), current, {}, POLICY, MONDAY) == expected


@pytest.mark.parametrize(
    ("given_up", "mine", "expected"),
    [
        (timedelta(days=179), 60, "buyer"),  # rests
        (timedelta(days=180), 60, "champion"),  # has rested
        (timedelta(days=1), 10, "champion"),  # better than a persona that does not fit any more
    ],
)
def test_a_persona_that_was_given_up_does_not_come_back_by_fit_at_once(given_up, mine, expected):
    tried = {"champion": MONDAY - given_up}
    ranked = ranking(champion=100, buyer=mine)
    assert persona_of(ranked, "buyer", tried, POLICY, MONDAY) == expected


@pytest.mark.parametrize(
    ("points", "tried", "expected"),
    [
        ({"champion": 90, "buyer": 70, "user": 50}, {}, "buyer"),
        ({"champion": 90, "buyer": 39}, {}, None),
        ({"champion": 90, "buyer": 70, "user": 50}, {"buyer": 10}, "user"),
        ({"champion": 90, "buyer": 70, "user": 50}, {"buyer": 180}, "buyer"),
        ({"champion": 90, "buyer": 70}, {"buyer": 10}, None),
    ],
)
def test_the_next_best_is_above_min_fit_and_tried_once_a_while(points, tried, expected):
    given_up = {key: MONDAY - timedelta(days=days) for key, days in tried.items()}
    assert next_best_persona(ranking(**points), "champion", given_up, POLICY, MONDAY) == expected
