"""Mails of unknown fate: settled by what comes back, by the programme's policy, or by a person."""

import json
from datetime import timedelta
from email import message_from_bytes

import pytest
from company import ANY_TIME, MONDAY, catalog

from nurture.engine.feedback import receive
from nurture.engine.provider_events import take_in
from nurture.engine.unknown import arrived, send_again
from nurture.ports import ReceiptStatus
from nurture.providers.model import Request
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


# ---------------------------------------------------------------- known before anybody gave it up


@pytest.fixture
def sending(company):
    """Bob's mail has left with a worker that never comes back, and that kept no journal."""
    (bob,) = company.enter("bob")

    def dies():
        if company.touches(bob)[0].status == "sending":
            raise KeyError("the worker ends here")

    company.relay.answer = lambda _: dies()
    with pytest.raises(KeyError):
        company.engine.tick()
    company.relay.answer = lambda _: None
    return company.touches(bob)[0]


def reported(company, touch, event, **said):
    message_id = company.engine.keyring.message_id(touch.id, "small.example")
    told = {"event": event, "email": "bob@x.example", "smtp-id": message_id, "sg_event_id": event, **said}
    take_in(company.engine, "sendgrid", Request(body=json.dumps([told]).encode()))


def test_its_provider_told_of_it_before_it_was_given_up(company, sending):
    reported(company, sending, "delivered")
    company.later(minutes=16)
    assert company.statuses(sending.lead_id)[0] == ("first", "sent")
    assert company.touches(sending.lead_id)[0].answer == "it arrived: its provider says so"


def test_it_came_back_before_it_was_given_up(company, sending):
    reported(company, sending, "bounce", type="bounce", status="5.1.1", reason="550 5.1.1 User unknown")
    company.later(minutes=16)
    assert company.statuses(sending.lead_id) == [("first", "bounced")]
    assert company.touches(sending.lead_id)[0].code == "5.1.1"


def test_somebody_opened_it_before_it_was_given_up(company, sending):
    opened = {"touch": sending.id, "mail": sending.mail, "humanity": 1.0}
    company.happens(sending.lead_id, EventKind.MAIL_OPENED, **opened)
    company.engine.tick()
    company.later(minutes=16)
    assert company.statuses(sending.lead_id)[0] == ("first", "sent")


def test_of_what_nothing_is_known_it_stays_unknown(company, sending):
    company.later(minutes=16)
    assert company.statuses(sending.lead_id)[0] == ("first", "unknown")
    reported(company, sending, "delivered")
    assert company.statuses(sending.lead_id)[0] == ("first", "sent")


def test_a_notice_that_is_quicker_than_our_own_commit_ends_the_right_to_mail(company, sending):
    path = company.engine.keyring.return_path(sending.id, "small.example")
    notice = (
        f"From: MAILER-DAEMON@mx\nTo: {path}\nSubject: failure notice\n\n<bob@x.example>:\nno such user\n"
    )
    assert receive(company.engine, notice.encode(), source="test").did == "suppressed the address: it is dead"
    (row,) = company.rows(table.suppression)
    assert row.address == "bob@x.example"
