"""A text put together from pieces of several files, which knows where each character was written."""

import re
from bisect import bisect_right
from collections.abc import Iterable

import msgspec
from jinja2.exceptions import TemplateError

from nurture.content.problems import Problem, position


class Source(msgspec.Struct, frozen=True):
    """A text that somebody wrote: under which label, and on which of its lines it starts."""

    file: str
    text: str
    first_line: int = 1
    first_column: int = 1

    def at(self, offset: int) -> tuple[str, int, int]:
        line, column = position(self.text, offset)
        shift = self.first_column - 1 if line == 1 else 0
        return self.file, line + self.first_line - 1, column + shift

    def problem(self, offset: int, message: str, remedy: str) -> Problem:
        return Problem(*self.at(offset), message, remedy)


class Flat(msgspec.Struct, frozen=True):
    """A flattened text and where its pieces come from.

    starts   offset in *text* of each piece, ascending.
    origins  of each piece, its source and its offset there.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[Source, int], ...]

    def at(self, offset: int) -> tuple[str, int, int]:
        """File, line and column, 1-based, of the character at *offset*."""
        if not self.starts:
            return "", 1, 1
        piece = max(bisect_right(self.starts, offset) - 1, 0)
        source, start = self.origins[piece]
        return source.at(start + offset - self.starts[piece])

    def problem(self, offset: int, message: str, remedy: str) -> Problem:
        return Problem(*self.at(offset), message, remedy)

    def inserted(self, offset: int, source: Source) -> "Flat":
        """The text with all of *source* put in at *offset*."""
        pieces: list[Piece] = []
        for start, end, (origin, at) in zip(
            self.starts, (*self.starts[1:], len(self.text)), self.origins, strict=True
        ):
            cut = min(max(offset, start), end)
            pieces.append(Piece(origin, at, at + cut - start))
            if start <= offset < end:
                pieces.append(Piece(source, 0, len(source.text)))
            pieces.append(Piece(origin, at + cut - start, at + end - start))
        return joined(pieces)

    def syntax_problem(self, error: TemplateError) -> Problem:
        """What Jinja says about *text*, at the line where it says it."""
        line = getattr(error, "lineno", None) or 1
        lines = self.text.split("\n")
        offset = sum(len(each) + 1 for each in lines[: line - 1])
        indent = len(lines[line - 1]) - len(lines[line - 1].lstrip()) if line <= len(lines) else 0
        tag = re.search(r"\{[{%]", lines[line - 1]) if line <= len(lines) else None
        offset += tag.start() if tag else indent
        return self.problem(offset, str(error.message), "mend the Jinja here")


class Piece(msgspec.Struct, frozen=True):
    """Characters [start, end) of a source."""

    source: Source
    start: int
    end: int


def joined(pieces: Iterable[Piece]) -> Flat:
    """The pieces one after the other."""
    texts: list[str] = []
    starts: list[int] = []
    origins: list[tuple[Source, int]] = []
    size = 0
    for piece in pieces:
        if piece.end > piece.start or not starts:
            texts.append(piece.source.text[piece.start : piece.end])
            starts.append(size)
            origins.append((piece.source, piece.start))
            size += piece.end - piece.start
    return Flat("".join(texts), tuple(starts), tuple(origins))


def alone(source: Source) -> Flat:
    """*source* alone, where nothing can be extended or included."""
    return Flat(source.text, (0,), ((source, 0),))
