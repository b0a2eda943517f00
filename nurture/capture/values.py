"""From the text of a cell to a value: one cleaner a column, compiled once, which remembers what it has seen."""

from collections.abc import Callable

import msgspec

from nurture.capture.addresses import normalise
from nurture.capture.columns import Column, Target
from nurture.capture.dates import date_reader, moment_reader
from nurture.capture.numbers import integer_reader, number_reader
from nurture.capture.places import country, language, time_zone
from nurture.capture.sayings import MOMENTS
from nurture.capture.text import LONGEST_TEXT, plain, shorten, tidy
from nurture.capture.wordlists import words_by_meaning

REMEMBERED_MAX = 16_384
YES, NO = (frozenset(words_by_meaning("yes_no.txt")[meaning]) for meaning in ("yes", "no"))


class BadValue(msgspec.Struct, frozen=True):
    """A value that cannot be read as its column asks; ``reason`` is for people, with the value shortened."""

    column: str
    reason: str


Reader = Callable[[str], object]
"""Takes clean text that is not empty; raises ValueError saying what was expected."""


class Cleaner(dict[str, object]):
    """``cleaner[cell]`` is the value, or None if it is missing or cannot be read; then *bad* gets the reason.

    A dictionary, because most cells repeat a value of their column and a lookup is 20 times faster than reading.
    """

    def __init__(self, column: Column, bad: list[BadValue]) -> None:
        super().__init__({"": None})
        self._column = column.column
        self._missing = frozenset(word.casefold() for word in column.missing)
        self._read = _reader(column)
        self._read_common = COMMON_READERS.get(self._read, _nothing)
        self._bad = bad
        self._known_bad: dict[str, BadValue] = {}

    def __missing__(self, cell: str) -> object:
        value = self._read_common(cell)
        if value is None or (self._missing and cell.casefold() in self._missing):
            known_bad = self._known_bad.get(cell) or self._read_slowly(cell)
            if isinstance(known_bad, BadValue):
                self._bad.append(known_bad)
                return None
            value = known_bad
        if len(self) < REMEMBERED_MAX:
            self[cell] = value
        return value

    def _read_slowly(self, cell: str) -> object:
        text = tidy(cell)
        if not text or text.casefold() in self._missing:
            return None
        try:
            return self._read(text)
        except ValueError as error:
            bad = BadValue(self._column, f"{shorten(text)} {error}")
            if len(self._known_bad) < REMEMBERED_MAX:
                self._known_bad[cell] = bad
            return bad


def _nothing(_: str) -> None:
    """No common form is known."""


def _reader(column: Column) -> Reader:
    if column.target is Target.IDENTITY:
        return IDENTITY_READERS.get(column.key, _text)
    if column.target is Target.CREATED_AT:
        return moment_reader(column.dates)
    if column.target is Target.OPTED_OUT:
        return _boolean
    if column.target is Target.SAID and column.key in MOMENTS:
        return moment_reader(column.dates)
    if column.target is Target.SAID:
        return _text
    match column.type:
        case "text":
            return _text
        case "integer":
            return integer_reader(comma=column.comma)
        case "number":
            return number_reader(comma=column.comma)
        case "boolean":
            return _boolean
        case "date":
            return date_reader(column.dates)
        case "choice":
            return _choice_reader(column.choices)


def _text(text: str) -> str:
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise ValueError("has characters that do not fit the file's encoding")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT:,} characters")
    return text


def _address(text: str) -> str:
    address = normalise(text)
    if address is None:
        raise ValueError("is not an e-mail address")
    return address


def _boolean(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("is neither yes nor no")


def _choice_reader(choices: tuple[str, ...]) -> Reader:
    by_word = {choice.casefold(): choice for choice in choices}

    def read(text: str) -> str:
        choice = by_word.get(text.casefold())
        if choice is None:
            raise ValueError(f"is not one of {', '.join(choices)}")
        return choice

    return read


IDENTITY_READERS: dict[str, Reader] = {
    "email": _address,
    "owner": _address,
    "country": country,
    "time_zone": time_zone,
    "language": language,
}

COMMON_READERS: dict[Reader, Callable[[str], object]] = {_text: plain, _address: normalise}
"""A short way for what nearly every cell of such a column looks like: the value, or None if it is not like that."""
