"""What an event tells of a lead before anything is decided."""

import pytest

from nurture.statemachine.acts import ACTS_KEPT
from nurture.statemachine.effects import Notify, Suppress
from nurture.vocabulary.words import EventKind, SuppressionCause
from tests.statemachine.situation import DAY, HOUR, Life, programme


def test_fields_are_kept_an_empty_one_forgets_and_an_undeclared_one_is_left_out():
    life = Life(first_name="Kim")
    life.take(EventKind.LEAD_CHANGED, fields={"company_size": "", "first_name": "", "shoe_size": 43})
    assert life.state.lead.fields == {"seniority": "director"}
    assert life.state.lead.first_name is None


def test_a_lead_without_an_address_is_scored_and_never_enrolled():
    life = Life(email="").hot()
    assert life.state.grade == "A"
    assert life.state.enrolments == ()


@pytest.mark.parametrize(
    ("kind", "properties", "cause"),
    [
        (EventKind.UNSUBSCRIBED, {}, SuppressionCause.UNSUBSCRIBED),
        (EventKind.MAIL_COMPLAINED, {}, SuppressionCause.COMPLAINT),
        (EventKind.MAIL_BOUNCED, {"bounce": "hard"}, SuppressionCause.HARD_BOUNCE),
        (EventKind.MAIL_BOUNCED, {"bounce": "soft"}, None),
        (EventKind.MAIL_BOUNCED, {"bounce": "block"}, None),
    ],
)
def test_what_ends_the_right_to_mail(kind, properties, cause):
    life = Life().take(kind, touch=1_000_001, **properties)
    assert life.state.suppressed is cause
    assert [effect.cause for effect in life.effects_of(Suppress)] == ([] if cause is None else [cause])


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ((EventKind.MAIL_COMPLAINED, EventKind.UNSUBSCRIBED), SuppressionCause.COMPLAINT),
        ((EventKind.MAIL_COMPLAINED, EventKind.MAIL_BOUNCED), SuppressionCause.COMPLAINT),
        ((EventKind.MAIL_BOUNCED, EventKind.UNSUBSCRIBED), SuppressionCause.HARD_BOUNCE),
    ],
)
def test_the_graver_cause_stays_in_whichever_order_both_are_told(told, kept):
    for order in (told, told[::-1]):
        life = Life()
        for kind in order:
            life = life.take(kind, **({"bounce": "hard"} if kind is EventKind.MAIL_BOUNCED else {}))
        assert life.state.suppressed is kept


@pytest.mark.parametrize("bounces_first", [True, False])
def test_who_unsubscribed_and_then_bounced_is_not_mailed_at_a_new_address(bounces_first):
    kinds = [EventKind.MAIL_BOUNCED, EventKind.UNSUBSCRIBED]
    life = Life()
    for kind in kinds if bounces_first else reversed(kinds):
        life = life.take(kind, **({"bounce": "hard"} if kind is EventKind.MAIL_BOUNCED else {}))
    moved = life.take(EventKind.LEAD_CHANGED, fields={"email": "k@n.example"})
    assert moved.state.suppressed is SuppressionCause.UNSUBSCRIBED


def test_a_new_address_is_free_of_the_old_ones_bounce_and_of_nothing_else():
    bounced = Life().take(EventKind.MAIL_BOUNCED, bounce="hard")
    assert bounced.take(EventKind.LEAD_CHANGED, fields={"email": "k@n.example"}).state.suppressed is None
    gone = Life().take(EventKind.UNSUBSCRIBED)
    assert gone.take(EventKind.LEAD_CHANGED, fields={"email": "k@n.example"}).state.suppressed is not None


def test_agreeing_to_a_topic_lifts_an_unsubscription_but_never_a_complaint():
    life = Life().take(EventKind.UNSUBSCRIBED)
    life.take(EventKind.PREFERENCES_CHANGED, topics={"product": True, "events": False})
    assert (life.state.suppressed, life.state.opted_in, life.state.opted_out) == (
        None,
        ("product",),
        ("events",),
    )
    complained = Life().take(EventKind.MAIL_COMPLAINED)
    complained.take(EventKind.PREFERENCES_CHANGED, topics={"product": True})
    assert complained.state.suppressed is SuppressionCause.COMPLAINT


def test_a_snooze_is_not_an_opt_out():
    life = Life()
    life.take(EventKind.SNOOZED, until=(life.now + 30 * DAY).isoformat())
    assert life.state.snoozed_until == life.now + 30 * DAY
    assert life.planned.touch  # it waits; the gate defers it


# ------------------------------------------------------------ humanity


def test_a_machines_open_is_no_act_and_earns_nothing_but_tells_that_opens_are_blind():
    life = Life().take(EventKind.MAIL_OPENED, mail="long-cycle/checklist", humanity=0.1)
    assert (life.state.acts, life.state.accumulators, life.state.blind) == ({}, (), True)


def test_a_machines_click_earns_nothing():
    life = Life().take(EventKind.MAIL_CLICKED, mail="long-cycle/checklist", link="pricing", humanity=0.0)
    assert (life.state.acts, life.state.accumulators) == ({}, ())


def test_a_person_behind_a_proxy_counts_and_still_blinds_the_opens():
    life = Life().take(EventKind.MAIL_OPENED, mail="long-cycle/checklist", humanity=0.7, proxied=True)
    assert life.state.blind
    assert len(life.state.accumulators) == 1


def test_an_automatic_reply_pauses_nothing():
    life = Life().take(EventKind.MAIL_REPLIED, campaign="long-cycle", humanity=0.0)
    assert life.inside.paused_until is None
    assert life.effects == ()


def test_a_human_reply_pauses_its_campaign_for_14_days_and_tells_the_owner():
    life = Life().take(EventKind.MAIL_REPLIED, campaign="long-cycle")
    assert life.inside.paused_until == life.now + 14 * DAY
    assert life.effects_of(Notify) == [Notify(to=None, what="reply")]


# ------------------------------------------------------------ acts


def test_acts_are_found_by_full_and_by_short_name():
    life = Life().take(EventKind.MAIL_CLICKED, mail="long-cycle/checklist", link="docs")
    assert {
        "clicked:checklist",
        "clicked:checklist:docs",
        "clicked:long-cycle/checklist:docs",
        "opened:checklist",
        "event:mail.clicked",
    } <= set(life.state.acts)


def test_a_late_act_does_not_move_the_last_one_back():
    life = Life().take(EventKind.PAGE_VISITED, path="/docs", after=DAY)
    visited = life.now
    life.take(EventKind.PAGE_VISITED, path="/docs", after=HOUR, late=20 * HOUR)
    assert life.state.acts["visited:/docs"] == visited


def test_only_the_newest_acts_are_kept():
    life = Life()
    for page in range(ACTS_KEPT + 5):
        life.take(EventKind.PAGE_VISITED, path=f"/{page}")
    assert len(life.state.acts) == ACTS_KEPT
    assert "visited:/0" not in life.state.acts
    assert f"visited:/{ACTS_KEPT + 4}" in life.state.acts


def test_an_event_from_a_clock_that_runs_ahead_counts_from_now():
    life = Life().take(EventKind.PAGE_VISITED, path="/pricing", late=-3 * HOUR)
    assert life.state.acts["visited:/pricing"] == life.now
    assert life.state.accumulators[0].at == life.now


# ------------------------------------------------------------ unreceived mails


def mails_unanswered(life, count):
    for _ in range(count):
        life.sent(after=DAY)
    return life.take(EventKind.TIMER_DUE, after=5 * DAY)


def test_a_mail_counts_as_unreceived_5_days_after_it_arrived():
    life = Life().sent()
    assert life.take(EventKind.TIMER_DUE, after=5 * DAY - HOUR).state.unreceived == 0
    assert life.take(EventKind.TIMER_DUE, after=HOUR).state.unreceived == 1


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (EventKind.MAIL_OPENED, {"mail": "long-cycle/checklist"}),
        (EventKind.MAIL_CLICKED, {"mail": "long-cycle/checklist", "link": "docs"}),
        (EventKind.MAIL_REPLIED, {"campaign": "long-cycle"}),
        (EventKind.PAGE_VISITED, {"path": "/docs"}),
        (EventKind.FORM_SUBMITTED, {"form": "guide"}),
    ],
)
def test_a_human_act_receives_all_mails_before_it(kind, properties):
    life = mails_unanswered(Life(), 2)
    assert life.state.unreceived == 2
    assert life.take(kind, **properties).state.unreceived == 0


def test_an_open_of_a_lead_whose_opens_are_blind_receives_nothing():
    life = mails_unanswered(Life().with_state(blind=True), 2)
    assert life.take(EventKind.MAIL_OPENED, mail="long-cycle/checklist").state.unreceived == 2


def test_a_mail_that_came_back_was_not_ignored():
    life = Life().sent()
    life.take(EventKind.MAIL_BOUNCED, touch=1_000_001, bounce="soft", after=DAY)
    assert life.take(EventKind.TIMER_DUE, after=9 * DAY).state.unreceived == 0


def test_operational_mail_is_no_test_of_interest():
    life = Life(under=programme())
    life.take(EventKind.MAIL_SENT, touch=1_000_001, mail="onboarding/welcome", **{"class": "operational"})
    assert life.state.receptions == ()
    assert "onboarding/welcome" in life.state.had
