"""The files of the spool: what they are called, and how a record stands in one.

A series is what one writer process wrote, as numbered segments: ``tracking-0.1772442000.spool``. A segment is lines of
eight hexadecimal digits (the CRC-32 of the record), a blank, and the record, which therefore holds no line feed.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self
from zlib import crc32

SUFFIX = ".spool"
CHECK_LENGTH = len(b"00000000 ")


class Segment:
    """A segment that is being written, by one process and one thread at a time."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.size = 0
        self._descriptor = descriptor

    @classmethod
    def begin(cls, directory: Path, series: str, number: int) -> Self:
        """Make a new, empty segment that is there after a power cut too. Raises OSError."""
        path = directory / f"{series}.{number:010d}{SUFFIX}"
        segment = cls(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600))
        entry = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
        return segment

    def append(self, lines: bytes) -> None:
        """Write *lines* and wait until the disk has them. Raises OSError; then nothing of them stays readable."""
        left = memoryview(lines)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
            os.fdatasync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(lines)

    def close(self) -> None:
        """Give the file up; one that stayed empty is removed."""
        os.close(self._descriptor)
        if not self.size:
            self.path.unlink(missing_ok=True)


def segments(directory: Path) -> Iterator[tuple[str, int, Path]]:
    """Series, number and path of every segment, each series in the order in which it was written."""
    found = []
    for path in directory.glob(f"*{SUFFIX}"):
        series, _, number = path.name.removesuffix(SUFFIX).rpartition(".")
        found.append((series, int(number), path))
    yield from sorted(found)


def framed(record: bytes) -> bytes:
    """The line of one record."""
    assert b"\n" not in record, "a record is one line: JSON without line feeds"
    return b"%08x %b\n" % (crc32(record), record)


def unframed(line: bytes) -> bytes | None:
    """The record of one line without its line feed, or None where the disk did not keep what was written."""
    record = line[CHECK_LENGTH:]
    return record if line[:CHECK_LENGTH] == b"%08x " % crc32(record) else None
