"""Where the Jinja is in a text, by Jinja's own lexer."""

from enum import StrEnum

import msgspec
from jinja2.exceptions import TemplateSyntaxError

from nurture.content.sandbox import Sandbox

LEXER = Sandbox()


class SpanKind(StrEnum):
    DATA = "data"
    VARIABLE = "variable"
    BLOCK = "block"
    COMMENT = "comment"
    RAW = "raw"


class Span(msgspec.Struct, frozen=True):
    """The characters [start, end) of a text: plain data, or one piece of Jinja with its delimiters.

    tokens  (kind, value) of what stands between the delimiters, without white space.
    """

    kind: SpanKind
    start: int
    end: int
    tokens: tuple[tuple[str, str], ...] = ()

    @property
    def keyword(self) -> str:
        """'if', 'endblock', ...: the first word of a block tag."""
        return self.tokens[0][1] if self.kind is SpanKind.BLOCK and self.tokens else ""


OPENS = {
    "variable_begin": (SpanKind.VARIABLE, "variable_end"),
    "block_begin": (SpanKind.BLOCK, "block_end"),
    "comment_begin": (SpanKind.COMMENT, "comment_end"),
    "raw_begin": (SpanKind.RAW, "raw_end"),
}


def spans(text: str) -> list[Span]:
    """*text* (its lines ended by a bare newline) as consecutive spans. Raises TemplateSyntaxError with a line.

    The lexer leaves out the white space that ``{%-`` strips, so each token is looked for from where the last ended.
    """
    found: list[Span] = []
    at = 0
    start, kind, closing = 0, SpanKind.DATA, ""
    tokens: list[tuple[str, str]] = []
    for _, name, value in LEXER.lex(text):
        begin = text.index(value, at)
        if not closing and name in OPENS:
            if begin > start:
                found.append(Span(SpanKind.DATA, start, begin))
            start, (kind, closing) = begin, OPENS[name]
            tokens = []
        elif closing and name == closing:
            end = begin + len(value)
            found.append(Span(kind, start, end, tuple(tokens)))
            start, closing = end, ""
        elif closing and name != "whitespace":
            tokens.append((name, value))
        at = begin + len(value)
    if closing:
        raise TemplateSyntaxError(f"the {kind} that begins here has no end", text.count("\n", 0, start) + 1)
    if start < len(text):
        found.append(Span(SpanKind.DATA, start, len(text)))
    return found
