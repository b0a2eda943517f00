"""Reading the spool: from a position that the reader keeps in the transaction that absorbs, so nothing counts twice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path

import msgspec

from nurture.tracking.segment import segments, unframed

CHUNK_BYTES = 4 * 1024 * 1024


class Position(msgspec.Struct, frozen=True):
    """How far a reader has come: for each series the number of a segment and the offset in it. JSON by msgspec."""

    marks: Mapping[str, tuple[int, int]] = {}


class Record(msgspec.Struct, frozen=True):
    """What was appended; *source_id* says where it stands and never names anything else ("tracking-0:1772442000:0")."""

    source_id: str
    content: bytes


class Batch(msgspec.Struct, frozen=True):
    """Records in the order of each series, where to go on, and how many lines the disk did not keep as written."""

    records: Sequence[Record]
    position: Position
    damaged: int = 0


def read(directory: Path, position: Position, limit: int) -> Batch:
    """What follows *position*, at most *limit* records from each series. Raises OSError.

    A line that its writer has not finished is left for the next time; in a segment that was followed by another it
    is what a crash tore, was never acknowledged, and is passed over.
    """
    records: list[Record] = []
    marks = dict(position.marks)
    damaged = 0
    for series, group in groupby(segments(directory), key=lambda each: each[0]):
        numbered = [(number, path) for _, number, path in group]
        room = limit
        for number, path in numbered:
            mark, offset = marks.get(series, (0, 0))
            if number < mark or not room:
                continue
            start = offset if number == mark else 0
            found = _read_segment(path, start, room, finished=number != numbered[-1][0])
            records += (Record(f"{series}:{number}:{at}", content) for at, content in found.records)
            marks[series] = (number, found.end)
            damaged += found.damaged
            room -= len(found.records)
            if not found.exhausted:
                break
    return Batch(records, Position(marks), damaged)


def forget(directory: Path, position: Position, before: datetime) -> int:
    """Remove the segments that *position* has passed and that were complete at *before*; returns how many.

    The newest segment of each series always stays.
    """
    removed = 0
    for series, group in groupby(segments(directory), key=lambda each: each[0]):
        numbered = [(number, path) for _, number, path in group]
        for (number, path), (following, _) in pairwise(numbered):
            if number < position.marks.get(series, (0, 0))[0] and following <= before.timestamp():
                path.unlink()
                removed += 1
    return removed


class _Found(msgspec.Struct, frozen=True):
    records: list[tuple[int, bytes]]
    end: int
    damaged: int
    exhausted: bool
    """Whether nothing more can be in this segment."""


def _read_segment(path: Path, start: int, limit: int, *, finished: bool) -> _Found:
    with path.open("rb") as file:
        file.seek(start)
        chunk = file.read(CHUNK_BYTES)
        at_end = len(chunk) < CHUNK_BYTES
    records: list[tuple[int, bytes]] = []
    damaged = at = 0
    while len(records) < limit:
        feed = chunk.find(b"\n", at)
        if feed < 0:
            break
        content = unframed(chunk[at:feed])
        if content is None:
            damaged += 1
        else:
            records.append((start + at, content))
        at = feed + 1
    if not at and len(chunk) == CHUNK_BYTES and not records:
        at, damaged = len(chunk), 1  # no record is so long: the disk left something else here
    exhausted = finished and at_end and b"\n" not in chunk[at:]
    torn = exhausted and at < len(chunk)
    return _Found(records, start + at, damaged + torn, exhausted)
