"""How the worker ends: with what is in hand, and without whoever never answers."""

from threading import Event as Flag
from threading import Thread

import pytest

from nurture.daemon import ending
from nurture.daemon.ending import InHand, closed

LONG = 60


@pytest.fixture
def in_hand():
    return InHand()


@pytest.fixture
def hangs(in_hand):
    """Begins a chore that goes on until the test lets it."""
    let_go, threads = Flag(), []

    def begin(what, *, outside):
        began = Flag()

        def act():
            began.set()
            let_go.wait(LONG)

        threads.append(Thread(target=in_hand.do, args=(act, what), kwargs={"outside": outside}))
        threads[-1].start()
        assert began.wait(LONG)

    yield begin
    let_go.set()
    for thread in threads:
        thread.join()


def told():
    flag = Flag()
    flag.set()
    return flag


def test_what_is_over_is_not_waited_for(in_hand):
    in_hand.do(lambda: None, "tick", outside=False)
    assert in_hand.finished(told(), seconds=LONG) == []


def test_a_chore_that_broke_is_not_in_hand(in_hand):
    with pytest.raises(ZeroDivisionError):
        in_hand.do(lambda: 1 // 0, "tick", outside=False)
    assert in_hand.finished(told(), seconds=LONG) == []


@pytest.mark.parametrize("stopping", [Flag(), told()], ids=["settings changed", "told to end"])
def test_who_waits_outside_is_left_and_named(in_hand, hangs, monkeypatch, stopping):
    monkeypatch.setattr(ending, "OUTSIDE_SECONDS", 0.1)
    hangs("reading the imap", outside=True)
    assert in_hand.finished(stopping, seconds=LONG) == ["reading the imap"]


def test_what_sends_is_left_only_when_the_time_is_over(in_hand, hangs):
    hangs("tick", outside=False)
    assert in_hand.finished(told(), seconds=0.1) == ["tick"]
    assert in_hand.names(outside=False) == ["tick"]


def test_a_change_of_settings_waits_for_what_sends_until_we_are_told_to_end(in_hand, hangs, monkeypatch):
    stopping, looks = Flag(), []

    def wait(seconds):
        looks.append(seconds)
        if len(looks) == 3:
            stopping.set()

    hangs("tick", outside=False)
    monkeypatch.setattr(in_hand._changed, "wait", wait)
    assert in_hand.finished(stopping, seconds=0) == ["tick"]
    assert len(looks) == 3


def test_nothing_begins_after_the_end(in_hand):
    done = []
    in_hand.finished(told())
    in_hand.do(lambda: done.append("tick"), "tick", outside=False)
    assert done == []


def test_closing_is_waited_for_as_long_as_was_said():
    let_go = Flag()
    assert closed(lambda: None, LONG)
    assert not closed(lambda: let_go.wait(LONG), 0.05)
    let_go.set()
