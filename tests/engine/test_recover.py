"""A worker is gone, stopped, or comes back: what was on the wire is told apart, and nothing leaves twice."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from company import Company, campaign, catalog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError

from nurture.delivery.journal import Journal
from nurture.engine.build import Builder
from nurture.engine.claim import claim
from nurture.engine.deliver import Outgoing
from nurture.engine.recover import Journals
from nurture.engine.settle import LATE
from nurture.engine.ticked import Ticked
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Lane

LEASE = timedelta(minutes=15)


def on_the_wire(company, directory):
    """A batch of all that is due, as a worker holds it that keeps a journal there."""
    engine = company.engine
    engine._absorb_all(engine.live, Ticked())
    with company.database.writing() as connection:
        claims, _ = claim(connection, engine.live, company.clock.now(), most=100, lease_for=LEASE)
    journal = Journal(directory)
    builder = Builder(engine.live, engine.keyring, engine.clock, base_url=engine.base_url)
    return Outgoing(engine.database, builder, engine.clock, claims, journal=journal), journal


def dies(journal):
    """Its process has gone, and with it its lock; the file stays."""
    journal.close()


def sent(message, company):
    return Receipt(message.touch_id, ReceiptStatus.SENT, company.clock.now(), "2.0.0")


def recover(company, directory):
    return Journals(directory).recover(company.database, company.clock.now())


@contextmanager
def losing_the_answer_to_a_claim(company):
    """The commit that claims takes effect, and we never learn of it."""
    writing = company.database.writing

    @contextmanager
    def loses():
        with writing() as connection:
            yield connection
            claims = connection.execute(select(table.touch).where(table.touch.c.status == "claimed")).first()
        if claims:
            raise InterfaceError("", {}, Exception("the connection is gone"))

    company.database.writing = loses
    try:
        yield
    finally:
        del company.database.writing


@pytest.fixture
def three(company):
    return company.enter("ann", "bob", "cid")


def test_after_a_crash_what_was_not_started_is_sent_at_once_and_only_what_was_in_flight_is_unknown(
    company, three, tmp_path
):
    ann, bob, cid = three
    out, journal = on_the_wire(company, tmp_path)
    messages = out.messages()
    first, second = next(messages), next(messages)
    out.fence.before_dot(first.touch_id)
    out.fence.answered(sent(first, company))
    out.fence.before_dot(second.touch_id)
    dies(journal)
    recovered = recover(company, tmp_path)
    assert (recovered.answered, recovered.unknown, recovered.released) == (1, 1, 1)
    assert [company.statuses(each)[0][1] for each in (ann, bob, cid)] == ["sent", "unknown", "planned"]
    assert list(tmp_path.glob("*.journal")) == []
    company.engine.tick()
    assert company.mailed() == ["cid"]
    assert company.statuses(cid)[0] == ("first", "sent")
    assert recover(company, tmp_path) == type(recovered)()


def test_what_was_claimed_and_not_yet_marked_is_sent_at_once_too(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    out.fence.hold()
    dies(journal)
    assert recover(company, tmp_path).released == 3
    company.engine.tick()
    assert company.mailed() == ["ann", "bob", "cid"]


def test_what_was_claimed_by_a_commit_whose_answer_was_lost_is_sent_at_once(company, three, tmp_path):
    company.engine._journals = Journals(tmp_path)
    with losing_the_answer_to_a_claim(company), pytest.raises(InterfaceError):
        company.engine.tick()
    assert {company.statuses(each)[0][1] for each in three} == {"claimed"}
    company.engine.tick()
    assert company.mailed() == ["ann", "bob", "cid"]


def test_what_another_worker_has_claimed_after_a_commit_that_failed_stays_its_own(company, three, tmp_path):
    out, _ = on_the_wire(company, tmp_path / "another")
    first = next(out.messages())
    journal = Journal(tmp_path)
    journal.hold([(touch.id, 1) for each in three for touch in company.touches(each)], claimed=False)
    dies(journal)
    recover(company, tmp_path)
    assert {company.statuses(each)[0][1] for each in three} == {"sending"}
    out.answered(sent(first, company))
    out.settle()
    assert company.statuses(three[0])[0] == ("first", "sent")


def test_a_refusal_that_the_journal_knows_is_written_as_it_was_said(company, tmp_path):
    (ann,) = company.enter("ann")
    out, journal = on_the_wire(company, tmp_path)
    message = next(out.messages())
    out.fence.answered(
        Receipt(message.touch_id, ReceiptStatus.DEFERRED, company.clock.now(), "4.2.1", "later")
    )
    dies(journal)
    recover(company, tmp_path)
    (touch,) = company.touches(ann)
    assert (touch.status, touch.code, touch.answer) == ("deferred", "4.2.1", "later")


def test_where_the_journal_is_lost_what_was_marked_is_unknown_when_its_lease_ends(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    next(out.messages())
    journal.path.unlink()
    company.later(minutes=16)
    assert {company.statuses(each)[0][1] for each in three} == {"unknown"}
    assert company.mailed() == []
    journal.release()


def test_what_another_worker_has_taken_over_since_is_left_to_it(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    out.fence.hold()
    dies(journal)
    company.later(minutes=16)
    assert company.mailed() == ["ann", "bob", "cid"]
    recovered = recover(company, tmp_path)
    assert recovered.released == recovered.unknown == recovered.answered == 0


def test_a_batch_of_its_own_that_broke_is_settled_at_the_next_turn(company, three, tmp_path):
    journals = Journals(tmp_path)
    company.engine._journals = journals

    def breaks():
        if company.mailed() == ["ann"]:
            company.relay.meanwhile = lambda: None
            raise KeyError("the wire is gone")

    company.relay.meanwhile = breaks
    with pytest.raises(KeyError):
        company.engine.tick()
    company.engine.tick()
    assert company.mailed() == ["ann", "bob", "cid"]
    assert {company.statuses(each)[0][1] for each in three} == {"sent"}


def test_told_to_stop_it_finishes_what_is_on_the_wire_and_gives_back_the_rest(company, three, tmp_path):
    company.engine._journals = Journals(tmp_path)
    company.relay.meanwhile = lambda: company.engine.stop() if company.mailed() else None
    company.engine.tick()
    assert company.mailed() == ["ann"]
    assert [company.statuses(each)[0][1] for each in three] == ["sent", "planned", "planned"]
    assert list(Journals(tmp_path).own().left()) == []
    company.engine._stopping.clear()  # as the next worker begins
    company.relay.meanwhile = lambda: None
    company.engine.tick()
    assert company.mailed() == ["ann", "bob", "cid"]


# ---------------------------------------------------------------- fencing


def test_a_worker_stopped_before_a_mail_is_built_leaves_what_was_taken_over(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    messages = out.messages()
    next(messages)
    company.later(minutes=16)  # another worker has found it lost
    assert list(messages) == []
    dies(journal)


def test_a_worker_stopped_between_the_envelope_and_the_dot_does_not_end_the_message(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    message = next(out.messages())
    company.later(minutes=16)
    with pytest.raises(OSError, match="another worker has taken the mail over"):
        out.fence.before_dot(message.touch_id)
    dies(journal)


@pytest.fixture
def given_up(company, three, tmp_path):
    """Ann's mail, at its dot when another worker gave it up as unknown; and its batch."""
    out, journal = on_the_wire(company, tmp_path)
    message = next(out.messages())
    company.later(minutes=16)
    assert company.statuses(three[0])[0] == ("first", "unknown")
    yield message, out
    dies(journal)


def test_what_was_given_up_and_is_put_off_late_waits_again_and_leaves(company, three, given_up):
    message, out = given_up
    out.answered(Receipt(message.touch_id, ReceiptStatus.DEFERRED, company.clock.now(), "4.2.2", "later"))
    out.settle()
    company.engine.tick()
    assert company.statuses(three[0])[0] == ("first", "deferred")
    (event,) = company.events(EventKind.MAIL_LOST)
    assert event.properties["by"] == LATE
    assert company.state(three[0]).had == {}
    company.later(minutes=10)
    assert company.statuses(three[0])[0] == ("first", "sent")
    assert "ann" in company.mailed()


def test_an_operational_mail_that_was_given_up_waits_again_in_its_own_lane(bare, tmp_path):
    bare.publish(catalog(campaign("account", "[{mail: first}]", class_="operational")))
    bare.enter("ann")
    out, journal = on_the_wire(bare, tmp_path)
    message = next(out.messages())
    bare.later(minutes=16)
    out.answered(Receipt(message.touch_id, ReceiptStatus.DEFERRED, bare.clock.now(), "4.2.2", "later"))
    out.settle()
    dies(journal)
    (waiting,) = bare.rows(table.due, table.due.c.id == message.touch_id)
    assert waiting.lane == Lane.OPERATIONAL


def test_what_was_given_up_and_is_taken_late_has_been_received_once(company, three, given_up):
    message, out = given_up
    out.answered(sent(message, company))
    out.settle()
    company.engine.tick()
    assert company.statuses(three[0])[0] == ("first", "sent")
    assert len(company.state(three[0]).receptions) == 1


def test_what_was_given_up_and_by_a_journal_never_left_is_sent_again(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    next(out.messages())
    dies(journal)
    company.later(minutes=16)  # another machine is quicker than the one whose worker died
    assert company.statuses(three[0])[0] == ("first", "unknown")
    assert recover(company, tmp_path).released == 3
    company.later(minutes=10)
    assert company.statuses(three[0])[0] == ("first", "sent")


def test_a_worker_that_was_slow_for_less_than_its_lease_goes_on(company, three, tmp_path):
    out, journal = on_the_wire(company, tmp_path)
    messages = out.messages()
    message = next(messages)
    company.later(minutes=14)
    out.fence.before_dot(message.touch_id)
    assert len(list(messages)) == 2
    dies(journal)


def test_two_engines_on_one_store_send_each_mail_once_though_one_stood_still(database_url, tmp_path):
    """The first is stopped in the middle of its batch, the second takes over; then the first goes on."""
    first = Company(database_url, journals=Journals(tmp_path / "a"))
    first.publish()
    ids = first.enter(*(f"lead{number:02}" for number in range(20)))
    second = Company(database_url, journals=Journals(tmp_path / "b"))

    def stands_still():
        if len(first.mailed()) == 5 and not second.relay.messages:
            later = first.clock.now() + timedelta(minutes=20)
            first.clock.turn_to(later)
            second.clock.turn_to(later)
            second.engine.tick()

    first.relay.meanwhile = stands_still
    first.engine.tick()
    second.engine.tick()
    mailed = first.mailed() + second.mailed()
    assert len(mailed) == len(set(mailed))
    statuses = {row.status for row in first.rows(table.touch, table.touch.c.lead_id.in_(ids)) if row.attempts}
    assert statuses <= {"sent", "unknown"}
    first.engine.close()
    second.engine.close()
