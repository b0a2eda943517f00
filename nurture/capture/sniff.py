"""What kind of text file this is: its encoding, its separators, its header.

Nothing is asked of the person; each guess rests on the whole file (encoding, rows) or on its first lines (the rest).
"""

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from itertools import islice
from operator import itemgetter
from pathlib import Path

import msgspec

from nurture.capture.charset import read_charset
from nurture.errors import ImportFileError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 256 * 1024
SAMPLE_ROWS = 200
COLUMNS_MAX = 1_000
EXCEL_HINT = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's own first line, which names the delimiter
NOT_A_NAME = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://.*|[-+]?\d+([.,:/-]\d+)*([ T]\d.*)?")


class FileShape(msgspec.Struct, frozen=True, kw_only=True):
    """How to read one file.

    encoding       a Python codec name; a byte order mark is part of it ("utf-8-sig").
    delimiter      between cells.
    quote          around cells that hold the delimiter or a line end.
    has_header     whether the first row names the columns.
    header_line    physical line of the first row, from 1; lines before it are blank or Excel's "sep=".
    columns        unique names; an unnamed one is "Column 38", a repeated one "Email (2)".
    rows_estimate  rows below the header; too many where cells hold line ends.
    bytes          size of the file.
    """

    encoding: str
    delimiter: str
    quote: str
    has_header: bool
    header_line: int
    columns: tuple[str, ...]
    rows_estimate: int
    bytes: int


def sniff(path: Path, *, encoding: str | None = None) -> FileShape:
    """The shape of the file; *encoding* where a person knows better.

    Raises ImportFileError with a remedy if the file is missing, empty or no text.
    """
    charset = read_charset(path, encoding)
    with path.open(encoding=charset.encoding, errors="replace", newline="") as text:
        sample = text.read(SAMPLE_CHARACTERS)
    whole = len(sample) < SAMPLE_CHARACTERS
    lines = sample.splitlines(keepends=True)
    if not whole:
        lines = lines[:-1] or lines
    skipped, hinted = _preamble(lines)
    lines = lines[skipped:]
    if not lines:
        raise ImportFileError(f"{path}: holds no rows; export the leads again with their header line")
    quote = _quote(lines)
    delimiter = hinted or _delimiter(lines, quote)
    rows = _rows(lines, delimiter, quote)
    if not rows:
        raise ImportFileError(f"{path}: its first row has no end; is a quote opened and never closed?")
    if max(map(len, rows)) > COLUMNS_MAX:
        raise ImportFileError(
            f"{path}: has rows of more than {COLUMNS_MAX:,} cells; does each lead have its own line?"
        )
    has_header = not any(NOT_A_NAME.fullmatch(cell.strip()) for cell in rows[0])
    width = len(rows[0]) if has_header else max(map(len, rows))
    return FileShape(
        encoding=charset.encoding,
        delimiter=delimiter,
        quote=quote,
        has_header=has_header,
        header_line=skipped + 1,
        columns=_unique_names(rows[0] if has_header else [""] * width),
        rows_estimate=max(0, charset.lines - skipped - has_header),
        bytes=charset.bytes,
    )


def _preamble(lines: list[str]) -> tuple[int, str | None]:
    """How many lines stand before the first row, and the delimiter if one of them names it."""
    hinted = None
    for number, line in enumerate(lines):
        hint = EXCEL_HINT.fullmatch(line)
        if hint is not None and hinted is None:
            hinted = hint[1]
        elif line.strip():
            return number, hinted
    return len(lines), hinted


def _quote(lines: list[str]) -> str:
    """A single quote only where cells open and close with it and no double quote is seen."""
    text = "".join(lines[:SAMPLE_ROWS])
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    return "'" if single >= 2 and '"' not in text else '"'


def _delimiter(lines: list[str], quote: str) -> str:
    """The one that cuts most rows into the same number of cells; of two, the one that makes more cells."""

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = Counter(len(row) for row in _rows(lines, delimiter, quote))
        width, rows = max(widths.items(), key=itemgetter(1), default=(1, 0))
        return (0.0, 0) if width == 1 else (round(rows / widths.total(), 1), width)

    return max(DELIMITERS, key=agreement)


def _rows(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    """The first rows; fewer if csv cannot read on, and blank lines are none."""
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, quotechar=quote)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # a quote that is never closed: the reading proper makes it a reject
        rows.extend(row for row in islice(reader, SAMPLE_ROWS) if row)
    return rows


def _unique_names(header: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for position, cell in enumerate(header, start=1):
        plain = " ".join(cell.replace("\N{REPLACEMENT CHARACTER}", "").split()) or f"Column {position}"
        name, copies = plain, 1
        while name in names:
            copies += 1
            name = f"{plain} ({copies})"
        names.append(name)
    return tuple(names)
