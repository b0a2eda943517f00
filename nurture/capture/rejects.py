"""The rows that were not imported, with the line and the reason, in a file that can be put right and imported again."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from nurture.capture.rows import Reject
from nurture.capture.sniff import FileShape
from nurture.capture.spreadsheet import neutral

LINE, REASON = OWN_COLUMNS = ("import_line", "import_reason")
"""Behind the file's own columns; a later import knows and ignores them."""


class RejectsFile:
    """Writes rejects to *path* while it is open: UTF-8 with a mark for spreadsheets, the delimiter of the input.

    after_line  goes on with the file of an interrupted import: what it holds of later lines is dropped first, since
                those lines will be read again.
    """

    def __init__(self, path: Path, shape: FileShape, *, after_line: int = 0) -> None:
        self.count = 0
        self._shape = shape
        self._path = path
        kept = list(self._rows_until(after_line)) if after_line and path.exists() else []
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=shape.delimiter, lineterminator="\r\n")
        self._writer.writerow([neutral(cell) for cell in (*shape.columns, *OWN_COLUMNS)])
        self._writer.writerows(kept)
        self.count = len(kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, rejects: Iterable[Reject]) -> None:
        """Append them and hand them to the operating system, so that a crash of ours loses none."""
        width = len(self._shape.columns)
        for reject in rejects:
            cells = [*reject.row[:width], *[""] * (width - len(reject.row))]
            self._writer.writerow(
                [neutral(cell) for cell in (*cells, str(reject.line), _reason(reject, width))]
            )
            self.count += 1
        self._file.flush()

    def _rows_until(self, after_line: int) -> Iterable[list[str]]:
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=self._shape.delimiter)
            next(rows, None)
            for row in rows:
                if len(row) >= len(OWN_COLUMNS) and row[-2].isdigit() and int(row[-2]) <= after_line:
                    yield row


def _reason(reject: Reject, width: int) -> str:
    """The reason, with the cells that have no column."""
    surplus = reject.row[width:]
    return f"{reject.reason} (behind the last column: {' | '.join(surplus)})" if surplus else reject.reason
