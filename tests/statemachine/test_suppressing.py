"""What ends the right to mail, and what gives it back."""

import random

import pytest

from nurture.statemachine.effects import Suppress
from nurture.statemachine.suppressing import SOFT_MOST
from nurture.vocabulary.words import BY_CONSENT, EventKind, SuppressionCause
from tests.statemachine.situation import DAY, HOUR, Life

SOFT = {"bounce": "soft", "touch": 1_000_001}


def bounced(days, order=lambda days: days):
    """A lead whose mail came back softly on these days, told in an order."""
    life, last = Life(), max(days)
    life.now += last * DAY
    for day in order(list(days)):
        life.take(EventKind.MAIL_BOUNCED, late=(last - day) * DAY, **SOFT)
    return life


@pytest.mark.parametrize(
    ("days", "ends"),
    [
        ((0, 1, 2, 3), False),
        ((0, 1, 2, 3, 4), True),
        ((0, 7, 14, 21, 30), True),
        ((0, 7, 14, 21, 31), False),
        ((0, 31, 62, 93, 124, 155), False),
        ((0, 40, 45, 50, 55, 60), True),
    ],
)
def test_five_soft_bounces_in_thirty_days_end_mail_to_an_address(days, ends):
    for seed in range(5):
        life = bounced(days, lambda told, seed=seed: random.Random(seed).sample(told, len(told)))
        assert life.state.suppressed is (SuppressionCause.SOFT_BOUNCES if ends else None)


def test_it_is_told_once_and_why():
    life = bounced(range(SOFT_MOST))
    assert life.records(EventKind.SUPPRESSED) == [
        {"cause": "soft bounces", "why": "5 soft bounces in 30 days", "trigger": "mail.bounced"}
    ]
    assert life.effects_of(Suppress) == [Suppress(SuppressionCause.SOFT_BOUNCES)]
    assert life.take(EventKind.MAIL_BOUNCED, **SOFT).effects == ()


def test_another_address_begins_anew():
    life = bounced(range(SOFT_MOST - 1)).take(EventKind.LEAD_CHANGED, fields={"email": "k@n.example"})
    assert life.take(EventKind.MAIL_BOUNCED, **SOFT).state.suppressed is None


def test_who_empties_the_mailbox_begins_anew_once_somebody_lifts_it():
    life = bounced(range(SOFT_MOST)).take(EventKind.SUPPRESSION_LIFTED, cause="soft bounces", by="ines@x")
    assert life.state.suppressed is None
    assert life.take(EventKind.MAIL_BOUNCED, after=HOUR, **SOFT).state.suppressed is None


def test_what_is_lifted_leaves_what_else_the_person_said():
    life = Life().take(EventKind.UNSUBSCRIBED).take(EventKind.MAIL_BOUNCED, bounce="hard")
    life.take(EventKind.SUPPRESSION_LIFTED, cause="hard bounce")
    assert life.state.suppressed is SuppressionCause.UNSUBSCRIBED


def test_what_is_lifted_must_be_what_stands():
    life = Life().take(EventKind.MAIL_COMPLAINED).take(EventKind.SUPPRESSION_LIFTED, cause="hard bounce")
    assert life.state.suppressed is SuppressionCause.COMPLAINT


def test_a_person_of_ours_may_say_that_a_lead_is_not_to_be_mailed():
    life = Life().take(EventKind.SUPPRESSED, cause="manual", by="ines@x", why="asked by telephone")
    assert life.state.suppressed is SuppressionCause.MANUAL
    assert life.effects_of(Suppress) == [Suppress(SuppressionCause.MANUAL)]


@pytest.mark.parametrize("cause", list(SuppressionCause))
def test_agreeing_anew_ends_what_the_person_did_not_want_and_nothing_else(cause):
    life = Life().take(EventKind.SUPPRESSED, cause=cause.value)
    life.take(EventKind.CONSENT_GIVEN, topics={"product": "Yes."}, proven=True)
    assert life.state.suppressed is (None if cause in BY_CONSENT else cause)
