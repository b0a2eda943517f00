"""Which questions are asked of whom, what answers say, and what looks like a machine."""

from datetime import timedelta

import pytest
from company import MONDAY
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.model import Agreement, Field, FieldType, Form, Question
from nurture.engine import form_ticket
from nurture.engine.form_answers import TEXT_MAX, Wrong, questions, read_answers
from nurture.engine.form_guard import HELD_FROM, QUICKEST, suspicion
from nurture.engine.form_ticket import Ticket
from nurture.identity import Keyring
from nurture.vocabulary.lead import Lead

FIELDS = {
    "size": Field(type=FieldType.INTEGER),
    "budget": Field(type=FieldType.NUMBER),
    "role": Field(type=FieldType.CHOICE, of=("buyer", "user")),
    "trial": Field(type=FieldType.BOOLEAN),
    "since": Field(type=FieldType.DATE),
    "plan": Field(type=FieldType.TEXT),
}
ALL = ("email", "first_name", "country", *(name for name in FIELDS if name != "plan"))


class Company:
    """As much of a programme as questions need."""

    fields = FIELDS


def form(*asked, **more):
    fields = tuple(Question(field=name) for name in asked or ALL)
    hidden = Question(field="plan", hidden=True, value="trial")
    return Form(name="Form", fields=(*fields, hidden), **more)


def read(given, *, asked=None, ticked=(), **more):
    written = form(*(asked or ALL), **more)
    return read_answers(Company, written, questions(written, None, proven=False), given, ticked=ticked)


def names(written, lead=None, *, proven=False):
    return [question.field for question in questions(written, lead, proven=proven)]


def test_a_stranger_is_asked_the_first_questions_and_the_address():
    assert names(form(ask=2)) == ["email", "first_name", "country"]
    assert names(form()) == list(ALL)


def test_who_is_known_is_asked_the_next_ones():
    lead = Lead(id=1, created_at=MONDAY, email="a@x.example", first_name="Ada", fields={"size": 3})
    assert names(form(ask=2), lead) == ["email", "country", "budget"]
    assert names(form(ask=2), lead, proven=True) == ["country", "budget"]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("email", " Ada@X.example ", "ada@x.example"),
        ("country", "Germany", "DE"),
        ("size", "1,200", 1200),
        ("budget", "2.5", 2.5),
        ("role", "Buyer", "buyer"),
        ("trial", "yes", True),
        ("since", "2026-03-01", "2026-03-01"),
        ("first_name", "  Ada\u202e\x00 ", "Ada"),
    ],
)
def test_answers_are_cleaned(field, text, value):
    answers = read({"email": "a@x.example", field: text})
    assert (answers.wrong, answers.fields[field], answers.fields["plan"]) == ({}, value, "trial")


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("email", "", Wrong.MISSING),
        ("email", "ada", Wrong.UNREADABLE),
        ("email", "a@x.example\r\nBcc: b@x.example", Wrong.UNREADABLE),
        ("country", "Atlantis", Wrong.UNREADABLE),
        ("size", "many", Wrong.UNREADABLE),
        ("role", "king", Wrong.UNREADABLE),
        ("since", "yesterday", Wrong.UNREADABLE),
        ("first_name", "x" * (TEXT_MAX + 1), Wrong.TOO_LONG),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(field, text, wrong):
    assert read({"email": "a@x.example", field: text}).wrong == {field: wrong}


def test_a_german_form_reads_german_numbers():
    given = {"email": "a@x.example", "size": "1.200", "budget": "2,5"}
    fields = read(given, language="de").fields
    assert (fields["size"], fields["budget"]) == (1200, 2.5)


def test_what_was_not_asked_is_not_looked_at():
    answers = read({"email": "a@x.example", "owner": "x@x.example", "plan": "paid"}, asked=("email",))
    assert answers.fields == {"email": "a@x.example", "plan": "trial"}


def test_an_agreement_is_a_ticked_box_or_the_sending_itself():
    topics = {"news": Agreement(wording="By sending.", by="sending"), "events": Agreement(wording="Box.")}
    answers = read({"email": "a@x.example"}, topics=topics)
    assert (answers.agreed, answers.refused) == ({"news": "By sending."}, ("events",))
    ticked = read({"email": "a@x.example"}, topics=topics, ticked=("events", "other"))
    assert ticked.agreed == {"news": "By sending.", "events": "Box."}


@given(st.dictionaries(st.sampled_from(ALL), st.text(max_size=600)))
def test_nothing_that_is_typed_breaks_a_form(given):
    answers = read(given)
    assert answers.wrong.keys() <= set(ALL)
    assert all(value != "" for value in answers.fields.values())


# ------------------------------------------------------------ what looks like a machine


def why(**facts):
    human = {
        "trap": "",
        "opened_at": MONDAY,
        "now": MONDAY + timedelta(seconds=20),
        "fields": {"first_name": "Ada"},
        "recent": 0,
        "from_elsewhere": "",
    }
    return suspicion(**{**human, **facts})


def test_a_person_is_not_held():
    assert why() is None


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"trap": "x"}, "do not see"),
        ({"now": MONDAY + QUICKEST - timedelta(milliseconds=500)}, "1.5 seconds"),
        ({"fields": {"first_name": "Win https://x.example"}}, "a link in the field first_name"),
        ({"recent": HELD_FROM}, "number 11"),
        ({"from_elsewhere": "https://bad.example"}, "https://bad.example"),
    ],
)
def test_what_a_machine_does_is_held_and_says_why(facts, said):
    assert said in why(**facts)


# ------------------------------------------------------------ the ticket

KEYRING = Keyring(b"k" * 32)
TICKET = Ticket(form="demo", nonce="n", opened_at=MONDAY, asked=("email",), lead=7)


def test_a_ticket_comes_back_as_it_went():
    text = form_ticket.issue(KEYRING, TICKET)
    assert form_ticket.read(KEYRING, text, "demo", MONDAY + timedelta(hours=23)) == TICKET


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_a_ticket_that_was_changed_is_none(place, character):
    text = form_ticket.issue(KEYRING, TICKET)
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    assert changed == text or form_ticket.read(KEYRING, changed, "demo", MONDAY) is None


@pytest.mark.parametrize(("of", "after"), [("other", timedelta(0)), ("demo", timedelta(days=1))])
def test_a_ticket_is_good_for_one_form_and_one_day(of, after):
    assert form_ticket.read(KEYRING, form_ticket.issue(KEYRING, TICKET), of, MONDAY + after) is None
