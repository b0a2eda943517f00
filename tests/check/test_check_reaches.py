"""The arithmetic of reachability holds against the ledger itself: no lead ever scores more than it says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nurture.check.reaches import most_fit, most_interest
from nurture.content.model import Expression, Interest, InterestRule, Rule
from nurture.durations import Duration, Rate, Unit
from nurture.scoring.credit import Cause, credit
from nurture.scoring.ledger import interest_score
from nurture.scoring.rules import awards
from nurture.vocabulary.words import EventKind

START = datetime(2026, 3, 2, tzinfo=UTC)
GROUPS = ("email", "web")
CAUSE = Cause(lead_id=1, event_id=1)


def rule(
    key: str, points: int, at_most: Rate | None, half_life_days: int, group: str = "email"
) -> InterestRule:
    return InterestRule(
        key=key,
        event=EventKind.MAIL_CLICKED,
        points=points,
        group=group,
        at_most=at_most,
        half_life=Duration(half_life_days, Unit.DAY),
    )


def interest(groups: dict[str, int], *rules: InterestRule) -> Interest:
    return Interest(groups=groups, rules=rules)


rules = st.builds(
    rule,
    key=st.uuids().map(str),
    points=st.integers(-20, 30),
    at_most=st.none() | st.builds(Rate, st.integers(1, 3), st.sampled_from([Unit.DAY, Unit.WEEK])),
    half_life_days=st.integers(1, 60),
    group=st.sampled_from(GROUPS),
)
gaps = st.lists(st.integers(0, 40), min_size=1, max_size=40)


@given(
    st.lists(rules, min_size=1, max_size=4, unique_by=lambda rule: rule.key),
    st.fixed_dictionaries({group: st.integers(0, 100) for group in GROUPS}),
    gaps,
)
def test_no_history_reaches_more(some, groups, hours):
    most = most_interest(interest(groups, *some))
    accumulators, allowances, now = (), {}, START
    for gap in hours:
        now += timedelta(hours=gap)
        earned, allowances = awards(some, groups, now, allowances, lambda _: True)
        for award in earned:
            accumulators, _ = credit(accumulators, award, CAUSE)
        assert interest_score(accumulators, now) <= most + 1e-6


def test_an_unlimited_rule_fills_its_group():
    assert most_interest(interest({"email": 40}, rule("clicked", 1, None, 14))) == 40


def test_groups_add_up_to_a_hundred_at_most():
    two = interest({"email": 80, "web": 70}, rule("a", 5, None, 14), rule("b", 5, None, 14, "web"))
    assert most_interest(two) == 100


def test_a_limited_rule_that_decays_quickly_reaches_little_more_than_two_periods():
    """10 points a week, halved every day: 10 now, 10 from a period that ended just before, and next to nothing of the rest."""
    weekly = interest({"email": 40}, rule("clicked", 10, Rate(1, Unit.WEEK), 1))
    assert round(most_interest(weekly), 1) == 20.1


def test_fit_adds_what_can_hold_together():
    fit = (
        Rule(key="a", when=Expression("true"), points=60),
        Rule(key="b", when=Expression("true"), points=-20),
    )
    assert most_fit(fit) == 60
    assert most_fit((*fit, *fit)) == 100
