"""The journal of a worker: what it proves after the worker, the file or the machine has come to harm."""

import datetime as dt
import os

import pytest

from nurture.delivery.journal import Answered, Dot, Held, Journal, abandoned, framed, read
from nurture.ports import Receipt, ReceiptStatus

NOW = dt.datetime(2026, 3, 2, 10, 4, tzinfo=dt.UTC)
BOOT = "this run"
HELD = framed(Held(BOOT, ((1, 1), (2, 3))))
DOT = framed(Dot(1, 1))
ANSWER = framed(Answered(Receipt(1, ReceiptStatus.SENT, NOW, "2.0.0", "queued")))


def fates(data, boot=BOOT):
    """What is known of touch 1 and of touch 2."""
    return [
        left.receipt.status.value if left.receipt else "not started" if left.not_started else "in flight"
        for left in read(data, boot)
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HELD, ["not started", "not started"]),
        (HELD + DOT, ["in flight", "not started"]),
        (HELD + DOT + ANSWER, ["sent", "not started"]),
        (HELD + DOT[:-5], ["not started", "not started"]),
        (HELD + DOT + ANSWER[:-1], ["in flight", "not started"]),
        (HELD + DOT[:9] + b"\n" + ANSWER, ["sent", "in flight"]),
        (b"", []),
        (HELD[:-1], []),
    ],
    ids=[
        "held",
        "intent",
        "answer",
        "torn intent",
        "torn answer",
        "damaged in the middle",
        "empty",
        "torn at once",
    ],
)
def test_three_fates_are_told_apart(data, expected):
    assert fates(data) == expected


@pytest.mark.parametrize("boot", ["another run", ""])
def test_after_the_machine_came_back_only_answers_are_believed(boot):
    assert fates(HELD + DOT + ANSWER, boot) == ["sent", "in flight"]


@pytest.mark.parametrize("end", range(len(HELD + DOT + ANSWER) + 1))
def test_wherever_a_crash_tears_it_nothing_that_may_have_left_counts_as_not_started(end):
    told = fates((HELD + DOT + ANSWER)[:end])
    if end >= len(HELD + DOT):
        assert told[0] in ("in flight", "sent")
    assert told == [] or told[1] == "not started"


def test_a_journal_of_the_living_is_left_alone_and_one_of_the_dead_is_read_once(tmp_path):
    journal = Journal(tmp_path)
    journal.hold([(1, 1), (2, 1)])
    journal.before_dot(1)
    assert list(abandoned(tmp_path)) == []
    journal.close()  # with a batch in it, as when its process ends
    (left,) = abandoned(tmp_path)
    assert [(each.touch_id, each.not_started) for each in left] == [(1, False), (2, True)]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_settled_is_kept(tmp_path):
    journal = Journal(tmp_path)
    journal.hold([(1, 1)])
    journal.close()
    found = abandoned(tmp_path)
    next(found)
    found.close()  # whoever settles it fails
    assert len(list(tmp_path.iterdir())) == 1


def test_a_batch_that_is_settled_leaves_nothing(tmp_path):
    journal = Journal(tmp_path)
    journal.hold([(1, 1)])
    journal.before_dot(1)
    journal.release()
    assert journal.left() == ()
    journal.hold([(5, 2)])
    assert [each.touch_id for each in journal.left()] == [5]
    journal.release()
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_each_worker_has_a_file_of_its_own(tmp_path):
    journals = [Journal(tmp_path) for _ in range(3)]
    assert len({journal.path for journal in journals}) == 3
    for journal in journals:
        journal.close()


def test_a_disk_that_takes_nothing_keeps_the_message_back(tmp_path):
    journal = Journal(tmp_path)
    journal.hold([(1, 1)])
    unwritable = os.open(journal.path, os.O_RDONLY)
    os.dup2(unwritable, journal._file)
    os.close(unwritable)
    with pytest.raises(OSError, match="Bad file descriptor"):
        journal.before_dot(1)
    journal.close()
