"""From a file of leads to clean rows: each is a lead, or a reject with its reason. Nothing is written here.

    file -> csv.reader -> cells -> cleaners -> LeadRow | Reject

A row without an address is a lead that cannot be mailed. A row whose address cannot be read is a reject: importing it
without would lose the person. Any other value that cannot be read is left out, and the row says so in ``warnings``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from operator import getitem, itemgetter
from pathlib import Path
from typing import Any

import msgspec

from nurture.capture.columns import LeadMapping, Target
from nurture.capture.duplicates import Conflict, DuplicatePolicy, Duplicates
from nurture.capture.records import numbered_rows
from nurture.capture.sniff import FileShape
from nurture.capture.values import BadValue, Cleaner
from nurture.vocabulary.lead import FieldValue


class LeadRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One lead as one row tells it.

    line         physical line on which the row starts, from 1.
    source_id    the id column's value; else a hash of the row, with a running number if the same row comes again.
    identity     built-in fields that are known; without "email" the lead cannot be mailed.
    fields       declared and new fields that are known.
    created_at   aware UTC; None if the file does not say.
    opted_out    the file says that this person does not want mail, or says it in words that we cannot read.
    merges_into  line of the first row about the same lead; 0 if this is it.
    warnings     values that were left out.
    said         what another product says beyond that, by saying: text, yes or no, or an aware UTC moment.
    """

    line: int
    source_id: str
    identity: Mapping[str, str]
    fields: Mapping[str, FieldValue]
    created_at: datetime | None = None
    opted_out: bool = False
    merges_into: int = 0
    warnings: tuple[BadValue, ...] = ()
    said: Mapping[str, object] = {}


class Reject(msgspec.Struct, frozen=True):
    """A row that is not imported, as it stood in the file."""

    line: int
    reason: str
    row: tuple[str, ...]


def read_rows(
    path: Path,
    shape: FileShape,
    mapping: LeadMapping,
    *,
    after_line: int = 0,
    duplicates: Duplicates | None = None,
) -> Iterator[LeadRow | Reject]:
    """Every row of the file in order; blank lines and rows of empty cells are passed over.

    after_line  goes on behind this line with exactly the rows that a reading in one go would give; the rows before
                are read again, because whether a row is a duplicate depends on them.
    duplicates  a fresh one; without it no row is taken for a duplicate.
    Raises ImportFileError if the mapping does not fit the file, else nothing.
    """
    reader = _RowReader(shape, mapping, duplicates)
    for line, cells in numbered_rows(path, shape):
        row = reader.read(line, cells)
        if row is not None and line > after_line:
            yield row


class _RowReader:
    """The compiled mapping, and what it met in the file so far."""

    def __init__(self, shape: FileShape, mapping: LeadMapping, duplicates: Duplicates | None) -> None:
        positions = mapping.positions(shape)
        identity = mapping.of(Target.IDENTITY)
        fields = (*mapping.of(Target.FIELD), *mapping.of(Target.NEW))
        others = {
            target: column
            for target in (Target.ID, Target.CREATED_AT, Target.OPTED_OUT)
            for column in mapping.of(target)
        }
        said = mapping.of(Target.SAID)
        read = (*identity, *fields, *others.values(), *said)
        places = [positions[column.column] for column in read]
        where = {target: len(identity) + len(fields) + place for place, target in enumerate(others)}
        self._width = len(shape.columns)
        self._width_min = max(places) + 1
        self._bad: list[BadValue] = []
        self._cleaners = tuple(Cleaner(column, self._bad) for column in read)
        self._pick = itemgetter(
            *places, 0
        )  # one more than there are cleaners, so that it always gives a tuple
        self._identity_keys = tuple(column.key for column in identity)
        self._field_keys = tuple(column.key for column in fields)
        self._fields_end = len(identity) + len(fields)
        self._said_keys = tuple(column.key for column in said)
        self._said_start = len(read) - len(said)
        self._id = where.get(Target.ID)
        self._created_at = where.get(Target.CREATED_AT)
        self._opted_out = where.get(Target.OPTED_OUT)
        self._opted_out_column = others[Target.OPTED_OUT].column if Target.OPTED_OUT in others else None
        self._email_column = next((column.column for column in identity if column.key == "email"), None)
        self._full_name = "full_name" in self._identity_keys
        self._duplicates = duplicates
        self._repeats: Counter[str] = Counter()

    def read(self, line: int, cells: list[str] | str) -> LeadRow | Reject | None:
        """None for a row of empty cells."""
        if isinstance(cells, str):
            return Reject(line, cells, ())
        if len(cells) != self._width:
            if not any(cells):
                return None
            if len(cells) < self._width_min or any(cells[self._width :]):
                return Reject(line, f"has {len(cells)} cells, the header has {self._width}", tuple(cells))
        # This is the inner loop of an import: it runs in C, and what is unusual is asked once a row, not once a cell.
        values: list[Any] = list(map(getitem, self._cleaners, self._pick(cells)))
        identity: dict[str, Any] = dict(zip(self._identity_keys, values, strict=False))
        fields = dict(zip(self._field_keys, values[len(identity) : self._fields_end], strict=True))
        if None in values:
            if values.count(None) == len(values) and not self._bad:
                blank = not any(cell.strip() for cell in cells)
                return (
                    None
                    if blank
                    else Reject(line, "holds nothing in the columns that are read", tuple(cells))
                )
            identity = {key: value for key, value in identity.items() if value is not None}
            fields = {key: value for key, value in fields.items() if value is not None}
        warnings: tuple[BadValue, ...] = ()
        opted_out = self._opted_out is not None and values[self._opted_out] is True
        if self._bad:
            warnings = tuple(self._bad)
            self._bad.clear()
            unreadable = next((bad for bad in warnings if bad.column == self._email_column), None)
            if unreadable is not None:
                return Reject(line, f"{unreadable.column}: {unreadable.reason}", tuple(cells))
            opted_out = opted_out or any(bad.column == self._opted_out_column for bad in warnings)
        if self._full_name:
            _cut_full_name(identity)
        source_id = None if self._id is None else values[self._id]
        merges_into = 0
        if self._duplicates is not None:
            first = self._duplicates.first_line(line, identity.get("email"), source_id)
            if first != line:
                if isinstance(first, Conflict):
                    return Reject(
                        line, f"line {first.line} has the same id with another address", tuple(cells)
                    )
                if self._duplicates.policy is DuplicatePolicy.REJECT:
                    return Reject(line, f"duplicate of line {first}", tuple(cells))
                merges_into = first
        return LeadRow(
            line=line,
            source_id=source_id or self._fingerprint(cells),
            identity=identity,
            fields=fields,
            created_at=None if self._created_at is None else values[self._created_at],
            opted_out=opted_out,
            merges_into=merges_into,
            warnings=warnings,
            said=self._said(values) if self._said_keys else {},
        )

    def _said(self, values: list[Any]) -> dict[str, object]:
        told = zip(self._said_keys, values[self._said_start :], strict=True)
        return {key: value for key, value in told if value is not None}

    def _fingerprint(self, cells: Sequence[str]) -> str:
        """Stable under another order of rows. Rows that are the same in every cell may still be different people."""
        digest = blake2b("\x1f".join(cells).encode("utf-8", "replace"), digest_size=12).hexdigest()
        self._repeats[digest] += 1
        repeat = self._repeats[digest]
        return digest if repeat == 1 else f"{digest}-{repeat}"


def _cut_full_name(identity: dict[str, str]) -> None:
    """'Jane van Dyke' and 'van Dyke, Jane' to first and last name: a greeting needs the first, which has one word."""
    last, comma, first = identity.pop("full_name", "").partition(",")
    if not comma:
        first, _, last = last.partition(" ")
    identity |= {
        key: part.strip() for key, part in (("first_name", first), ("last_name", last)) if part.strip()
    }
