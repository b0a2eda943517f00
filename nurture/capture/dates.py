"""Dates and moments as people and spreadsheets write them, without guessing which number is the month."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone

from nurture.capture.columns import DateOrder

YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)
CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s?([AaPp])\.?[Mm]\.?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
    r"(?:(?<=[+-]\d{4}) (?:[A-Z]{2,5}|[+-]\d{2,4}))?",  # Go's time.String() repeats the zone: +0530 IST
    re.ASCII,
)
PARTS = re.compile(r"([\d.\s]*\d|[\d/-]+)(?:(?:,\s?|\s|T)(.+))?", re.ASCII)


def date_reader(order: DateOrder) -> Callable[[str], str]:
    """Reads a date to its ISO form; a time of day behind it is dropped. Raises ValueError with the remedy."""

    def read(text: str) -> str:
        return _split(text, order)[0].isoformat()

    return read


def moment_reader(order: DateOrder) -> Callable[[str], datetime]:
    """Reads a moment to aware UTC; without a time it is midnight, without a zone UTC. Raises ValueError."""

    def read(text: str) -> datetime:
        if len(text) == 19 and text[4] == text[7] == "-" and text[10] in " T" and text.isascii():
            try:
                return datetime.fromisoformat(text).replace(tzinfo=UTC)  # what databases export
            except ValueError as error:
                raise ValueError("is not a day of the calendar with a time") from error
        day, clock = _split(text, order)
        try:
            return datetime.combine(day, *_wall_clock(clock)).astimezone(UTC)
        except OverflowError as error:
            raise ValueError("is not a date") from error

    return read


def date_order(values: Iterable[str]) -> tuple[DateOrder, str]:
    """How a column's slashed dates are read, and why: only a day above 12 proves it, and it must prove one thing."""
    leading = following = slashed = 0
    for value in values:
        found = SLASHED.match(value)
        if found is not None:
            slashed += 1
            leading += int(found[1]) > 12
            following += int(found[2]) > 12
    if leading and not following:
        return DateOrder.DAY_FIRST, f"{leading} dates begin with a day above 12"
    if following and not leading:
        return DateOrder.MONTH_FIRST, f"{following} dates have a day above 12 in second place"
    if slashed:
        return DateOrder.ISO, "day and month cannot be told apart: set dates to 'day first' or 'month first'"
    return DateOrder.ISO, "dates leave no doubt"


def _split(text: str, order: DateOrder) -> tuple[date, str]:
    parts = PARTS.fullmatch(text)
    if parts is None:
        raise ValueError("is not a date such as 2026-03-31")
    day, clock = parts[1], parts[2] or ""
    if clock and not CLOCK.fullmatch(clock):
        raise ValueError("is not a time such as 2026-03-31 14:30")
    return _day(day.strip(), order), clock


def _day(text: str, order: DateOrder) -> date:
    if found := YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := DOTTED.fullmatch(text):
        return _date(found[3], found[2], found[1])
    found = SLASHED.fullmatch(text)
    if found is None:
        raise ValueError("is not a date such as 2026-03-31")
    if order is DateOrder.ISO:
        raise ValueError("may be day or month first: say which in the mapping ('dates: day first')")
    day, month = (found[1], found[2]) if order is DateOrder.DAY_FIRST else (found[2], found[1])
    return _date(found[3], month, day)


def _date(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValueError("is not a day of the calendar") from error


def _wall_clock(text: str) -> tuple[time, timezone]:
    found = CLOCK.fullmatch(text)
    if found is None:
        return time(), UTC
    hour, half = int(found[1]), (found[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    try:
        return time(hour, int(found[2]), int(found[3] or 0)), _zone(found[5])
    except ValueError as error:
        raise ValueError("is not a time of day") from error


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(offset if text[0] == "+" else -offset)
