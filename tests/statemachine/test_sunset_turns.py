"""A lead that answers nothing for long is asked whether to go on, and then left in peace."""

import pytest

from nurture.statemachine.effects import CancelTouch, PlanTouch, Suppress
from nurture.statemachine.gates import Facts, judge
from nurture.vocabulary.words import EventKind, Gate, MailClass, SuppressionCause, Verdict
from tests.statemachine.situation import DAY, HOUR, Life, programme

SUNSET = (
    "sending:\n",
    "sending:\n  sunset: {after: 3 unreceived mails, mail: long-cycle/stay, within: 30 days}\n",
)


def silent(mails=3, **state):
    """A lead that had so many mails and answered none: their five days are over."""
    life = Life(programme(SUNSET)).with_state(**state)
    for number in range(mails):
        life.take(EventKind.MAIL_SENT, after=DAY, **about(life, f"mail-{number}"))
    return life.take(EventKind.TIMER_DUE, after=5 * DAY)


def about(life, mail, campaign="long-cycle"):
    life.serial += 1
    return {
        "touch": 1_000_000 + 900 + life.serial,
        "mail": f"long-cycle/{mail}",
        "campaign": campaign,
        "class": "marketing",
    }


def asked(life):
    """The mail that asks has arrived."""
    (touch,) = [effect.touch for effect in life.effects_of(PlanTouch) if effect.touch.campaign == "sunset"]
    return life.take(
        EventKind.MAIL_SENT,
        after=HOUR,
        touch=touch.id,
        mail=touch.mail,
        campaign="sunset",
        step="ask",
        **{"class": "marketing"},
    )


def test_so_many_ignored_mails_and_the_lead_is_asked_once_and_hears_nothing_else():
    life = silent()
    assert life.records(EventKind.SUNSET_BEGUN) == [{"ignored": 3, "trigger": "timer.due"}]
    (planned,) = [effect.touch for effect in life.effects_of(PlanTouch)]
    assert (planned.mail, planned.campaign, planned.mail_class) == (
        "long-cycle/stay",
        "sunset",
        MailClass.MARKETING,
    )
    assert life.effects_of(CancelTouch)
    assert {each.track for each in life.state.live_enrolments if each.campaign != "sunset"} == {None}


@pytest.mark.parametrize(
    ("mails", "blind", "begun"), [(2, False, False), (3, True, False), (5, True, False), (6, True, True)]
)
def test_a_lead_whose_opens_cannot_be_seen_has_twice_as_many(mails, blind, begun):
    assert (silent(mails, blind=blind).state.sunset is not None) is begun


def test_the_moment_at_which_it_begins_is_known_before():
    life = Life(programme(SUNSET))
    for number in range(3):
        life.take(EventKind.MAIL_SENT, after=DAY, **about(life, f"mail-{number}"))
    third = life.now
    while life.state.sunset is None:
        life.wake()
    assert life.now == third + 5 * DAY


def test_a_new_persona_does_not_forgive_what_was_ignored():
    life = silent(2)
    life.with_state(unreceived=0)
    life.take(EventKind.MAIL_SENT, after=DAY, **about(life, "last"))
    assert life.take(EventKind.TIMER_DUE, after=5 * DAY).state.sunset is not None


def test_who_does_not_answer_within_the_time_is_suppressed_at_its_very_moment():
    life = asked(silent())
    arrived = life.now
    assert life.state.sunset.due_at == arrived + 30 * DAY
    while life.state.suppressed is None:
        life.wake()
    assert life.now == arrived + 30 * DAY
    assert life.state.suppressed is SuppressionCause.SUNSET
    assert life.effects_of(Suppress) == [Suppress(SuppressionCause.SUNSET)]
    (told,) = life.records(EventKind.SUPPRESSED)
    assert told["why"] == "answered none of 3 mails, nor the one that asked whether to go on"
    assert (life.state.sunset, life.state.ignored) == (None, 0)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (EventKind.MAIL_CLICKED, {"mail": "long-cycle/stay", "link": "stay"}),
        (EventKind.MAIL_REPLIED, {"campaign": "sunset"}),
        (EventKind.FORM_SUBMITTED, {"form": "guide"}),
        (EventKind.PAGE_VISITED, {"path": "/docs"}),
        (EventKind.PREFERENCES_CHANGED, {"topics": {"product": True}}),
    ],
)
def test_an_answer_keeps_the_mails_coming(kind, properties):
    life = asked(silent()).take(kind, after=20 * DAY, **properties)
    assert life.records(EventKind.SUNSET_ENDED)
    assert (life.state.sunset, life.state.ignored, life.state.suppressed) == (None, 0, None)
    assert [effect.touch.campaign for effect in life.effects_of(PlanTouch)] == ["long-cycle"]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (EventKind.MAIL_OPENED, {"mail": "long-cycle/stay"}),
        (EventKind.MAIL_CLICKED, {"mail": "long-cycle/stay", "link": "stay", "humanity": 0.0}),
        (EventKind.MAIL_REPLIED, {"campaign": "sunset", "humanity": 0.0}),
        (EventKind.PREFERENCES_CHANGED, {"topics": {"product": True}, "by": "ines@tarewell.example"}),
    ],
)
def test_what_is_no_answer_of_the_persons_own_changes_nothing(kind, properties):
    life = asked(silent()).take(kind, after=20 * DAY, **properties)
    assert life.state.sunset is not None
    assert life.take(EventKind.TIMER_DUE, after=10 * DAY).state.suppressed is SuppressionCause.SUNSET


@pytest.mark.parametrize("kind", [EventKind.MAIL_BOUNCED, EventKind.MAIL_LOST])
def test_a_question_that_did_not_arrive_was_not_asked(kind):
    life = asked(silent()).take(kind, after=DAY, campaign="sunset", bounce="soft")
    assert (life.state.sunset, life.state.ignored) == (None, 0)


def test_who_unsubscribes_instead_is_not_asked_any_more():
    life = silent().take(EventKind.UNSUBSCRIBED, after=HOUR)
    assert life.effects_of(CancelTouch)
    assert life.state.sunset is None
    assert life.state.suppressed is SuppressionCause.UNSUBSCRIBED


def test_a_programme_without_a_sunset_any_more_lets_everybody_go_on():
    life = asked(silent())
    life.programme = programme()
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert life.state.sunset is None
    assert life.state.live_enrolments[0].track is not None


def test_the_gate_says_why_nothing_else_leaves():
    life = Life(programme(SUNSET))
    (touch,) = [effect.touch for effect in life.effects_of(PlanTouch)]
    told = silent()
    judgement = judge(touch, Facts(programme=told.programme, state=told.state), told.now)
    assert (judgement.gate, judgement.verdict) == (Gate.SUPPRESSED, Verdict.STOP)
    assert "asked whether we should go on" in judgement.why


def test_silent_again_after_an_answer_it_is_asked_again():
    life = asked(silent()).take(EventKind.MAIL_CLICKED, mail="long-cycle/stay", link="stay", after=DAY)
    for number in range(3):
        life.take(EventKind.MAIL_SENT, after=DAY, **about(life, f"new-{number}"))
    life.take(EventKind.TIMER_DUE, after=5 * DAY)
    assert [effect.touch.mail for effect in life.effects_of(PlanTouch)] == ["long-cycle/stay"]
    (again,) = [effect.touch for effect in life.effects_of(PlanTouch)]
    judgement = judge(again, Facts(programme=life.programme, state=life.state), life.now)
    assert judgement.gate is not Gate.ALREADY_HAD
