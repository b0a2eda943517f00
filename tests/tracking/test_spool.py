"""The spool keeps what it acknowledged, through threads, full disks, torn tails and restarts, and gives it once."""

import errno
import os
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.tracking import replay as replay_module
from nurture.tracking import segment as segment_module
from nurture.tracking.replay import Position, forget, read
from nurture.tracking.segment import framed, segments, unframed
from nurture.tracking.spool import Spool

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class ClockAt:
    def __init__(self, now=NOON):
        self.moment = now

    def now(self):
        return self.moment


@pytest.fixture
def clock():
    return ClockAt()


@pytest.fixture
def spool(tmp_path, clock):
    opened = Spool(tmp_path, clock)
    yield opened
    opened.close()


def contents(directory, position=Position(), limit=10_000):  # noqa: B008 frozen
    return [record.content for record in read(directory, position, limit).records]


def files(directory):
    return [path for _, _, path in segments(directory)]


lines = st.binary(max_size=200).filter(lambda record: b"\n" not in record)


@given(lines)
def test_a_record_comes_back_as_it_was_framed(record):
    assert unframed(framed(record)[:-1]) == record


@given(lines, st.integers(min_value=0), st.integers(0, 7))
def test_a_changed_bit_is_noticed(record, place, bit):
    line = bytearray(framed(record)[:-1])
    line[place % len(line)] ^= 1 << bit
    assert unframed(bytes(line)) is None


def test_records_come_back_in_the_order_of_their_series(spool, tmp_path):
    for number in range(5):
        spool.append(b"record %d" % number)
    assert contents(tmp_path) == [b"record 0", b"record 1", b"record 2", b"record 3", b"record 4"]


def test_a_record_of_two_lines_is_our_mistake(spool):
    with pytest.raises(AssertionError, match="one line"):
        spool.append(b"two\nlines")


def test_reading_goes_on_where_the_position_says_and_never_twice(spool, tmp_path):
    position, seen = Position(), []
    for number in range(7):
        spool.append(b"%d" % number)
        if number % 3 == 0:
            batch = read(tmp_path, position, limit=2)
            position = msgspec.json.decode(msgspec.json.encode(batch.position), type=Position)
            seen += batch.records
    while (batch := read(tmp_path, position, limit=2)).records:
        position = batch.position
        seen += batch.records
    assert [record.content for record in seen] == [b"%d" % number for number in range(7)]
    assert len({record.source_id for record in seen}) == 7


def test_the_same_position_gives_the_same_records_again(spool, tmp_path):
    spool.append(b"a")
    spool.append(b"b")
    assert read(tmp_path, Position(), 10) == read(tmp_path, Position(), 10)


def test_every_record_of_many_threads_is_kept_once(spool, tmp_path):
    def write(name):
        for number in range(50):
            spool.append(b"%d %d" % (name, number))

    threads = [Thread(target=write, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = contents(tmp_path)
    assert sorted(kept) == sorted(b"%d %d" % (name, number) for name in range(16) for number in range(50))
    for name in range(16):  # and each thread's in its own order
        own = [record for record in kept if record.startswith(b"%d " % name)]
        assert own == [b"%d %d" % (name, number) for number in range(50)]


def test_threads_that_come_while_the_disk_works_share_the_next_write(spool, tmp_path, monkeypatch):
    syncs = []
    all_started = Barrier(9)
    spool.append(b"first")

    def slow_sync(descriptor):
        if not syncs:
            syncs.append("held back until eight more have come")
            all_started.wait(5)
            while len(spool._waiting.lines) < 8:
                pass
        else:
            syncs.append("shared")

    monkeypatch.setattr(segment_module.os, "fdatasync", slow_sync)

    def late(number):
        all_started.wait(5)
        spool.append(b"late %d" % number)

    threads = [Thread(target=spool.append, args=(b"leader",))]
    threads += [Thread(target=late, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(contents(tmp_path)) == 10
    assert len(syncs) == 2


def test_append_returns_after_the_disk_has_it(spool, tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(segment_module.os, "fdatasync", lambda _: order.append("synced"))
    spool.append(b"x")
    order.append("returned")
    assert order == ["synced", "returned"]


# Crashes


@pytest.mark.parametrize("torn_bytes", range(1, 20))
def test_a_torn_tail_is_passed_over_after_a_restart(tmp_path, clock, torn_bytes):
    before = Spool(tmp_path, clock)
    before.append(b"acknowledged")
    before.close()
    with files(tmp_path)[0].open("ab") as file:
        file.write(framed(b"never acknowledged")[:torn_bytes])
    position = read(tmp_path, Position(), 10).position
    after = Spool(tmp_path, clock)
    after.append(b"after the restart")
    after.close()
    assert contents(tmp_path) == [b"acknowledged", b"after the restart"]
    assert contents(tmp_path, position) == [b"after the restart"]
    assert read(tmp_path, Position(), 10).damaged == 1


def test_a_line_that_is_still_being_written_waits_for_its_end(spool, tmp_path):
    spool.append(b"whole")
    line = framed(b"in two parts")
    with files(tmp_path)[0].open("ab") as file:
        file.write(line[:10])
        file.flush()
        batch = read(tmp_path, Position(), 10)
        assert [record.content for record in batch.records] == [b"whole"]
        assert batch.damaged == 0
        file.write(line[10:])
    assert contents(tmp_path, batch.position) == [b"in two parts"]


def test_a_page_of_zeros_in_the_middle_costs_only_itself(spool, tmp_path):
    for record in (b"one", b"two", b"three"):
        spool.append(record)
    path = files(tmp_path)[0]
    text = path.read_bytes()
    path.write_bytes(text.replace(b"two", b"\0\0\0"))
    batch = read(tmp_path, Position(), 10)
    assert [record.content for record in batch.records] == [b"one", b"three"]
    assert batch.damaged == 1


def test_a_long_stretch_of_zeros_does_not_hold_up_what_follows(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(replay_module, "CHUNK_BYTES", 64)
    for record in (b"before", b"after"):
        spool = Spool(tmp_path, clock)
        spool.append(record)
        spool.close()
        if record == b"before":
            with files(tmp_path)[0].open("ab") as file:
                file.write(bytes(200))
    position, seen = Position(), []
    while (batch := read(tmp_path, position, 10)).position != position:
        position, seen = batch.position, seen + [record.content for record in batch.records]
    assert seen == [b"before", b"after"]


@given(cut=st.integers(min_value=0, max_value=400))
def test_whatever_a_power_cut_leaves_whole_records_are_a_prefix(tmp_path_factory, cut):
    directory = tmp_path_factory.mktemp("cut")
    spool = Spool(directory, ClockAt())
    written = [b'{"number":%d}' % number for number in range(20)]
    for record in written:
        spool.append(record)
    spool.close()
    path = files(directory)[0]
    os.truncate(path, min(cut, path.stat().st_size))
    found = contents(directory)
    assert found == written[: len(found)]


# Disks that are full


def failing(real, times, error=errno.ENOSPC):
    left = [times]

    def call(*arguments):
        if left[0]:
            left[0] -= 1
            raise OSError(error, os.strerror(error))
        return real(*arguments)

    return call


@pytest.mark.parametrize("call", ["write", "fdatasync"])
def test_a_write_that_fails_once_is_tried_again_in_a_new_segment(spool, tmp_path, monkeypatch, call):
    spool.append(b"before")
    monkeypatch.setattr(segment_module.os, call, failing(getattr(os, call), 1))
    spool.append(b"during")
    spool.append(b"after")
    assert contents(tmp_path) == [b"before", b"during", b"after"]
    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize("call", ["write", "fdatasync"])
def test_a_disk_that_stays_full_is_said_and_what_was_refused_is_not_read(spool, tmp_path, monkeypatch, call):
    spool.append(b"before")
    monkeypatch.setattr(segment_module.os, call, failing(getattr(os, call), 2))
    with pytest.raises(OSError, match="No space left"):
        spool.append(b"refused")
    spool.append(b"after")
    assert contents(tmp_path) == [b"before", b"after"]


def test_part_of_a_write_that_failed_is_taken_back(spool, tmp_path, monkeypatch):
    spool.append(b"before")
    real, calls = os.write, []

    def half(descriptor, data):
        calls.append(len(data))
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[: len(data) // 2] if len(calls) == 1 else data)

    monkeypatch.setattr(segment_module.os, "write", half)
    spool.append(b"kept once")
    assert contents(tmp_path) == [b"before", b"kept once"]
    assert read(tmp_path, Position(), 10).damaged == 0


def test_a_writer_that_fails_unforeseen_leaves_nobody_waiting(spool, tmp_path, monkeypatch):
    def broken(lines):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(spool, "_write", broken)
        with pytest.raises(MemoryError):
            spool.append(b"lost, and said so")
    spool.append(b"after")
    assert contents(tmp_path) == [b"after"]


# Segments and series


def test_a_full_segment_is_followed_by_another(tmp_path, clock):
    spool = Spool(tmp_path, clock, segment_bytes=40)
    for number in range(6):
        spool.append(b"record %d" % number)
    spool.close()
    assert len(files(tmp_path)) == 3
    assert contents(tmp_path) == [b"record %d" % number for number in range(6)]
    position, seen = Position(), []
    while (batch := read(tmp_path, position, limit=1)).records:
        position, seen = batch.position, seen + [record.content for record in batch.records]
    assert seen == contents(tmp_path)


def test_each_process_writes_a_series_of_its_own_and_a_dead_ones_is_taken_over(tmp_path, clock):
    first, second = Spool(tmp_path, clock), Spool(tmp_path, clock)
    assert (first.series, second.series) == ("tracking-0", "tracking-1")
    first.append(b"of the first")
    second.append(b"of the second")
    first.close()
    third = Spool(tmp_path, clock)
    third.append(b"of the third")
    assert third.series == "tracking-0"
    assert contents(tmp_path) == [b"of the first", b"of the third", b"of the second"]
    second.close()
    third.close()


def test_a_clock_that_steps_back_does_not_disorder_a_series(tmp_path, clock):
    for step, record in enumerate((b"one", b"two", b"three")):
        clock.moment = NOON - timedelta(hours=step)
        spool = Spool(tmp_path, clock)
        spool.append(record)
        spool.close()
    assert contents(tmp_path) == [b"one", b"two", b"three"]


def test_positions_of_a_lost_directory_do_not_hide_what_follows(tmp_path, clock):
    spool = Spool(tmp_path, clock)
    spool.append(b"before the loss, long enough to be far on")
    spool.close()
    position = read(tmp_path, Position(), 10).position
    for path in tmp_path.iterdir():
        path.unlink()
    clock.moment = NOON + timedelta(seconds=1)
    spool = Spool(tmp_path, clock)
    spool.append(b"after")
    spool.close()
    assert contents(tmp_path, position) == [b"after"]


def test_only_what_was_read_and_is_old_is_forgotten(tmp_path, clock):
    for hour in range(4):
        clock.moment = NOON + timedelta(hours=hour)
        spool = Spool(tmp_path, clock)
        spool.append(b"hour %d" % hour)
        spool.close()
    position = read(tmp_path, Position(), limit=2).position
    assert forget(tmp_path, position, NOON) == 0  # nothing was complete at noon
    assert forget(tmp_path, position, NOON + timedelta(days=1)) == 1  # the second is still marked
    assert contents(tmp_path, position) == [b"hour 2", b"hour 3"]
    position = read(tmp_path, position, limit=9).position
    assert forget(tmp_path, position, NOON + timedelta(hours=3)) == 2
    assert forget(tmp_path, position, NOON + timedelta(days=9)) == 0  # the newest stays
    assert contents(tmp_path, position) == []


def test_a_spool_that_wrote_nothing_leaves_no_segment(tmp_path, clock):
    Spool(tmp_path, clock).close()
    assert files(tmp_path) == []
    assert read(tmp_path, Position(), 10).records == []
