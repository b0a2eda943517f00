"""Who would enter a campaign that goes live, and why others who meet its entry get nothing."""

import pytest

from nurture.statemachine.broadcasts import Missed
from nurture.statemachine.entering import COMES_IN, Entrance, Kept, entrance, gone_live
from nurture.vocabulary.words import EventKind, ExitReason, Stage
from tests.statemachine.situation import DAY, MONDAY, Life, programme

DRAFT = ("name: Long-cycle nurture\n", "name: Long-cycle nurture\ndraft: true\n")
HOLDOUT = ("sending:\n", "sending:\n  holdout: 100 percent\n")


def met(life, after=0 * DAY):
    live = gone_live(life.programme, "long-cycle")
    return entrance(live, life.state, live.campaigns["long-cycle"], life.now + after)


def outside(*edits, **fields):
    """A lead of 2 March 2026 while the campaign is a draft."""
    return Life(programme(DRAFT, *edits), **{"plan": "none", **fields})


def test_a_lead_that_meets_the_entry_enters_and_nothing_has_happened_yet():
    life = outside()
    assert life.state.enrolments == ()
    assert met(life) == Entrance(None)
    assert life.programme.campaigns["long-cycle"].draft


def test_one_that_does_not_meet_it_is_not_asked_further():
    assert met(outside(plan="trial")) is None


def unsubscribed():
    return outside().take(EventKind.UNSUBSCRIBED)


def without_address():
    return outside(email=None)


def with_sales():
    return outside(("'recycled']", "'recycled', 'sal']")).with_state(stage=Stage.SAL)


def unwilling():
    return outside().take(EventKind.PREFERENCES_CHANGED, topics={"product": False})


def held_out():
    return outside(HOLDOUT)


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (without_address, Missed.NO_ADDRESS),
        (unsubscribed, Missed.SUPPRESSED),
        (with_sales, Missed.SALES_OWNED),
        (unwilling, Missed.TOPIC),
        (held_out, Kept.HELD_OUT),
    ],
)
def test_others_are_kept_by_the_first_reason_that_holds(who, why):
    assert met(who()) == Entrance(why)


def test_what_is_planned_agrees_with_what_the_turn_then_does():
    """Whoever is kept and comes in all the same is in the campaign without a mail to wait for; the others are outside."""
    for who in (outside, without_address, unsubscribed, with_sales, unwilling):
        life = who()
        why = met(life).why
        life.programme = gone_live(life.programme, "long-cycle")
        life.take(EventKind.PROGRAMME_APPLIED)
        inside = [each for each in life.state.live_enrolments if each.campaign == "long-cycle"]
        assert bool(inside) == (why is None or why in COMES_IN), who
        assert any(each.planned for each in inside) == (why is None), who


def test_who_was_in_it_before_comes_again_only_after_its_rest():
    life = Life(plan="none").take(EventKind.CAMPAIGN_STOPPED, after=DAY, campaign="long-cycle")
    assert life.inside.left_because is ExitReason.STOPPED
    assert life.inside.left_at == MONDAY + DAY
    assert met(life, after=179 * DAY) == Entrance(Kept.WAS_INSIDE)
    assert met(life, after=180 * DAY) == Entrance(None)
    assert met(Life(plan="none")) == Entrance(Kept.INSIDE)
