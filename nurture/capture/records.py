"""The raw rows of a file, each with the line on which it starts."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from nurture.capture.sniff import FileShape


def numbered_rows(path: Path, shape: FileShape) -> Iterator[tuple[int, list[str] | str]]:
    """Each row below the header with its first physical line, from 1; blank lines are passed over.

    Where csv cannot read on, text that says why stands in place of the cells, and the next line begins a new row.
    """
    with path.open(encoding=shape.encoding, errors="replace", newline="") as text:
        reader = csv.reader(text, delimiter=shape.delimiter, quotechar=shape.quote)
        header_end = shape.header_line if shape.has_header else shape.header_line - 1
        line = 1
        while True:
            try:
                for cells in reader:
                    if cells and line > header_end:
                        yield line, cells
                    line = reader.line_num + 1
            except csv.Error as error:
                yield line, f"cannot be read: {error}; is a quote opened and never closed?"
                line = reader.line_num + 1
            else:
                return


def sample_rows(path: Path, shape: FileShape, limit: int = 2_000) -> list[list[str]]:
    """Rows from all over the file, at most about *limit*, always the same ones; for ``guess_mapping``."""
    stride = max(1, shape.rows_estimate // limit)
    return [
        cells for _, cells in islice(numbered_rows(path, shape), 0, None, stride) if isinstance(cells, list)
    ]
