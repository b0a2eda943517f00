"""What a rep may say: only what is known."""

from datetime import UTC, datetime

import pytest

from nurture.content.model import Persona
from nurture.insight.inbox import Visit
from nurture.insight.talk import dialled, talk_track
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import BuyingRole

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = LeadState(lead=Lead(id=1, created_at=AT))
BUYER = Persona(key="buyer", name="Buyer", role=BuyingRole.BUYER, goals=("terms",), triggers=("a tender",))


def test_of_a_lead_that_did_nothing_nothing_is_made_up():
    talk = talk_track(ADA, None, ())
    assert (talk.notes, talk.say, talk.ask, talk.where) == ((), (), (), "")


def test_the_form_comes_first_then_pages_then_links_once_each():
    acts = {
        "submitted:demo": AT,
        "clicked:news/first:site": AT,
        "clicked:first:site": AT,
        "clicked:first": AT,
        "visited:/pricing": AT,
    }
    state = LeadState(lead=ADA.lead, acts=acts, had={"news/first": AT})
    talk = talk_track(state, BUYER, (Visit("/pricing", 3, AT),), ("Call: now",))
    assert talk.say == (
        "You sent us the form “demo”.",
        "You looked at /pricing 3 times.",
        "You followed “site” in our mail.",
    )
    assert (talk.notes, talk.ask, talk.where) == (("Call: now",), ("terms", "a tender"), "last mail “first”")


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"phone": "+49 (40) 669-69 121"}, "+494066969121"),
        ({"mobile": "0171 1"}, "01711"),
        ({"phone": "ask reception", "mobile": "1"}, "1"),
        ({"phone": "+"}, None),
        ({}, None),
    ],
)
def test_a_number_is_dialled_by_its_digits(fields, number):
    assert dialled(LeadState(lead=Lead(id=1, created_at=AT, fields=fields))) == number
