"""What sales hears by mail: the lead it got and why, the time that runs out, and whoever must know that it has passed."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from company import MONDAY, PROGRAMME, campaign, catalog

from nurture.content.catalog import load_texts
from nurture.engine.sales import accept
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

NAMED = PROGRAMME.replace(
    "members: [{email: a@small.example, capacity: 2}",
    "members: [{email: a@small.example, capacity: 2, name: Lena Vogt}",
).replace(
    "within: 4 business hours}",
    "within: 4 business hours, warn_after: 2 business hours, escalate_to: head@small.example}",
)


@pytest.fixture
def named(bare):
    """A company whose first rep has a name, with a warning and an escalation."""
    quiet = campaign(entry="false")
    sending = catalog(quiet).texts["campaigns/programme.yaml"].split("holidays: null, ")[1].split("}")[0]
    texts = {"campaigns/programme.yaml": NAMED.replace("SENDING", sending), **quiet}
    bare.publish(load_texts(texts))
    return bare


def hot(company, name="ann", /, **fields):
    (lead_id,) = company.enter(name, **fields)
    company.engine.tick()
    for path in ("/pricing", "/demo"):
        company.happens(lead_id, EventKind.PAGE_VISITED, path=path)
    company.engine.tick()
    return lead_id


def told(company):
    """Recipient and subject of each mail, in order."""
    return [
        (each.rcpt_to, message_from_bytes(each.data, policy=policy.default)["Subject"])
        for each in company.relay.messages
    ]


def text(company, place=-1):
    message = message_from_bytes(company.relay.messages[place].data, policy=policy.default)
    return message.get_body(("plain",)).get_content()


def test_the_rep_is_told_who_why_and_until_when(named):
    ann = hot(named, last_name="Bauer", company="Fjord AS")
    assert told(named) == [("a@small.example", "For you: ann Bauer, Fjord AS")]
    said = text(named)
    assert "Hello Lena Vogt, this lead is ready" in said
    assert "- Visited, 2 times: +60" in said
    assert "interest 60 of 100" in said
    assert "by Monday 2 March, 15:00 CET" in said
    assert f"/inbox?lead={ann}" in said
    assert [row.lead_id for row in named.rows(table.outbox)] == [ann]


def test_a_rep_without_a_name_and_a_lead_without_one_are_told_of_all_the_same(named):
    hot(named)
    hot(named, "bob", first_name=None)
    assert told(named)[1] == ("b@small.example", "For you: bob@x.example")
    assert text(named).startswith("bob@x.example")
    assert "This lead is ready" in text(named)


def test_nobody_is_told_of_a_lead_that_nobody_has_room_for(named):
    for name in ("ann", "bob", "cid", "dan", "eve"):
        hot(named, name)
    assert len(told(named)) == 4


def test_a_rep_who_waits_is_warned_and_then_the_head_is_told_once_each(named):
    hot(named, company="Fjord AS")
    named.clock.turn_to(MONDAY + timedelta(hours=2))
    named.engine.tick()
    assert told(named)[1:] == [("a@small.example", "Still waiting: ann, Fjord AS")]
    assert "ends at Monday 2 March, 15:00 CET" in text(named)
    named.clock.turn_to(MONDAY + timedelta(hours=4))
    named.engine.tick()
    named.later(days=3)
    assert told(named)[2:] == [("head@small.example", "Too late: nobody has answered ann, Fjord AS")]
    assert "The lead is with Lena Vogt." in text(named)


def test_a_rep_who_answers_in_time_hears_no_more(named):
    ann = hot(named)
    with named.database.writing() as connection:
        accept(connection, ann, by="a@small.example", now=named.clock.now())
    named.engine.tick()
    named.later(days=3)
    assert len(told(named)) == 1
