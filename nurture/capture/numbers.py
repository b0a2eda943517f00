"""Whole and decimal numbers as people and spreadsheets write them."""

import re
from collections.abc import Callable, Iterable

AMOUNT = re.compile(r"([-+−]?)[$€£¥₹]?\s?(\d[\d.,'’\s]*)\s?[$€£¥₹]?", re.ASCII)
GROUPED = r"\d{{1,3}}(?:{mark}\d{{3}})+(?:{decimal}\d+)?"
LARGEST = 2**53
"""Beyond it a float no longer tells neighbours apart, nor does JSON."""


def integer_reader(*, comma: bool) -> Callable[[str], int]:
    """Reads '1234', '1,234', '50.0'; with *comma*, '1.234'. Raises ValueError on a fraction."""
    number = number_reader(comma=comma)

    def read(text: str) -> int:
        if len(text) < 16 and text.isascii() and text.isdigit():
            return int(text)
        value = number(text)
        if not value.is_integer():
            raise ValueError("is not a whole number")
        return int(value)

    return read


def number_reader(*, comma: bool) -> Callable[[str], float]:
    """Reads '1234.5', '1,234.50', '$1 234.5'; with *comma*, '1.234,50'. Thousands stand in groups of three."""
    decimal, thousands = (",", r"[.'’ ]") if comma else (r"\.", r"[,'’ ]")
    plain = re.compile(rf"\d+(?:{decimal}\d+)?", re.ASCII)
    grouped = [re.compile(GROUPED.format(mark=mark, decimal=decimal), re.ASCII) for mark in _each(thousands)]

    def read(text: str) -> float:
        amount = AMOUNT.fullmatch(text)
        digits = "" if amount is None else amount[2].strip()
        if amount is None or not (plain.fullmatch(digits) or any(form.fullmatch(digits) for form in grouped)):
            raise ValueError("is not a number")
        value = float(re.sub(thousands, "", digits).replace(",", "."))
        if value > LARGEST:
            raise ValueError("is too large a number")
        return value if amount[1] in ("", "+") else -value

    return read


def decimal_comma(values: Iterable[str]) -> bool:
    """Whether the numbers of a column have a decimal comma: some need it and none needs a decimal point."""
    point, comma = number_reader(comma=False), number_reader(comma=True)
    needs_comma = needs_point = 0
    for value in values:
        reads_point, reads_comma = _reads(point, value), _reads(comma, value)
        needs_comma += reads_comma and not reads_point
        needs_point += reads_point and not reads_comma
    return needs_comma > 0 and needs_point == 0


def _reads(reader: Callable[[str], float], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _each(thousands: str) -> list[str]:
    """Each mark for itself: a number mixes none."""
    return [re.escape(mark) for mark in thousands.strip("[]")]
