"""Which rules an event earns points by, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.content.model import Expression, InterestRule
from nurture.durations import Duration, Rate
from nurture.scoring.rules import awards, use
from nurture.vocabulary.state import Allowance
from nurture.vocabulary.words import EventKind

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rule(key, **keys):
    return InterestRule(
        **{
            "key": key,
            "event": EventKind.MAIL_CLICKED,
            "points": 5,
            "group": "email",
            "half_life": Duration.parse("30 days"),
            **keys,
        }
    )


def earned(*rules, at=MONDAY, spent=None, holds=True):
    found, left = awards(rules, {"email": 40}, at, spent or {}, lambda _: holds)
    return [each.rule for each in found], left


def test_every_rule_without_condition_counts():
    assert earned(rule("clicked"), rule("pricing", points=20))[0] == ["clicked", "pricing"]


@pytest.mark.parametrize(("holds", "keys"), [(True, ["pricing"]), (False, [])])
def test_a_condition_decides(holds, keys):
    assert earned(rule("pricing", when=Expression("event.link == 'pricing'")), holds=holds)[0] == keys


def test_an_award_knows_its_rule_in_seconds_and_its_groups_limit():
    found, _ = awards([rule("clicked"), rule("loose", group="other")], {"email": 40}, MONDAY, {}, bool)
    assert [(each.half_life, each.points, each.cap) for each in found] == [
        (30 * 86_400, 5, 40),
        (30 * 86_400, 5, 100),
    ]


def test_a_limited_rule_counts_so_often_a_period_that_begins_with_its_first_use():
    rated, spent, when = rule("clicked", at_most=Rate.parse("2 per day")), {}, []
    for hour in (0, 1, 2, 23, 24, 25, 26):
        keys, spent = earned(rated, at=MONDAY + hour * HOUR, spent=spent)
        when += [hour] if keys else []
    assert when == [0, 1, 24, 25]


def test_an_allowance_is_not_used_by_a_rule_that_does_not_hold():
    rated = rule("pricing", when=Expression("event.link == 'pricing'"), at_most=Rate.parse("1 per day"))
    assert earned(rated, holds=False)[1] == {}


def test_a_late_event_counts_in_the_running_period():
    allowance = Allowance(since=MONDAY, used=1)
    assert use(allowance, Rate.parse("2 per day"), MONDAY - HOUR) == Allowance(since=MONDAY, used=2)
    assert use(Allowance(since=MONDAY, used=2), Rate.parse("2 per day"), MONDAY - HOUR) is None
