"""The ledger counted again by (occurred, id), and the difference that is written."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.scoring.credit import Award, Cause, credit, lower
from nurture.scoring.ledger import counted, interest_score
from nurture.scoring.refold import Occurrence, difference, refold

DAY = 86_400
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMITS = {"email": 40, "web": 40}


def lived(*awards, lead_id=1):
    """The accumulators and the history of awards, counted in the order in which they arrived."""
    accumulators, history = (), []
    for event_id, award in enumerate(awards, 1):
        accumulators, entries = credit(accumulators, award, Cause(lead_id, event_id))
        history += [Occurrence(award.at, entry) for entry in entries]
    return accumulators, history


def award(points, *, day=0, group="email", days=30, rule="clicked"):
    return Award(rule, group, days * DAY, points, LIMITS[group], MONDAY + timedelta(days=day))


def brought_to(kept, rightful, at):
    for entry in difference(kept, rightful, at=at, reason="overturned", cause=Cause(1, 99)):
        kept = counted(kept, entry)
    return kept


def test_counting_again_what_arrived_in_order_changes_nothing():
    kept, history = lived(award(20), award(30, day=1), award(-10, day=2), award(4, day=3, group="web"))
    assert refold(history, LIMITS) == kept
    assert difference(kept, refold(history, LIMITS), at=MONDAY, reason="", cause=Cause(1, 99)) == ()


def test_an_overturned_verdict_gives_back_what_the_limit_had_kept_from_others():
    kept, history = lived(award(30), award(30, day=1))  # the second found room for little more than 10
    machine = [each for each in history if each.entry.event_id != 1]
    rightful = refold(machine, LIMITS)
    later = MONDAY + timedelta(days=5)
    assert interest_score(rightful, MONDAY + timedelta(days=1)) == 30
    assert interest_score(brought_to(kept, rightful, later), later) == pytest.approx(
        interest_score(rightful, later)
    )


def test_a_verdict_is_overturned_the_other_way_as_well():
    kept, history = lived(award(10, day=3))
    _, (entry,) = credit((), award(20), Cause(1, 7))
    rightful = refold([*history, Occurrence(MONDAY, entry)], LIMITS)
    later = MONDAY + timedelta(days=3)
    assert interest_score(rightful, later) == pytest.approx(10 + 20 * 0.5**0.1)
    assert brought_to(kept, rightful, later)[0].value == pytest.approx(rightful[0].value)


def test_two_leads_become_one_within_the_limits():
    mine, my_history = lived(award(30))
    _, its_history = lived(award(30, day=1), lead_id=2)
    rightful = refold([*my_history, *its_history], LIMITS)
    day = MONDAY + timedelta(days=1)
    assert interest_score(rightful, day) == pytest.approx(40)
    assert interest_score(brought_to(mine, rightful, day), day) == pytest.approx(40)


def test_a_deduction_over_two_half_lives_is_told_once():
    kept, history = lived(award(5, days=60), award(10, days=14), award(-8))
    assert len(history) == 4
    assert refold(history, LIMITS) == kept


def test_what_a_hand_back_took_is_taken_again_as_far_as_it_is_there():
    kept, history = lived(award(30), award(8, day=1, group="web"))
    at = MONDAY + timedelta(days=2)
    halved, taken = lower(kept, factor=0.5, ceiling=100, at=at, reason="not-now", cause=Cause(1, 3))
    history += [Occurrence(at, entry) for entry in taken]
    assert refold(history, LIMITS) == halved
    without = [each for each in history if each.entry.event_id != 1]
    assert interest_score(refold(without, LIMITS), at) == pytest.approx(4 * 0.5 ** (1 / 30))


moments = st.integers(0, 300).map(float)


@given(st.lists(st.tuples(st.integers(-40, 40), moments, st.sampled_from([14, 30])), max_size=15))
def test_the_difference_brings_the_score_where_the_right_order_leads(happened):
    kept, history = lived(*(award(points, day=day, days=days) for points, day, days in happened))
    rightful = refold(history, LIMITS)
    at = MONDAY + timedelta(days=301)
    assert interest_score(brought_to(kept, rightful, at), at) == pytest.approx(
        interest_score(rightful, at), abs=1e-9
    )
    in_order = lived(
        *(award(points, day=day, days=days) for points, day, days in sorted(happened, key=lambda e: e[1]))
    )
    assert interest_score(rightful, at) == pytest.approx(interest_score(in_order[0], at), abs=1e-9)
