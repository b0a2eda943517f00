"""A send may last for hours: what readers do meanwhile is taken in beside it, and is theirs as soon as if nothing was sent.
Nor does a send wait until they rest.
"""

from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from mailed import Mailed

from nurture.engine.absorbing import Absorbing
from nurture.engine.consent import unsubscribe
from nurture.engine.engine import BESIDE
from nurture.engine.intake import add_events
from nurture.engine.track import SpooledTracks
from nurture.store.database import Database
from nurture.tracking.hits import to_record
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

A_CLICK = 10 + 8
"""Two rules of its programme reward one."""


@pytest.fixture
def mailed(database_url, tmp_path):
    mailed = Mailed(database_url, tmp_path / "spool")
    yield mailed
    mailed.close()


def beside(engine):
    """What another thread takes in now."""
    taken = []
    thread = Thread(target=lambda: taken.append(engine.take_in()))
    thread.start()
    thread.join()
    return taken[0]


def during_the_send(mailed, happens, *names):
    """Leads of these names are mailed, and *happens* once, before the second of their mails is asked for."""
    before = len(mailed.company.mailed())
    told = []

    def meanwhile():
        if len(mailed.company.mailed()) == before + 1 and not told:
            told.append(happens())

    mailed.company.relay.meanwhile = meanwhile
    mailed.mail(*names)
    return told[0]


def click(mailed):
    """The first lead presses a link, and half a minute passes."""
    mailed.spool.append(to_record(mailed.clicked(timedelta(seconds=30))))
    mailed.company.clock.turn_to(mailed.company.clock.now() + timedelta(minutes=1))


def test_a_click_is_taken_in_while_other_mail_is_on_the_wire(mailed):
    def happens():
        click(mailed)
        return beside(mailed.company.engine), mailed.interest()

    before = mailed.interest()
    taken, after = during_the_send(mailed, happens, "bob", "cid", "dan")
    assert taken >= 2  # the hit, and the event that became of it
    assert after - before == pytest.approx(A_CLICK, abs=0.01)
    assert mailed.company.mailed() == ["ann", "bob", "cid", "dan"]
    assert mailed.is_sound()


def test_beside_a_send_that_is_over_nothing_is_taken_in_and_the_next_turn_does_it(mailed):
    before = mailed.interest()
    click(mailed)
    assert beside(mailed.company.engine) == 0
    assert mailed.company.events(EventKind.MAIL_CLICKED) == []
    mailed.company.engine.tick()
    assert mailed.interest() - before == pytest.approx(A_CLICK, abs=0.01)


def test_what_is_taken_in_may_withdraw_a_mail_that_is_claimed_already(mailed):
    def happens():
        with mailed.company.database.writing() as connection:
            unsubscribe(
                connection, bob_and_cid[1], touch_id=0, now=mailed.company.clock.now(), how="one-click"
            )
        mailed.company.clock.turn_to(mailed.company.clock.now() + timedelta(seconds=1))
        return beside(mailed.company.engine)

    bob_and_cid = mailed.company.enter("bob", "cid")
    assert during_the_send(mailed, happens) == 1
    assert mailed.company.mailed() == ["ann", "bob"]
    assert mailed.company.statuses(bob_and_cid[1])[0] == ("first", "cancelled")
    assert mailed.is_sound()


def test_told_to_stop_it_ends_with_what_it_has_in_hand(mailed):
    def happens():
        for second in range(250):
            mailed.spool.append(to_record(mailed.opened(timedelta(seconds=second))))
        mailed.company.clock.turn_to(mailed.company.clock.now() + timedelta(minutes=10))
        mailed.company.engine.stop()
        return beside(mailed.company.engine), len(mailed.company.events(EventKind.MAIL_OPENED))

    taken, opened = during_the_send(mailed, happens, "bob", "cid")
    assert (opened, BESIDE <= taken <= 2 * BESIDE) == (BESIDE, True)


STORM = 40


def test_readers_who_never_rest_do_not_keep_mail_from_leaving(mailed, tmp_path):
    company, left = mailed.company, []

    class Restless(SpooledTracks):
        def take(self, *args, **more):
            if not left and len(company.events(EventKind.MAIL_OPENED)) < STORM:
                mailed.spool.append(to_record(mailed.opened(timedelta(seconds=30))))
            return super().take(*args, **more)

    company.relay.meanwhile = lambda: left.append(len(company.events(EventKind.MAIL_OPENED)))
    company.engine._tracks = Restless(tmp_path / "spool")
    mailed.mail("bob")
    assert company.mailed() == ["ann", "bob"]
    assert left[0] < STORM


def visit(lead_id, number, at):
    return Event(
        lead_id=lead_id,
        kind=EventKind.PAGE_VISITED,
        occurred_at=at,
        received_at=at,
        source="test",
        source_id=f"visit {number}",
        properties={"url": "https://small.example/"},
    )


def test_events_that_never_end_do_not_keep_mail_from_leaving(company):
    (ann,) = company.enter("ann")
    left, visited = [], []

    class Restless(Database):
        """After each commit three seconds are gone, and there is another visit."""

        @contextmanager
        def writing(self):
            with super().writing() as connection:
                yield connection
                now, visits = company.clock.now(), len(visited)
                if not left and visits < STORM:
                    company.clock.turn_to(now + timedelta(seconds=3))
                    visited.append(visit(ann, visits, now))
                    add_events(connection, visited[-1:])

    company.relay.meanwhile = lambda: left.append(len(visited))
    restless = Restless(company.database.url, durable=False)
    company.engine._absorbing = Absorbing(restless, company.clock, company.engine.keyring)
    company.engine.tick()
    restless.close()
    assert company.mailed() == ["ann"]
    assert 0 < left[0] < STORM
