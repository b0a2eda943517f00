"""Mails of unknown fate: settled by what comes back, by the programme's policy, or by a person."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from company import ANY_TIME, MONDAY, catalog

from nurture.engine.unknown import arrived, send_again
from nurture.ports import ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

DROPPED = {"status": ReceiptStatus.UNKNOWN, "text": "the connection ended after the dot"}
WHO = "ines@small.example"


@pytest.fixture
def ann(company):
    """A lead whose first mail may or may not have left, as if the relay had taken it."""
    (ann,) = company.enter("ann")
    dropped(company)
    return ann


def dropped(company):
    company.seen = []
    company.relay.answer = lambda message: company.seen.append(message) or DROPPED
    company.engine.tick()
    company.relay.answer = lambda _: None


def says(company, verb, *touch_ids):
    with company.database.writing() as connection:
        return verb(connection, touch_ids, by=WHO, now=company.clock.now())


def first_of(company, lead_id):
    return company.touches(lead_id)[0]


def message_id(message):
    return message_from_bytes(message.data)["Message-ID"]


def test_it_arrived(company, ann):
    assert says(company, arrived, first_of(company, ann).id) == 1
    company.later(days=2)
    assert company.statuses(ann)[:2] == [("first", "sent"), ("second", "sent")]
    assert company.mailed() == ["ann"]  # the second mail alone
    (event,) = [row for row in company.events(EventKind.MAIL_SENT) if "by" in row.properties]
    assert (event.properties["by"], event.occurred_at) == (WHO, MONDAY)
    (entry,) = company.rows(table.audit_entry, table.audit_entry.c.actor == WHO)
    assert entry.what == "said that mails of unknown fate arrived"


def test_it_did_not_and_is_sent_again_under_the_same_message_id(company, ann):
    assert says(company, send_again, first_of(company, ann).id) == 1
    company.later(seconds=6)
    assert company.statuses(ann)[0] == ("first", "sent")
    assert [message_id(message) for message in company.relay.messages] == [message_id(company.seen[0])]
    assert company.state(ann).had == {"news/first": company.clock.now()}
    (event,) = company.events(EventKind.MAIL_LOST)
    assert event.properties["by"] == WHO
    company.later(days=2)
    assert company.mailed() == ["ann", "ann"]
    assert company.statuses(ann)[1] == ("second", "sent")


def test_sent_again_it_asks_the_gates_again(company, ann):
    company.happens(ann, EventKind.UNSUBSCRIBED)
    says(company, send_again, first_of(company, ann).id)
    company.later(seconds=6)
    assert company.statuses(ann)[0] == ("first", "cancelled")
    assert company.mailed() == []


def test_a_mail_may_be_lost_twice(company, ann):
    says(company, send_again, first_of(company, ann).id)
    company.clock.turn_to(company.clock.now() + timedelta(seconds=6))
    dropped(company)
    assert company.statuses(ann)[0] == ("first", "unknown")
    assert len(company.events(EventKind.MAIL_UNKNOWN)) == 2
    assert company.state(ann).had.keys() == {"news/first"}
    assert says(company, send_again, first_of(company, ann).id) == 1
    company.later(seconds=6)
    assert company.mailed() == ["ann"]


@pytest.mark.parametrize("verb", [arrived, send_again])
def test_only_what_is_unknown_is_settled_and_once(company, ann, verb):
    touch_id = first_of(company, ann).id
    assert says(company, verb, touch_id) == 1
    assert says(company, verb, touch_id) == 0
    company.later(seconds=6)
    assert says(company, verb, touch_id, 77) == 0


def test_who_opens_it_has_had_it(company, ann):
    touch = first_of(company, ann)
    company.happens(ann, EventKind.MAIL_OPENED, touch=touch.id, mail=touch.mail, humanity=1.0)
    company.engine.tick()
    assert company.statuses(ann)[0] == ("first", "sent")


def test_by_the_policy_resend_it_is_tried_again_by_itself_under_the_same_message_id(bare):
    bare.publish(catalog(sending=ANY_TIME + ", unknown: resend"))
    (ann,) = bare.enter("ann")
    dropped(bare)
    assert bare.statuses(ann) == [("first", "deferred")]
    bare.later(minutes=10)
    assert bare.statuses(ann)[0] == ("first", "sent")
    assert message_id(bare.relay.messages[0]) == message_id(bare.seen[0])
    assert bare.events(EventKind.MAIL_UNKNOWN) == []
