"""What a rep puts off and tries, in the rows of both stores; and what the inbox counts of it."""

from datetime import timedelta

from test_hand_offs import answer, hot

from nurture.engine.sales import accept, contact, reject, snooze, team_of
from nurture.insight.inbox import Shelf, Waiting, Whose, next_back, open_hand_offs, waiting
from nurture.vocabulary.words import ContactOutcome, EventKind

HOUR = timedelta(hours=1)


def lying(company, shelf):
    """The leads on a shelf."""
    now = company.clock.now()
    with company.database.reading() as connection:
        lines = open_hand_offs(connection, now=now, since=now, shelf=shelf)
    return {line.state.lead.id for line in lines}


def counts(company, **whose):
    with company.database.reading() as connection:
        return waiting(connection, Whose(**whose), now=company.clock.now())


def test_each_hand_off_lies_on_one_shelf_and_is_counted_there(company):
    ann, bob, cid, dan = hot(company, "ann", "bob", "cid", "dan")
    answer(company, accept, bob)
    answer(company, snooze, cid, until=company.clock.now() + HOUR)
    answer(company, accept, dan)
    answer(company, contact, dan, note="")
    shelves = {shelf: lying(company, shelf) for shelf in Shelf}
    # Nothing is agreed about a first contact here, so whoever has accepted has done what was agreed.
    assert shelves == {Shelf.TODO: {ann}, Shelf.SNOOZED: {cid}, Shelf.WORK: {bob, dan}}
    assert counts(company) == Waiting(open=4, todo=1, unclaimed=1, late=0, snoozed=1)
    assert counts(company).work == 2
    assert counts(company, rep="a@small.example").open == 2
    with company.database.reading() as connection:
        assert next_back(connection, now=company.clock.now()) == company.clock.now() + HOUR


def test_an_answer_counts_before_it_is_taken_in(company):
    ann, bob = hot(company, "ann", "bob")
    now = company.clock.now()
    with company.database.writing() as connection:
        reject(connection, ann, reason="not-now", note="", by="a rep", now=now)
        accept(connection, bob, by="a rep", now=now)
    assert lying(company, Shelf.TODO) == {bob}
    assert counts(company) == Waiting(open=2, todo=1, unclaimed=0, late=0, snoozed=0)


def test_a_lead_that_was_put_off_is_late_all_the_same(company):
    (ann,) = hot(company, "ann")
    clock = company.state(ann).clock
    answer(company, snooze, ann, until=company.clock.now() + timedelta(days=9))
    assert company.state(ann).clock == clock
    company.later(days=3)
    assert len(company.events(EventKind.SLA_BREACHED)) == 1
    assert (counts(company).late, counts(company).todo) == (1, 0)


def test_a_try_stops_nothing_and_a_contact_ends_the_putting_off(company):
    (ann,) = hot(company, "ann")
    clock = company.state(ann).clock
    answer(company, snooze, ann, until=company.clock.now() + HOUR)
    answer(company, contact, ann, note="", outcome=ContactOutcome.NO_ANSWER)
    assert company.state(ann).clock == clock
    assert lying(company, Shelf.SNOOZED) == {ann}
    answer(company, accept, ann)
    answer(company, contact, ann, note="", outcome=ContactOutcome.MEETING_BOOKED)
    assert lying(company, Shelf.WORK) == {ann}
    (tried,), (met,) = company.events(EventKind.CONTACT_TRIED), company.events(EventKind.CONTACTED)
    assert (tried.properties["outcome"], met.properties["outcome"]) == ("no-answer", "meeting-booked")


def test_what_sales_has_no_more_cannot_be_put_off(company):
    (ann,) = hot(company, "ann")
    answer(company, reject, ann, reason="not-now", note="")
    now = company.clock.now()
    with company.database.writing() as connection:
        assert team_of(connection, ann) is None
        assert not snooze(connection, ann, until=now + HOUR, by="a rep", now=now)
    assert company.events(EventKind.HAND_OFF_SNOOZED) == []
