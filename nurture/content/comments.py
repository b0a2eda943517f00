"""The comments of a YAML file, which its parser throws away: what follows a # between two scalars."""

import re
from itertools import pairwise

import msgspec

from nurture.content.yaml_tree import Node, Scalar, Sequence, Table

COMMENT = re.compile(r"(?:^|(?<=[\s,\[\]{}]))#[^\r\n]*", re.MULTILINE)


class Comment(msgspec.Struct, frozen=True):
    """A comment. *column* from 0; *alone* when nothing else stands on its line; *spaced* after a blank line."""

    start: int
    column: int
    text: str
    alone: bool
    spaced: bool


def comments_of(text: str, root: Node) -> list[Comment]:
    """Every comment of *text*: what follows a # between two scalars."""
    spans = [(0, 0), *sorted(_scalar_spans(root)), (len(text), len(text))]
    found = []
    for (_, end), (start, _) in pairwise(spans):
        for match in COMMENT.finditer(text, end, start):
            line_start = text.rfind("\n", 0, match.start()) + 1
            found.append(
                Comment(
                    start=match.start(),
                    column=match.start() - line_start,
                    text=match[0].rstrip(),
                    alone=not text[line_start : match.start()].strip(),
                    spaced=blank_above(text, match.start()),
                )
            )
    return found


def token_starts(node: Node) -> list[int]:
    """Where every key, value and collection below *node* starts."""
    match node:
        case Scalar():
            return [node.start]
        case Sequence():
            return [node.start, *(start for item in node.items for start in token_starts(item))]
        case Table():
            inner = (start for e in node.entries for start in (e.key.start, *token_starts(e.value)))
            return [node.start, *inner]


def _scalar_spans(node: Node) -> list[tuple[int, int]]:
    match node:
        case Scalar():
            return [(node.start, node.end)]
        case Sequence():
            return [span for item in node.items for span in _scalar_spans(item)]
        case Table():
            return [s for e in node.entries for s in ((e.key.start, e.key.end), *_scalar_spans(e.value))]


def blank_above(text: str, start: int) -> bool:
    """Whether the line above the one of *start* is blank."""
    line_start = text.rfind("\n", 0, start) + 1
    above = text[: max(line_start - 1, 0)]
    return bool(line_start) and not above[above.rfind("\n") + 1 :].strip()
