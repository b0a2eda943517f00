"""The durable log between an answer to the world and the engine: what is appended is on the disk when append returns.

Many threads append at once and share one fdatasync: whoever comes first while nobody writes leads, and takes along the
records of all who came meanwhile. A process starts a new segment rather than going on with a torn one.
"""

import errno
import fcntl
import os
from itertools import count
from pathlib import Path
from threading import Lock

from nurture.ports import Clock
from nurture.tracking.segment import Segment, framed, segments

SEGMENT_BYTES = 64 * 1024 * 1024


class Spool:
    """The writer of one process; open it after the process has forked.

    directory      made if absent; on a disk that keeps its promise of fdatasync.
    writer         the series' first name; each process takes the first number that no living one holds.
    segment_bytes  at which size a new segment begins.
    """

    def __init__(
        self, directory: Path, clock: Clock, *, writer: str = "tracking", segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._clock = clock
        self._segment_bytes = segment_bytes
        self.series, self._claim = _claimed(directory, writer)
        self._segment: Segment | None = None
        self._waiting = _Batch()
        self._gate = Lock()  # held for a moment, to join or to take the waiting batch
        self._is_writing = False

    def append(self, *records: bytes) -> None:
        """Return when all *records* (each one line of bytes) are on the disk. Raises OSError if they are not.

        A failed write is tried once more in a new segment first: a full disk may just have been relieved.
        """
        assert records, "nothing to append"
        lines = [framed(record) for record in records]
        turn = None
        with self._gate:
            batch = self._waiting
            batch.lines += lines
            if self._is_writing:
                turn = Lock()
                turn.acquire()
                batch.turns.append(turn)
            else:
                self._is_writing = True
        if turn is not None:
            turn.acquire()  # until the batch is settled, or it is this thread's turn to write it
        if not batch.settled:
            self._write_waiting()
        elif batch.turns:
            # One wakes the next: woken all at once, they would only queue for the interpreter.
            batch.turns.pop().release()
        if batch.error is not None:
            raise OSError(batch.error.errno, batch.error.strerror) from batch.error

    def close(self) -> None:
        """Give up the files; nothing is lost, since nothing is ever kept back."""
        self._give_up_segment()
        os.close(self._claim)

    def _write_waiting(self) -> None:
        with self._gate:
            batch, self._waiting = self._waiting, _Batch()
        lines = b"".join(batch.lines)
        try:
            try:
                self._write(lines)
            except OSError:
                self._write(lines)
            batch.error = None
        except OSError as error:
            batch.error = error
        finally:
            # Whatever happened, the others must not wait for ever.
            batch.settled = True
            self._hand_over(batch)

    def _hand_over(self, batch: "_Batch") -> None:
        """Let one of those who came meanwhile write next, and the first of *batch* go."""
        with self._gate:
            self._is_writing = bool(self._waiting.lines)
            if self._is_writing:
                self._waiting.turns.pop().release()
        if batch.turns:
            batch.turns.pop().release()

    def _write(self, lines: bytes) -> None:
        if self._segment is not None and self._segment.size + len(lines) > self._segment_bytes:
            self._give_up_segment()
        if self._segment is None:
            self._segment = Segment.begin(self._directory, self.series, self._next_number())
        try:
            self._segment.append(lines)
        except OSError:
            # After a failed fdatasync the kernel may call lost pages clean, so the file is not to be trusted again.
            self._give_up_segment()
            raise

    def _next_number(self) -> int:
        # The clock keeps numbers from coming back when someone removes the directory: positions would point past them.
        last = max(
            (number for series, number, _ in segments(self._directory) if series == self.series), default=0
        )
        return max(last + 1, int(self._clock.now().timestamp()))

    def _give_up_segment(self) -> None:
        if self._segment is not None:
            segment, self._segment = self._segment, None
            segment.close()


class _Batch:
    """Records that reach the disk together, and whether they did."""

    __slots__ = ("error", "lines", "settled", "turns")

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.turns: list[Lock] = []
        self.settled = False
        self.error: OSError | None = OSError(errno.EIO, "the write did not come to its end")


def _claimed(directory: Path, writer: str) -> tuple[str, int]:
    """The first series of this name that no process holds, and the lock that the kernel frees when we die."""
    for number in count():
        series = f"{writer}-{number}"
        lock = os.open(directory / f"{series}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return series, lock
    raise AssertionError  # pragma: no cover  count() has no end
