"""Who has agreed to nothing may be mailed for a while after it turned to us, and then not; a yes has no end."""

from datetime import timedelta

import pytest

from nurture.statemachine.consent import implied_until
from nurture.statemachine.effects import CancelTouch
from nurture.vocabulary.words import EventKind, Gate, Stage, Verdict
from tests.statemachine.situation import DAY, MONDAY, Life, programme
from tests.statemachine.test_gates import operational, verdict, waiting

HALF_A_YEAR, TWO_YEARS = timedelta(days=183), timedelta(days=730)
GIVEN = {"form": "newsletter", "topics": {"product": "Write me about the product."}, "how": "form"}


def canada(policy="{countries: [CA]}"):
    return programme(("sending:\n", f"sending:\n  implied_consent: {policy}\n"))


def life(country="CA", policy="{countries: [CA]}"):
    return Life(canada(policy), country=country)


def until(a_life):
    return implied_until(a_life.programme, a_life.state)


def test_it_ends_half_a_year_after_the_lead_came():
    assert until(life()) == MONDAY + HALF_A_YEAR


def test_an_inquiry_begins_it_anew_and_a_click_does_not():
    asked = life().take(EventKind.MAIL_CLICKED, after=40 * DAY, humanity=1.0, mail="long-cycle/a")
    assert until(asked) == MONDAY + HALF_A_YEAR
    asked.take(EventKind.FORM_SUBMITTED, form="demo")
    assert until(asked) == MONDAY + 40 * DAY + HALF_A_YEAR


def test_a_customer_has_two_years_from_the_purchase():
    bought = life().with_state(stage=Stage.CUSTOMER, stage_since=MONDAY + 10 * DAY)
    assert until(bought) == MONDAY + 10 * DAY + TWO_YEARS


@pytest.mark.parametrize(
    ("country", "policy"), [("DE", "{countries: [CA]}"), (None, "{countries: [CA]}"), ("CA", None)]
)
def test_it_ends_only_where_the_programme_says_so(country, policy):
    told = {} if country is None else {"country": country}
    a_life = Life(canada(policy) if policy else programme(), **{"country": None, **told})
    assert until(a_life) is None


def test_without_countries_it_ends_for_everybody():
    assert until(life("DE", "{inquiry: 90 days}")) == MONDAY + 90 * DAY


def test_a_yes_has_no_end():
    agreed = life().take(EventKind.CONSENT_GIVEN, **GIVEN)
    assert until(agreed) is None


def test_when_it_ends_nothing_is_planned_any_more_and_the_lead_wakes_for_it():
    a_life = life()
    assert a_life.planned
    ends_at = until(a_life)
    while a_life.wake_at is not None and a_life.wake_at < ends_at:
        a_life.wake()
    assert a_life.wake_at == ends_at
    planned = [each.planned for each in a_life.state.live_enrolments]
    a_life.wake()
    assert [each.planned for each in a_life.state.live_enrolments] == [None] * len(planned)
    assert bool(a_life.effects_of(CancelTouch)) == any(each is not None and each.touch for each in planned)
    a_life.take(EventKind.CONSENT_GIVEN, after=DAY, **GIVEN)
    assert [each.track for each in a_life.state.live_enrolments] != [None]


def test_the_gate_says_so_and_operational_mail_goes_on():
    a_life, touch = waiting(("sending:\n", "sending:\n  implied_consent: {inquiry: 7 days}\n"))
    a_week_later = MONDAY + 7 * DAY
    assert verdict(a_life, touch)[1] is Verdict.PASS
    assert verdict(a_life, touch, a_week_later)[:2] == (Gate.SUPPRESSED, Verdict.STOP)
    assert verdict(a_life, operational(touch), a_week_later)[0] is not Gate.SUPPRESSED
