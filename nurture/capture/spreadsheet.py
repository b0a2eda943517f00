"""Cells that people open in a spreadsheet: what it would run as a formula is made text."""

import csv
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def neutral(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run as a formula; reading takes it off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def csv_line(*cells: str) -> str:
    """One line of a CSV file (RFC 4180), its cells neutral."""
    file = StringIO()
    csv.writer(file, lineterminator="\r\n").writerow([neutral(cell) for cell in cells])
    return file.getvalue()
