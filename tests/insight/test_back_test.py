"""A change of scoring held against the last 90 days: who was hot before coming far, by today's rules and by those tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.insight.back_test import FEW, LOOK_BACK, Came, Past, back_test, past, tally, was_hot
from nurture.insight.shown import Shown
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind
from tests.statemachine.situation import DAY, HOUR, MONDAY, programme

KIM = LeadState(lead=Lead(id=1, created_at=MONDAY - 200 * DAY))
DEMO = "asked-for-demo, event: form.submitted, when: \"event.form == 'demo'\", points: 50"
CHEAP_DEMO = (DEMO, DEMO.replace("50", "5"))


def act(kind, days_ago, **properties):
    at = MONDAY - days_ago * DAY
    return Event(1, kind, at, at, "test", f"{kind}:{days_ago}", {"humanity": 0.9, **properties})


def demo(days_ago):
    return act(EventKind.FORM_SUBMITTED, days_ago, form="demo")


def pricing(days_ago):
    return act(EventKind.PAGE_VISITED, days_ago, path="/pricing")


def hot(acts, under=None, *, until=MONDAY):
    acts = sorted(acts, key=lambda each: each.occurred_at)
    return was_hot(under or programme(), KIM, acts, MONDAY - LOOK_BACK, until)


def test_whoever_did_enough_was_hot_and_by_cheaper_rules_was_not():
    acts = [demo(10), pricing(10)]
    assert hot(acts)
    assert not hot(acts, programme(CHEAP_DEMO))


def test_what_was_done_long_ago_has_decayed_and_what_was_hot_when_the_days_began_counts():
    assert not hot([demo(200), pricing(200)])
    assert hot([demo(91), pricing(90.5), pricing(90.2)])


def test_what_a_lead_did_after_it_came_far_says_nothing():
    acts = [demo(10), pricing(4)]
    assert not hot(acts, until=MONDAY - 5 * DAY)


def test_what_a_machine_did_earns_nothing():
    assert not hot([act(EventKind.FORM_SUBMITTED, 3, form="demo", humanity=0.1), pricing(3)])


def test_a_lead_counts_by_the_farthest_and_is_looked_at_until_the_first():
    acts = [
        demo(30),
        pricing(30),
        act(EventKind.HAND_OFF_ACCEPTED, 20),
        act(EventKind.STAGE_CHANGED, 10, before="sql", after="opportunity"),
        act(EventKind.STAGE_CHANGED, 5, before="opportunity", after="customer"),
    ]
    found = past(programme(), programme(CHEAP_DEMO), KIM, acts, MONDAY)
    assert found == Past(Came.CUSTOMER, MONDAY - 20 * DAY, hot_now=True, hot_then=False)
    assert past(programme(), programme(), KIM, acts, MONDAY + 200 * DAY).came is None


@given(st.lists(st.tuples(st.sampled_from([None, *Came]), st.booleans(), st.booleans())))
def test_capture_and_precision_count_the_same_leads(many):
    found = [Past(came, MONDAY, now, then) for came, now, then in many]
    for far in Came:
        for then in (False, True):
            count = tally(found, far, then=then)
            assert count.hot_came <= min(count.came, count.hot)
            assert count.capture is None or count.capture == count.hot_came / count.came
            low, high = count.precision_bounds
            assert 0 <= low <= high <= 1
    assert tally(found, Came.CUSTOMER, then=True).came <= tally(found, Came.ACCEPTED, then=True).came


def test_in_the_store_one_that_was_accepted_is_too_few(company):
    company.happens("ada", EventKind.HAND_OFF_ACCEPTED, by="freya@tarewell.example")
    company.later(minutes=1)
    live = company.engine.live.programme
    with company.engine.database.reading() as connection:
        found = back_test(connection, live, live, whom=Shown.REAL, now=company.clock.now() + HOUR, seed=1)
    far, now, then = found.rows[0]
    assert (far, now, now) == (Came.ACCEPTED, then, now)
    assert (now.came, now.hot_came, now.hot) == (1, 1, 1)
    assert found.is_too_few
    assert now.came < FEW
    assert now.capture == pytest.approx(1.0)
