"""What a sample of the file tells about one column."""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from nurture.capture.columns import FieldSpec
from nurture.capture.placeholders import UNANSWERED, placeholders
from nurture.capture.text import shorten, tidy

UNNAMED = re.compile(r"Column \d+")
FEW = 3
LOOKS = (
    ("different values, whole numbers", re.compile(r"[-+]?\d+", re.ASCII)),
    ("different values, numbers", re.compile(r"[-+]?\d+([.,]\d+)*", re.ASCII)),
    ("different values, dates", re.compile(r"\d{4}-\d\d-\d\d.*|\d\d?[./]\d\d?[./]\d{4}.*", re.ASCII)),
)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the sample.

    rows     how many rows the sample has.
    values   tidy values that are known, with their counts.
    missing  placeholders, with their counts.
    """

    column: str
    rows: int
    values: Counter[str]
    missing: dict[str, int]

    @property
    def known(self) -> int:
        """Rows with a known value."""
        return self.values.total()

    @property
    def unnamed(self) -> bool:
        return UNNAMED.fullmatch(self.column) is not None

    @property
    def distinct(self) -> bool:
        """Whether every row has a value and no two have the same."""
        return self.rows > 0 and len(self.values) == self.known == self.rows

    @property
    def looks(self) -> str:
        """The values in words, such as '37 different values, whole numbers'."""
        if not self.values:
            return "empty in the sample"
        if len(self.values) <= FEW:
            few = ", ".join(shorten(value) for value in self.values)
            return f"only {few}"
        for words, form in LOOKS:
            if all(form.fullmatch(value) for value in self.values):
                return f"{len(self.values):,} {words}"
        return f"{len(self.values):,} different values"

    def missing_words(self, *, country: bool = False, person: bool = False) -> tuple[str, ...]:
        """The placeholders, unless they mean something in such a column.

        country  "NA" is Namibia among codes of two letters.
        person   Null is a surname, Na another: only as a frequent value are they placeholders.
        """
        coded = country and sum(len(value) == 2 for value in self.values) * 2 > len(self.values)
        return tuple(
            word
            for word, count in self.missing.items()
            if not (coded and word.casefold() == "na")
            and not (person and word.isalpha() and not UNANSWERED.fullmatch(word) and count * 100 < self.rows)
        )

    def explained(self, reason: str) -> str:
        """The reason, and what was taken for missing."""
        words = [
            f"{shorten(word)} taken for missing in {n:,} of {self.rows:,} rows"
            for word, n in self.missing.items()
        ]
        return "; ".join((reason, *words))


def gather(
    columns: Sequence[str], sample_rows: Sequence[Sequence[str]], fields: Sequence[FieldSpec]
) -> list[Evidence]:
    """The evidence of each column. A word that a field declares as a choice is no placeholder."""
    choices = frozenset(choice.casefold() for field in fields for choice in field.choices)
    return [_evidence(column, place, sample_rows, choices) for place, column in enumerate(columns)]


def _evidence(column: str, place: int, rows: Sequence[Sequence[str]], choices: frozenset[str]) -> Evidence:
    values = Counter(tidy(row[place]) for row in rows if place < len(row))
    del values[""]
    missing = placeholders(values, keep=choices)
    for word in missing:
        del values[word]
    return Evidence(column=column, rows=len(rows), values=values, missing=missing)
