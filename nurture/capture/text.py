"""The text of a cell without what nobody meant to write."""

import re
import unicodedata

SHOWN_MAX = 40
LONGEST_TEXT = 10_000
"""Longer text is no field but a document; it is refused rather than cut."""

INVISIBLE = ("Cc", "Cf", "Cs")
"""Unicode categories of control characters, marks that turn text round, halves of characters."""
JOINERS = "\u200c\u200d"
"""Invisible too, but part of words in Persian and Hindi and of emoji."""

FORMULA_GUARD = re.compile(r"'[=+\-@\t\r]")


def tidy(cell: str) -> str:
    """Trimmed, inner spaces and line ends to one space, no control characters, NFC; a formula's guard removed."""
    as_it_is = plain(cell)
    if as_it_is is not None:
        return as_it_is
    if FORMULA_GUARD.match(cell):  # our own rejects file puts it there
        cell = cell[1:]
    visible = "".join(
        c for c in cell if c.isspace() or c in JOINERS or unicodedata.category(c) not in INVISIBLE
    )
    return unicodedata.normalize("NFC", " ".join(visible.split()).strip(f"{JOINERS} "))


def plain(cell: str) -> str | None:
    """The cell if it is ASCII text that is tidy already, as nearly all are."""
    if (
        cell.isascii()
        and cell.isprintable()
        and cell[:1] not in " '"
        and cell[-1:] != " "
        and "  " not in cell
        and len(cell) <= LONGEST_TEXT
    ):
        return cell
    return None


def shorten(text: str) -> str:
    """The value in quotes, for a message that people read."""
    return repr(text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…")
