"""When a lead is looked at again although nothing happens to it: exact moments, and an end to them."""

import pytest

from nurture.scoring.ledger import interest_score
from nurture.vocabulary.words import EventKind, Grade
from tests.statemachine.situation import DAY, HOUR, Life, programme


def test_a_lead_that_waits_for_nothing_sleeps():
    assert Life().wake_at is None  # its mail is a row of its own


def test_it_wakes_at_the_moment_at_which_a_grade_falls():
    life = Life().hot()
    assert life.state.grade is Grade.A
    life.wake()
    assert life.state.grade is Grade.B


def test_it_wakes_for_a_condition_on_interest():
    watched = programme(
        ("lead.grade in ['A', 'B'] and lead.temperature == 'hot'", "lead.interest_score > 57.5")
    )
    life = Life(watched).hot()
    falls = [score_after_waking(life) for _ in range(6)]
    assert any(57.4999 < score <= 57.5 for score in falls)


def score_after_waking(life):
    life.wake()
    return interest_score(life.state.accumulators, life.now)


@pytest.mark.parametrize("condition", ["days_since('page.visited') >= 30", "days_since('page.visited') > 30"])
def test_it_wakes_for_a_condition_on_days_since_something(condition):
    life = Life(programme(("lead.stage == 'disqualified'", condition)))
    life.take(EventKind.PAGE_VISITED, path="/docs")
    visited_at = life.now
    while life.inside.is_live:
        life.wake()
    assert life.now - visited_at - 30 * DAY < HOUR / 3_600


def test_leads_that_nothing_happens_to_fall_silent():
    life = Life().hot()
    wakes = 0
    while life.wake_at is not None:
        before = life.now
        life.wake()
        wakes += 1
        assert life.now > before
    assert wakes < 20


def test_a_late_event_never_moves_a_timer_back():
    late, none = (
        Life().hot().take(kind, after=HOUR, late=20 * DAY, path="/docs")
        for kind in (EventKind.PAGE_VISITED, EventKind.TIMER_DUE)
    )
    assert late.wake_at == none.wake_at
    assert late.inside == none.inside
