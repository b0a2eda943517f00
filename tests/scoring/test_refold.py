"""The ledger counted again by (occurred, id), and the difference that is written."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nurture.scoring.credit import Award, Cause, credit, lower
from nurture.scoring.ledger import counted, interest_score
from nurture.scoring.refold import Occurrence, changes, overturned, refold
from nurture.vocabulary.points import EntryKind, ScoreEntry

DAY = 86_400
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMITS = {"email": 40, "web": 40}


def lived(*awards, lead_id=1):
    """The accumulators and the history of awards, counted in the order in which they arrived; no two leads share an event."""
    accumulators, history = (), []
    for event_id, award in enumerate(awards, 1 + 100 * (lead_id - 1)):
        accumulators, entries = credit(accumulators, award, Cause(lead_id, event_id))
        history += [Occurrence(award.at, entry) for entry in entries]
    return accumulators, history


def award(points, *, day=0, group="email", days=30, rule="clicked"):
    return Award(rule, group, days * DAY, points, LIMITS[group], MONDAY + timedelta(days=day))


def brought_to(kept, rightful, at):
    for (group, half_life), change in changes(kept, rightful, at).items():
        kept = counted(
            kept, ScoreEntry(1, 99, EntryKind.AWARDED, "merged", group, half_life, change, change, at)
        )
    return kept


def turned(kind, history, *event_ids):
    """What takes these events' awards back, or restores them."""
    return [
        Occurrence(each.occurred_at, replace(each.entry, kind=kind, credited=0.0))
        for each in history
        if each.entry.event_id in event_ids and each.entry.kind is EntryKind.AWARDED
    ]


def voided(history, *event_ids):
    return turned(EntryKind.VOIDED, history, *event_ids)


def restored(history, *event_ids):
    return turned(EntryKind.RESTORED, history, *event_ids)


def test_counting_again_what_arrived_in_order_changes_nothing():
    kept, history = lived(award(20), award(30, day=1), award(-10, day=2), award(4, day=3, group="web"))
    assert refold(history, LIMITS) == kept
    assert changes(kept, refold(history, LIMITS), MONDAY) == {}


def test_what_a_machine_did_is_taken_back_with_what_the_limit_had_kept_from_others():
    kept, history = lived(award(30), award(30, day=1))  # the second found room for little more than 10
    later = MONDAY + timedelta(days=5)
    after, (entry,) = overturned(kept, history, voided(history, 1), LIMITS, later)
    alone, _ = lived(award(30, day=1))
    assert interest_score(after, later) == pytest.approx(interest_score(alone, later))
    assert (entry.kind, entry.event_id, entry.rule, entry.at) == (EntryKind.VOIDED, 1, "clicked", later)
    assert entry.credited == pytest.approx(interest_score(alone, later) - interest_score(kept, later))


def test_what_a_person_did_counts_after_all_as_it_would_have_then():
    kept, history = lived(award(10, day=3))
    _, (entry,) = credit((), award(20), Cause(1, 7))
    later = MONDAY + timedelta(days=3)
    after, (written,) = overturned(kept, history, restored([Occurrence(MONDAY, entry)], 7), LIMITS, later)
    assert interest_score(after, later) == pytest.approx(10 + 20 * 0.5**0.1)
    assert (written.kind, written.offered) == (EntryKind.RESTORED, 20)


def test_a_verdict_that_turns_twice_leaves_the_score_as_it_was():
    kept, history = lived(award(20), award(5, group="web"), award(15, day=1))
    later = MONDAY + timedelta(days=2)
    once, taken = overturned(kept, history, voided(history, 1), LIMITS, later)
    told = [*history, *(Occurrence(MONDAY, each) for each in taken)]
    twice, given = overturned(once, told, restored(history, 1), LIMITS, later)
    assert interest_score(twice, later) == pytest.approx(interest_score(kept, later))
    told += (Occurrence(MONDAY, each) for each in given)
    assert interest_score(refold(told, LIMITS), later) == pytest.approx(interest_score(kept, later))


def test_a_deduction_that_a_machine_caused_is_taken_back_wherever_it_fell():
    kept, history = lived(award(5, days=60), award(10, days=14), award(-8, day=1))
    taken = [
        Occurrence(each.occurred_at, replace(each.entry, kind=EntryKind.VOIDED, credited=0.0))
        for each in history[2:3]  # the first entry of the deduction tells it whole
    ]
    later = MONDAY + timedelta(days=1)
    after, entries = overturned(kept, history, taken, LIMITS, later)
    unharmed, _ = lived(award(5, days=60), award(10, days=14))
    assert interest_score(after, later) == pytest.approx(interest_score(unharmed, later))
    assert [(each.half_life, each.credited > 0) for each in entries] == [(60 * DAY, True), (14 * DAY, True)]


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
