"""What comes of a mail on the wire: tried again, given up, refused for good, withdrawn, or never built."""

from datetime import timedelta

import pytest
from company import MONDAY, campaign, catalog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from nurture.content.catalog import load_texts
from nurture.engine.consent import Choice, prefer, snooze, unsubscribe
from nurture.engine.intake import NewLead
from nurture.engine.settle import GIVE_UP, LONGEST_RETRY, back_off
from nurture.ports import ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, EventKind

PROGRAMME = "campaigns/programme.yaml"
CHOSEN = (EventKind.PREFERENCES_CHANGED, EventKind.SNOOZED)
BUSY = {"status": ReceiptStatus.DEFERRED, "code": "4.2.1", "text": "try again later"}
NO_SUCH_USER = {"status": ReceiptStatus.BOUNCED, "code": "5.1.1", "bounce": BounceKind.HARD}
SPAM = {"status": ReceiptStatus.BOUNCED, "code": "5.7.1", "bounce": BounceKind.BLOCK}
DROPPED = {"status": ReceiptStatus.UNKNOWN, "text": "the connection ended after the dot"}


def test_a_mail_that_leaves_is_in_the_books_of_everybody(company):
    (ann,) = company.enter("ann")
    ticked = company.engine.tick()
    first, second = company.touches(ann)
    assert (first.status, first.settled_at, first.attempts, first.mail_revision) == ("sent", MONDAY, 1, 1)
    assert (second.status, second.due_at) == ("planned", MONDAY + timedelta(days=2))
    assert company.state(ann).had == {"news/first": MONDAY}
    assert ticked.sent == 1
    (sent,) = company.events(EventKind.MAIL_SENT)
    assert sent.properties["touch"] == first.id


def test_a_deferral_is_tried_again_later_and_later(company):
    (ann,) = company.enter("ann")
    company.relay.answer = lambda _: BUSY
    company.engine.tick()
    pauses = []
    for _ in range(9):
        (touch,) = company.touches(ann)
        assert (touch.status, touch.code) == ("deferred", "4.2.1")
        pauses.append(touch.due_at - company.clock.now())
        company.clock.turn_to(touch.due_at)
        assert company.engine.tick().deferred == 1
    minutes = [5, 10, 20, 40, 80, 160, 240, 240, 240]
    for pause, expected in zip(pauses, minutes, strict=True):
        assert timedelta(minutes=expected) <= pause <= timedelta(minutes=expected) * 1.2
    company.relay.answer = lambda _: None
    company.later(hours=5)
    assert company.statuses(ann)[0] == ("first", "sent")
    assert company.events(EventKind.MAIL_FAILED) == []


def test_after_three_days_of_deferrals_the_mail_is_given_up_and_the_track_goes_on(company):
    (ann,) = company.enter("ann")
    company.relay.answer = lambda _: BUSY
    company.engine.tick()
    while company.statuses(ann)[0][1] == "deferred":
        assert company.clock.now() - MONDAY <= GIVE_UP + LONGEST_RETRY * 1.2
        company.later(hours=1)
    assert company.statuses(ann)[0] == ("first", "failed")
    assert company.clock.now() - MONDAY >= GIVE_UP
    assert company.statuses(ann)[1][0] == "second"
    assert len(company.events(EventKind.MAIL_FAILED)) == 1


@pytest.mark.parametrize("attempt", [1, 7, 40, 10_000])
def test_no_pause_is_longer_than_four_hours_and_a_fifth(attempt):
    assert back_off(attempt, 1) <= LONGEST_RETRY * 1.2


def test_a_hard_bounce_ends_all_mail_to_the_address_and_cancels_what_is_planned(bare):
    bare.publish(
        catalog(
            campaign("news"), campaign("account", class_="operational", steps="[{mail: first, wait: 1 day}]")
        )
    )
    (ann,) = bare.enter("ann")
    bare.relay.answer = lambda _: NO_SUCH_USER
    bare.engine.tick()
    assert [(row.address, row.scope, row.cause) for row in bare.rows(table.suppression)] == [
        ("ann@x.example", "all", "hard bounce")
    ]
    assert sorted(row.status for row in bare.touches(ann)) == ["bounced", "cancelled"]
    bare.relay.answer = lambda _: None
    bare.later(days=1)
    assert bare.mailed() == []


def test_a_refusal_of_our_content_is_not_the_leads_fault(company):
    (ann,) = company.enter("ann")
    company.relay.answer = lambda _: SPAM
    company.engine.tick()
    assert company.rows(table.suppression) == []
    assert company.statuses(ann) == [("first", "bounced"), ("second", "planned")]


def test_a_mail_whose_fate_nobody_knows_is_not_sent_again(company):
    (ann,) = company.enter("ann")
    company.relay.answer = lambda _: DROPPED
    assert company.engine.tick().unknown == 1
    company.relay.answer = lambda _: None
    company.later(days=2)
    assert company.statuses(ann) == [("first", "unknown"), ("second", "sent")]
    assert company.state(ann).had.keys() == {"news/first", "news/second"}


# ---------------------------------------------------------------- suppressed on the way out


def suppress(company, lead_id):
    with company.database.writing() as connection:
        unsubscribe(connection, lead_id, touch_id=0, now=company.clock.now(), how="one-click")


def test_who_unsubscribes_between_the_claim_and_the_wire_is_not_mailed(company):
    ids = company.enter("ann", "bob", "cid")

    def meanwhile():
        """Bob unsubscribes while Ann's mail is on its way; a second later the next mail is asked for."""
        if company.mailed() == ["ann"] and not company.rows(table.suppression):
            suppress(company, ids[1])
            company.clock.turn_to(company.clock.now() + timedelta(seconds=1))

    company.relay.meanwhile = meanwhile
    company.engine.tick()
    assert company.mailed() == ["ann", "cid"]
    assert company.statuses(ids[1]) == [("first", "cancelled")]
    assert company.touches(ids[1])[0].answer.startswith("the address was suppressed")


def test_who_unsubscribes_before_the_first_mail_of_a_batch_is_asked_for_is_not_mailed(company):
    ids = company.enter("ann", "bob")
    company.relay.meanwhile = lambda: company.rows(table.suppression) or suppress(company, ids[0])
    company.engine.tick()
    assert company.mailed() == ["bob"]


def test_who_unsubscribes_while_a_slow_relay_takes_the_envelope_gets_no_message(company):
    (ann,) = company.enter("ann")

    def slow(message):
        if not company.rows(table.suppression):
            suppress(company, ann)
            company.clock.turn_to(company.clock.now() + timedelta(seconds=1))

    company.relay.answer = slow
    company.engine.tick()
    assert company.mailed() == []
    assert company.statuses(ann) == [("first", "cancelled")]


def test_a_store_that_cannot_be_asked_before_the_dot_costs_a_mail_no_time(company, monkeypatch):
    (ann,) = company.enter("ann")

    def slow(message):
        """The relay has taken the envelope a second later, and just then the store is away."""
        company.clock.turn_to(company.clock.now() + timedelta(seconds=1))

        def away():
            monkeypatch.undo()
            raise OperationalError("", {}, Exception("the server is starting up"))

        monkeypatch.setattr(company.database, "reading", away)
        company.relay.answer = lambda _: None

    company.relay.answer = slow
    ticked = company.engine.tick()
    assert (ticked.sent, ticked.deferred) == (1, 0)
    assert company.mailed() == ["ann"]
    assert company.touches(ann)[0].settled_at == MONDAY + timedelta(seconds=1)


@pytest.mark.parametrize(
    "choose",
    [
        lambda connection, lead_id, now: prefer(connection, lead_id, Choice(topics={"talk": False}), now=now),
        lambda connection, lead_id, now: snooze(connection, lead_id, now + timedelta(days=30), now=now),
    ],
    ids=["a topic", "a pause"],
)
def test_who_chooses_between_the_claim_and_the_wire_is_asked_about_again(bare, choose):
    texts = campaign()
    texts["campaigns/news/campaign.yaml"] += "topic: talk\n"
    written = catalog(texts).texts
    bare.publish(
        load_texts({**written, PROGRAMME: written[PROGRAMME] + "topics: {talk: {name: Our talks}}\n"})
    )
    ids = bare.enter("ann", "bob", "cid")

    def meanwhile():
        if bare.mailed() == ["ann"] and not bare.events(*CHOSEN):
            with bare.database.writing() as connection:
                choose(connection, ids[1], bare.clock.now())
            bare.clock.turn_to(bare.clock.now() + timedelta(seconds=1))

    bare.relay.meanwhile = meanwhile
    bare.engine.tick()
    assert bare.mailed() == ["ann", "cid"]
    bare.later(minutes=2)
    assert bare.mailed() == ["ann", "cid"]
    assert [row.status for row in bare.touches(ids[1])] in (["cancelled"], ["planned"])


def test_a_clock_that_is_set_back_hides_no_suppression(company):
    ids = company.enter("ann", "bob")

    def meanwhile():
        if company.mailed() == ["ann"] and not company.rows(table.suppression):
            suppress(company, ids[1])
            company.clock.set_back(hours=1)

    company.relay.meanwhile = meanwhile
    company.engine.tick()
    assert company.mailed() == ["ann"]


def test_a_suppression_that_is_committed_long_after_its_moment_still_counts(company):
    ids = company.enter("ann", "bob")

    def meanwhile():
        if company.mailed() and not company.rows(table.suppression):
            suppress(company, ids[1])
            with company.database.writing() as connection:
                connection.execute(update(table.suppression).values(at=MONDAY - timedelta(days=1)))
            company.clock.turn_to(company.clock.now() + timedelta(seconds=1))

    company.relay.meanwhile = meanwhile
    company.engine.tick()
    assert company.mailed() == ["ann"]


def test_an_unsubscription_ends_marketing_mail_at_once_and_leaves_operational_mail(bare):
    bare.publish(
        catalog(
            campaign("news", "[{mail: first, wait: 1 day}]"),
            campaign("account", "[{mail: first, wait: 2 days}]", class_="operational"),
        )
    )
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    suppress(bare, ann)
    bare.engine.tick()
    assert sorted(row.status for row in bare.touches(ann)) == ["cancelled", "planned"]
    bare.later(days=3)
    assert [row.campaign for row in bare.touches(ann) if row.status == "sent"] == ["account"]


def test_who_agrees_again_is_mailed_again(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    suppress(company, ann)
    company.engine.tick()
    company.later(days=3)
    assert company.mailed() == ["ann"]
    with company.database.writing() as connection:
        prefer(connection, ann, Choice(topics={"product": True}), now=company.clock.now())
    company.later(minutes=1)
    company.later(days=3)
    assert company.mailed() == ["ann", "ann"]


def test_who_changes_the_address_and_unsubscribes_is_not_mailed_at_the_new_one(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    company.happens(ann, EventKind.LEAD_CHANGED, fields={"email": "anna@y.example"})
    company.engine.tick()
    suppress(company, ann)
    assert [row.address for row in company.rows(table.suppression)] == ["anna@y.example"]


def test_people_whose_list_says_they_opted_out_are_suppressed_before_anything_is_absorbed(company):
    fields = {"email": "ann@x.example"}
    company.engine.enter_leads([NewLead(reference="1", fields=fields, opted_out=True)], source="crm")
    assert [row.address for row in company.rows(table.suppression)] == ["ann@x.example"]
    company.engine.tick()
    assert company.mailed() == []


# ---------------------------------------------------------------- mails that cannot be built


def test_a_mail_that_cannot_be_built_fails_alone(bare):
    body = "{{ 10 // (lead.size|int) }}"
    bare.publish(catalog(campaign(body=body)))
    ann, zero, bob = (*bare.enter("ann", size=2), *bare.enter("zero", size=0), *bare.enter("bob", size=5))
    bare.engine.tick()
    assert bare.mailed() == ["ann", "bob"]
    assert bare.statuses(zero) == [("first", "failed"), ("second", "planned")]
    assert bare.statuses(ann) == bare.statuses(bob) == [("first", "sent"), ("second", "planned")]
    (failed,) = bare.events(EventKind.MAIL_FAILED)
    assert failed.lead_id == zero
    assert failed.properties["why"]


def test_a_mail_that_is_gone_from_the_programme_fails_alone(bare):
    bare.publish(catalog(campaign(steps="[{mail: first}, {mail: other}]"), campaign("club")))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.later(days=2)
    assert dict(bare.statuses(ann))["other"] == "failed"
    assert len(bare.mailed()) == 3
