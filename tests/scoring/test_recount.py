"""The ledger counted under other rules: what changes, what stays, and that no change moves nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nurture.content.model import Interest, InterestRule
from nurture.durations import Duration
from nurture.scoring.credit import Cause, credit, lower
from nurture.scoring.ledger import interest_score
from nurture.scoring.recount import change, recounted
from nurture.scoring.refold import Occurrence
from nurture.scoring.rules import awards
from nurture.vocabulary.words import EventKind

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = {
    "opened": EventKind.MAIL_OPENED,
    "clicked": EventKind.MAIL_CLICKED,
    "visited": EventKind.PAGE_VISITED,
}


def rule(key, points, days, group="email"):
    return InterestRule(
        key=key, event=KINDS[key], points=points, group=group, half_life=Duration.parse(f"{days} days")
    )


RULES = Interest(
    groups={"email": 40, "web": 40},
    rules=(rule("opened", 1, 14), rule("clicked", 10, 30), rule("visited", -5, 30, "web")),
)


def under(**changes):
    """The rules with others' points and half-lives: ``under(clicked=(20, 30))``; a group's limit as a number."""
    rules = tuple(
        replace(each, points=changes[each.key][0], half_life=Duration.parse(f"{changes[each.key][1]} days"))
        if each.key in changes
        else each
        for each in RULES.rules
    )
    groups = {key: changes.get(key, limit) for key, limit in RULES.groups.items()}
    return Interest(groups=groups, rules=rules)


def lived(*story, rules=RULES):
    """The accumulators and the ledger of a lead: ``(day, "clicked")``, or ``(day, "not-now", factor)`` for a hand-back."""
    accumulators, history = (), []
    for event_id, (day, what, *factor) in enumerate(story, 1):
        at, cause = MONDAY + timedelta(days=day), Cause(1, event_id)
        if factor:
            accumulators, entries = lower(
                accumulators, factor=factor[0], ceiling=100, at=at, reason=what, cause=cause
            )
            history += [Occurrence(at, entry) for entry in entries]
            continue
        (award,), _ = awards(
            [each for each in rules.rules if each.key == what], rules.groups, at, {}, lambda _: True
        )
        accumulators, entries = credit(accumulators, award, cause)
        history += [Occurrence(at, entry) for entry in entries]
    return accumulators, history


def anew(story, after, *, day):
    kept, history = lived(*story)
    at = MONDAY + timedelta(days=day)
    return interest_score(recounted(kept, history, change(RULES, after)), at)


CLICKS = ((0, "clicked"), (30, "clicked"))


@pytest.mark.parametrize(
    ("after", "score"),
    [
        pytest.param(RULES, 5 + 10, id="as it is: half of the first click is left"),
        pytest.param(under(clicked=(4, 30)), 2 + 4, id="a click is worth less"),
        pytest.param(under(clicked=(10, 15)), 2.5 + 10, id="a click is forgotten sooner"),
        pytest.param(under(email=12), 12, id="the group counts less than it would give"),
        pytest.param(under(clicked=(40, 30)), 40, id="the limit holds what is given anew"),
        pytest.param(under(opened=(30, 14)), 15, id="another rule's points change nothing"),
        pytest.param(under(clicked=(-3, 30)), 0, id="what took nothing away has nothing to take"),
    ],
)
def test_two_clicks_a_month_apart_are_worth_on_the_day_of_the_second(after, score):
    assert anew(CLICKS, after, day=30) == pytest.approx(score)


def test_a_deduction_takes_what_it_would_have_taken():
    story = ((0, "clicked"), (1, "visited"))
    kept, history = lived(*story, rules=replace(RULES, rules=(*RULES.rules[:2], rule("visited", -5, 30))))
    before = replace(RULES, rules=(*RULES.rules[:2], rule("visited", -5, 30)))
    after = replace(RULES, rules=(*RULES.rules[:2], rule("visited", -8, 30)))
    at = MONDAY + timedelta(days=1)
    taken = interest_score(kept, at) - interest_score(recounted(kept, history, change(before, after)), at)
    assert taken == pytest.approx(3)


def test_a_hand_back_halves_also_what_is_given_anew():
    story = ((0, "clicked"), (0, "opened"), (0, "not-now", 0.5))
    assert anew(story, RULES, day=0) == pytest.approx(5.5)
    assert anew(story, under(clicked=(20, 30)), day=0) == pytest.approx(10.5)
    assert anew(story, under(clicked=(20, 60)), day=0) == pytest.approx(10.5), (
        "its points stand elsewhere now"
    )


def test_whom_a_change_does_not_concern_keeps_the_very_accumulators():
    kept, history = lived(*CLICKS)
    assert recounted(kept, history, change(RULES, under(opened=(9, 14), web=10))) is kept


def test_a_rule_that_is_gone_gives_nothing_and_others_keep_what_they_gave():
    kept, history = lived((0, "clicked"), (0, "opened"))
    fewer = replace(RULES, rules=RULES.rules[:1])
    assert interest_score(recounted(kept, history, change(RULES, fewer)), MONDAY) == pytest.approx(1)


stories = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 90), st.sampled_from(sorted(KINDS))),
        st.tuples(st.integers(0, 90), st.just("not-now"), st.sampled_from([0.0, 0.5, 1.0])),
    ),
    max_size=12,
).map(lambda story: sorted(story, key=lambda each: each[0]))


@given(stories)
def test_no_change_moves_nobody(story):
    kept, history = lived(*story)
    assert recounted(kept, history, change(RULES, RULES)) is kept


@given(stories, st.integers(1, 60), st.integers(1, 90), st.integers(1, 100))
def test_the_score_anew_is_never_below_0_or_above_what_the_groups_allow(story, points, days, limit):
    after = under(clicked=(points, days), email=limit)
    score = anew(story, after, day=90)
    assert 0 <= score <= min(100, limit + 40) + 1e-9


@given(stories, st.integers(2, 5))
def test_without_limits_of_groups_a_rule_that_gives_so_many_times_more_is_worth_so_many_times_more(
    story, times
):
    wide = Interest(groups={"email": 10_000, "web": 10_000}, rules=RULES.rules[:2])
    story = [each for each in story if each[1] != "visited"][:3]
    kept, history = lived(*story, rules=wide)
    more = replace(wide, rules=tuple(replace(each, points=each.points * times) for each in wide.rules))
    at = MONDAY + timedelta(days=90)
    score = interest_score(recounted(kept, history, change(wide, more)), at)
    assert score == pytest.approx(min(100, times * interest_score(kept, at)), abs=1e-9)
