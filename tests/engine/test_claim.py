"""Which touches leave, who holds them, and what becomes of those whose worker is gone."""

from datetime import timedelta

from company import ANY_TIME, MONDAY, Company, campaign, catalog
from sqlalchemy import update

from nurture.engine.build import Builder
from nurture.engine.claim import claim
from nurture.engine.deliver import Outgoing, deliver
from nurture.engine.settle import Settling
from nurture.engine.ticked import Ticked
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, TouchStatus

LEASE = timedelta(minutes=15)
ONCE_A_DAY = ANY_TIME + ", at_most: [{mails: 1, per: day}]"


def taken(company, *, most=100):
    """What a worker claims now, before it does anything with it."""
    with company.database.writing() as connection:
        claims, _ = claim(connection, company.engine.live, company.clock.now(), most=most, lease_for=LEASE)
    return claims


def absorbed(company):
    company.engine._absorb_all(company.engine.live, Ticked())


def outgoing(company, claims):
    engine = company.engine
    builder = Builder(engine.live, engine.keyring, engine.clock, base_url=engine.base_url)
    return Outgoing(engine.database, builder, engine.clock, claims)


def delivered(company, claims):
    engine = company.engine
    builder = Builder(engine.live, engine.keyring, engine.clock, base_url=engine.base_url)
    return deliver(engine.database, engine.transport, builder, engine.clock, claims)


def queue(company):
    return {row.id: row.due_at for row in company.rows(table.due, table.due.c.kind == 2)}


def test_a_lead_has_one_touch_in_a_batch(bare):
    bare.publish(catalog(campaign("news"), campaign("club")))
    ann, bob = bare.enter("ann", "bob")
    absorbed(bare)
    assert [(each.touch.lead_id) for each in taken(bare)] == [ann, bob]
    assert [(each.touch.lead_id) for each in taken(bare)] == [ann, bob]
    assert taken(bare) == []


def test_a_batch_is_no_larger_than_asked_and_takes_the_oldest(company):
    ids = company.enter("ann", "bob", "cid")
    absorbed(company)
    assert [each.touch.lead_id for each in taken(company, most=2)] == list(ids[:2])
    assert [each.touch.lead_id for each in taken(company, most=2)] == list(ids[2:])


def test_what_is_claimed_is_nobody_elses_until_the_lease_runs_out(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    (held,) = taken(company)
    assert company.statuses(ann) == [("first", "claimed")]
    assert queue(company) == {held.touch.id: MONDAY + LEASE}
    company.clock.turn_to(MONDAY + LEASE - timedelta(seconds=1))
    assert taken(company) == []
    company.clock.turn_to(MONDAY + LEASE)
    (again,) = taken(company)
    assert (held.attempt, again.attempt) == (1, 2)


def test_a_claim_that_is_taken_over_does_not_count_against_its_own_cap(bare):
    bare.publish(catalog(sending=ONCE_A_DAY))
    (ann,) = bare.enter("ann")
    absorbed(bare)
    taken(bare)
    bare.later(minutes=16)
    assert bare.statuses(ann)[0] == ("first", "sent")


def test_a_claim_that_is_taken_over_and_deferred_waits_like_any_other(bare):
    bare.publish(catalog(sending='between: ["09:00", "17:00"]'))
    (ann,) = bare.enter("ann")
    absorbed(bare)
    taken(bare)
    bare.later(hours=10)
    assert bare.statuses(ann) == [("first", "planned")]
    bare.later(hours=14)
    assert bare.statuses(ann)[0] == ("first", "sent")


def test_a_touch_whose_worker_was_lost_while_sending_is_unknown_and_the_track_goes_on(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    next(outgoing(company, taken(company)).messages())  # marked, handed to the wire, and then silence
    assert company.statuses(ann) == [("first", "sending")]
    company.later(minutes=14)
    assert company.statuses(ann) == [("first", "sending")]
    company.later(minutes=2)
    assert company.statuses(ann) == [("first", "unknown"), ("second", "planned")]
    assert company.mailed() == []
    company.later(days=3)
    assert company.statuses(ann)[1] == ("second", "sent")
    assert company.mailed() == ["ann"]
    assert len(company.events(EventKind.MAIL_UNKNOWN)) == 1


def test_a_worker_that_comes_back_after_its_lease_sends_nothing_that_another_has_taken_over(company):
    company.enter("ann", "bob")
    absorbed(company)
    slow = taken(company)
    company.clock.turn_to(MONDAY + LEASE)
    quick = taken(company)
    assert {each.attempt for each in quick} == {2}
    assert list(outgoing(company, slow).messages()) == []
    delivered(company, quick)
    assert company.mailed() == ["ann", "bob"]


def test_a_worker_that_comes_back_finds_its_touches_sent_and_leaves_them(company):
    company.enter("ann")
    absorbed(company)
    slow = taken(company)
    company.clock.turn_to(MONDAY + LEASE)
    delivered(company, taken(company))
    assert list(outgoing(company, slow).messages()) == []
    assert company.mailed() == ["ann"]


def test_the_answer_to_an_older_attempt_is_not_written(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    (old,) = taken(company)
    company.clock.turn_to(MONDAY + LEASE)
    (new,) = taken(company)
    next(outgoing(company, [new]).messages())
    settling = Settling(company.clock.now())
    settling.receipt(old, Receipt(old.touch.id, ReceiptStatus.BOUNCED, company.clock.now(), "550"))
    with company.database.writing() as connection:
        settling.write(connection)
    assert company.statuses(ann) == [("first", "sending")]
    assert company.events(EventKind.MAIL_BOUNCED) == []


def test_a_late_answer_settles_what_was_unknown(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    claims = taken(company)
    out = outgoing(company, claims)
    next(out.messages())
    company.later(minutes=16)
    assert company.statuses(ann)[0] == ("first", "unknown")
    out.answered(Receipt(claims[0].touch.id, ReceiptStatus.SENT, company.clock.now(), "250"))
    out.settle()
    assert company.statuses(ann)[0] == ("first", "sent")


def test_a_cancelled_touch_that_is_claimed_keeps_its_lease(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    (held,) = taken(company)
    company.happens(ann, EventKind.UNSUBSCRIBED)
    absorbed(company)
    assert company.statuses(ann) == [("first", "claimed")]
    assert held.touch.id in queue(company)  # or nobody would ever look at it again
    company.later(minutes=16)
    assert company.statuses(ann) == [("first", "cancelled")]
    assert company.mailed() == []
    assert queue(company) == {}


def test_a_place_in_the_queue_of_a_finished_touch_is_given_up(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    with company.database.writing() as connection:
        connection.execute(update(table.touch).values(status=TouchStatus.CANCELLED.value))
    company.engine.tick()
    assert queue(company) == {}
    assert company.statuses(ann) == [("first", "cancelled")]


def test_every_verdict_is_written_with_the_gates_that_were_asked(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    (decision,) = company.decisions(company.touches(ann)[0].id)
    assert (decision.verdict, decision.gate, decision.at) == ("pass", None, MONDAY)
    assert [check[0] for check in decision.checks][:2] == ["suppressed", "goal or exit"]


def test_two_workers_send_each_mail_once(postgres_database_url):
    from concurrent.futures import ThreadPoolExecutor

    first = Company(postgres_database_url, batch=40)
    first.publish()
    first.enter(*(f"lead{number}" for number in range(300)))
    absorbed(first)
    second = Company(postgres_database_url, batch=40)

    def work(company):
        while company.engine.tick().sent:
            pass
        return company.mailed()

    with ThreadPoolExecutor(2) as pool:
        mailed = list(pool.map(work, (first, second)))
    assert all(mailed)
    assert sorted(mailed[0] + mailed[1]) == sorted(f"lead{number}" for number in range(300))
    sent = first.rows(table.touch, table.touch.c.status == "sent")
    assert len(sent) == 300
    assert len(first.events(EventKind.MAIL_SENT)) == 300
    first.engine.close()
    second.engine.close()


def test_a_touch_that_its_worker_is_settling_is_left_alone_and_nobody_waits(postgres_database_url):
    company = Company(postgres_database_url)
    company.publish()
    ann, bob = company.enter("ann", "bob")
    absorbed(company)
    late = taken(company)
    company.clock.turn_to(company.clock.now() + LEASE + timedelta(minutes=1))
    with company.database.writing() as settling:
        hers = table.touch.c.id == company.touches(ann)[0].id
        settling.execute(update(table.touch).where(hers).values(answer="on its way"))
        with company.database.writing() as claiming:
            claiming.exec_driver_sql("SET LOCAL lock_timeout = '10s'")  # in the way of a deadlock this fails
            now = company.clock.now()
            claims, _ = claim(claiming, company.engine.live, now, most=9, lease_for=LEASE)
    assert [each.touch.lead_id for each in claims] == [bob]
    assert len(late) == 2
    company.engine.close()


def test_a_lease_begins_anew_when_a_mail_is_marked(company):
    (ann,) = company.enter("ann")
    absorbed(company)
    out = outgoing(company, taken(company))
    company.clock.turn_to(company.clock.now() + timedelta(minutes=10))  # others of the batch were slow
    next(out.messages())
    company.later(minutes=10)
    assert company.statuses(ann)[0] == ("first", "sending")
    company.later(minutes=6)
    assert company.statuses(ann)[0] == ("first", "unknown")
