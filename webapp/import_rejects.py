"""The file of rejected rows in the language of whoever takes it: its last column says why, and the rest is theirs."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from nurture.capture.sniff import FileShape
from webapp.said import said

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which a spreadsheet knows UTF-8."""
ENCODING = "utf-8-sig"


def reasons_said(path: Path, shape: FileShape) -> Iterator[bytes]:
    """The file at *path*, a line at a time; its header stays, for a later import knows our columns by their names."""
    with path.open(encoding=ENCODING, newline="") as file:
        for number, cells in enumerate(csv.reader(file, delimiter=shape.delimiter)):
            told = cells if number == 0 else [*cells[:-1], said(cells[-1])]
            line = StringIO()
            csv.writer(line, delimiter=shape.delimiter, lineterminator="\r\n").writerow(told)
            yield ((MARK if number == 0 else "") + line.getvalue()).encode()
