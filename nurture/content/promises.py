"""What every Jinja in a mail must keep before it can be compiled at all."""

import re
from collections.abc import Container

from jinja2 import nodes
from jinja2.exceptions import TemplateError

from nurture.content.flat import Flat
from nurture.content.mjml.spans import LEXER, Span, spans
from nurture.content.segments import ADDRESSES, ROOTS

SPANS_MAX = 4_000
"""Pieces of Jinja and what stands between them."""
DEPTH_MAX = 15
"""Conditions inside each other; Python itself reads 20 nested blocks at most."""
LONG_NUMBER = re.compile(r"[\d_]{4300}")
ENDS = {"if": "endif", "for": "endfor"}
GIVEN = frozenset({*ROOTS, *ADDRESSES, "link"})


def checked_spans(flat: Flat, links: Container[str]) -> list[Span]:
    """The spans of *flat*. Raises ProgrammeError for Jinja that cannot be read, is refused, or names no link."""
    try:
        found = spans(flat.text)
        if len(found) > SPANS_MAX:
            message = f"more than {SPANS_MAX // 2} pieces of Jinja are in this mail"
            raise flat.problem(found[SPANS_MAX].start, message, "write it more simply").error
        _balanced(flat, found)
        tree = LEXER.parse(flat.text)
        LEXER.compile(LEXER.parse(flat.text))
    except TemplateError as error:
        raise flat.syntax_problem(error).error from None
    except ValueError as error:  # Jinja reads numbers with Python's int, which refuses more than 4,300 digits
        digits = LONG_NUMBER.search(flat.text)
        raise flat.problem(
            digits.start() if digits else 0, str(error), "write a shorter number"
        ).error from None
    except (RecursionError, SyntaxError, MemoryError, OverflowError):
        message = "the Jinja of this mail nests too deeply to be read"
        raise flat.problem(0, message, "write it more simply").error from None
    for name in tree.find_all(nodes.Name):
        if name.ctx == "store" and (name.name in GIVEN or name.name.startswith("_")):
            offset = _line_start(flat.text, name.lineno)
            message = f"'{name.name}' already means something in every mail"
            raise flat.problem(offset, message, "choose another name").error
    for span in found:
        for number, (_, value) in enumerate(span.tokens):
            if value == "link" and [v for _, v in span.tokens[number + 1 : number + 2]] == ["("]:
                _link(flat, span, span.tokens[number + 2 : number + 4], links)
    return found


def _balanced(flat: Flat, found: list[Span]) -> None:
    """Every condition and loop has its end; Jinja would tell only at the end of the last layout."""
    opened: list[Span] = []
    for span in found:
        if span.keyword in ENDS:
            opened.append(span)
            if len(opened) > DEPTH_MAX:
                message = f"more than {DEPTH_MAX} conditions stand inside each other"
                raise flat.problem(span.start, message, "write it more simply").error
        elif span.keyword in ENDS.values():
            if not opened or ENDS[opened[-1].keyword] != span.keyword:
                raise flat.problem(
                    span.start, f"'{span.keyword}' ends nothing that is open", "remove it"
                ).error
            opened.pop()
    if opened:
        end = ENDS[opened[-1].keyword]
        found_open = f"this '{opened[-1].keyword}' has no end"
        raise flat.problem(opened[-1].start, found_open, f"write {{% {end} %}} where it should end").error


def _link(flat: Flat, span: Span, argument: tuple[tuple[str, str], ...], links: Container[str]) -> None:
    if [kind for kind, _ in argument] != ["string", "operator"] or argument[1][1] != ")":
        raise flat.problem(span.start, "link() takes one constant name", "write such as link('docs')").error
    name = argument[0][1][1:-1]
    if name not in links:
        remedy = f"add it under 'links:' at the top of the mail: '{name}: https://…'"
        raise flat.problem(span.start, f"there is no link {name!r} in this mail", remedy).error


def _line_start(text: str, line: int) -> int:
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1])
