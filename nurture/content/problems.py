"""One broken promise of an author's file, told so that the author can mend it."""

from typing import Literal

import msgspec

from nurture.errors import ProgrammeError


class PlacedError(ProgrammeError):
    """A problem as an exception, where reading cannot go on."""

    def __init__(self, problem: "Problem") -> None:
        super().__init__(str(problem))
        self.problem = problem


class Problem(msgspec.Struct, frozen=True, order=True):
    """What is wrong, where, and what to do about it.

    file      the label under which the text was read, such as 'campaigns/trial/mails/welcome.mjml'.
    line      1-based, in the author's file (not in the flattened template).
    column    1-based, in characters.
    message   what was found and what was expected, a phrase without a full stop.
    remedy    what to write instead, an imperative phrase.
    severity  an error stops publishing; a warning is shown.
    """

    file: str
    line: int
    column: int
    message: str
    remedy: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; {self.remedy}"

    @property
    def error(self) -> PlacedError:
        """The same as an exception."""
        return PlacedError(self)


def at_offset(
    file: str, text: str, offset: int, message: str, remedy: str, *, first_line: int = 1
) -> Problem:
    """The problem at character *offset* of *text*, whose first line is line *first_line* of the file."""
    line, column = position(text, offset)
    return Problem(file, line + first_line - 1, column, message, remedy)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both 1-based, of character *offset*."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
