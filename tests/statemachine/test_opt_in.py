"""Until a person has confirmed what a form asked for, nothing but operational mail; and strangers only add."""

import pytest

from nurture.statemachine.consent import rests
from nurture.statemachine.effects import PlanTouch
from nurture.vocabulary.words import EventKind, Gate, SuppressionCause, Verdict
from tests.statemachine.situation import HOUR, Life
from tests.statemachine.test_gates import operational, verdict, waiting

WORDING = {"product": "Write me about the product."}
ASKED, GIVEN = EventKind.CONSENT_ASKED, EventKind.CONSENT_GIVEN


def a_lead_made_by_a_form():
    return Life(email="").take(
        EventKind.LEAD_CREATED, unconfirmed=True, fields={"email": "kim@north.example"}
    )


def test_a_lead_that_a_form_made_gets_nothing_planned_until_it_confirms():
    life = a_lead_made_by_a_form()
    assert rests(life.programme, life.state, life.programme.campaigns["long-cycle"], life.now)
    assert [enrolment.planned for enrolment in life.state.live_enrolments] == [None]
    assert life.state.touches == 0
    life.take(GIVEN, after=HOUR, form="newsletter", topics=WORDING, how="mail", proven=True)
    assert (life.state.unconfirmed, life.state.opted_in) == (False, ("product",))
    assert life.effects_of(PlanTouch)


def test_the_gate_says_that_it_has_not_confirmed():
    life, touch = waiting()
    life.with_state(unconfirmed=True)
    assert verdict(life, touch)[:2] == (Gate.SUPPRESSED, Verdict.STOP)
    assert verdict(life, operational(touch))[1] is Verdict.PASS


@pytest.mark.parametrize(
    ("kind", "properties", "unconfirmed"),
    [
        (GIVEN, {"topics": WORDING, "proven": True}, False),
        (GIVEN, {"topics": WORDING}, True),
        (EventKind.PREFERENCES_CHANGED, {"topics": {"product": True}}, False),
        (EventKind.PREFERENCES_CHANGED, {"topics": {"product": False}, "told_by": "HubSpot"}, True),
        (EventKind.FORM_SUBMITTED, {"form": "demo"}, True),
        (EventKind.LEAD_CHANGED, {"fields": {"company_size": 20}}, True),
    ],
)
def test_only_who_has_the_address_confirms(kind, properties, unconfirmed):
    assert a_lead_made_by_a_form().take(kind, **properties).state.unconfirmed is unconfirmed


def test_a_lead_that_there_was_before_goes_on_as_it_was():
    life = Life().take(ASKED, form="newsletter", topics=WORDING)
    assert not life.state.unconfirmed
    assert [bool(enrolment.planned) for enrolment in life.state.live_enrolments] == [True]


def test_confirming_lifts_an_unsubscription_and_never_a_complaint():
    life = Life().take(EventKind.UNSUBSCRIBED).take(GIVEN, topics=WORDING, proven=True)
    assert life.state.suppressed is None
    life = Life().take(EventKind.MAIL_COMPLAINED).take(GIVEN, topics=WORDING, proven=True)
    assert life.state.suppressed is SuppressionCause.COMPLAINT


def test_who_may_only_add_changes_nothing_that_is_known():
    life = Life(first_name="Kim").take(
        EventKind.LEAD_CHANGED,
        fields={"first_name": "Eve", "last_name": "Stone", "company_size": 9, "seniority": ""},
        fills=True,
    )
    assert (life.state.lead.first_name, life.state.lead.last_name) == ("Kim", "Stone")
    assert life.state.lead.fields == {"seniority": "director", "company_size": 300}
