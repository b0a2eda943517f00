"""Typed edits of a file, as splices: a byte that was not edited never changes.

    apply(text, [Replace(("tracks", "cold", "steps", "case-study", "wait"), "3 days")])

Comments, blank lines, quotes, brackets and line ends stay as their author wrote them. What is new is written on one
line, in the manner of its surroundings; ``fmt`` breaks it where it is long.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from nurture.content.marks import Path, child, name_of
from nurture.content.printing import Value, data_of, flow, is_plain, quoted
from nurture.content.splices import (
    comments_above,
    dash,
    into_brackets,
    line_after,
    line_break,
    line_end,
    out_of_brackets,
    rearranged,
    without_lines,
)
from nurture.content.yaml_reader import parse
from nurture.content.yaml_tree import Node, Scalar, Sequence, Table
from nurture.errors import ProgrammeError


class Replace(msgspec.Struct, frozen=True, tag="replace"):
    """Put *value*, whatever JSON can say, where another one is written."""

    path: Path
    value: Any


class Insert(msgspec.Struct, frozen=True, tag="insert"):
    """Add to a list, or write a key that is not written yet, with the tables around it where they are missing.

    path    of the list, or of the new key.
    value   whatever JSON can say.
    before  the entry that the new one shall stand before (at the end).
    """

    path: Path
    value: Any
    before: str | int | None = None


class Remove(msgspec.Struct, frozen=True, tag="remove"):
    """Take a key or an entry out, with the comment on its line; comments above it stay."""

    path: Path


class Move(msgspec.Struct, frozen=True, tag="move"):
    """Take an entry of a list to another place of it, with its text and the comments right above it.

    path    of the entry.
    before  the entry that it shall stand before (at the end).
    """

    path: Path
    before: str | int | None = None


Edit = Replace | Insert | Remove | Move


class EditError(ProgrammeError):
    """An edit that does not fit the text, such as of a value that is not there."""


def apply(text: str, edits: Iterable[Edit]) -> str:
    """*text* after *edits*, each seeing what those before it did. Raises EditError."""
    for edit in edits:
        text = _applied(text, edit)
    return text


def written(text: str, path: Path) -> Any:
    """What stands at *path*, as JSON would say it; None where nothing does. Raises EditError where the text cannot be read."""
    node = _find(_tree(text), path)
    return None if node is None else data_of(node)


def _applied(text: str, edit: Edit) -> str:
    root = _tree(text)
    match edit:
        case Replace():
            edited = _replaced(text, root, edit)
        case Insert():
            edited = _inserted(text, root, edit)
        case Remove():
            edited = _removed(text, root, edit)
        case Move():
            edited = _moved(text, root, edit)
    _tree(edited)
    return edited


@lru_cache(maxsize=4)
def _tree(text: str) -> Node:
    root, problems = parse(text, "the file")
    if root is None or problems:
        raise EditError(str(problems[0]) if problems else "the file is empty; write 'format: 1' first")
    return root


def _replaced(text: str, root: Node, edit: Replace) -> str:
    node = _at(root, edit.path)
    if data_of(node) == edit.value and type(data_of(node)) is type(edit.value):
        return text
    new = _like(node, edit.value)
    if not edit.path:
        raise EditError("the whole file cannot be replaced by an edit; write a new file")
    if _is_block(node):
        return _over_block(text, root, edit.path, node, new)
    space = " " if node.start == node.end else ""
    return text[: node.start] + space + new + text[node.end :]


def _over_block(text: str, root: Node, path: Path, node: Node, new: str) -> str:
    """Write *new* over a collection that is written line by line below its key or dash."""
    opener = _opener(text, root, path)
    if "\n" not in text[opener : node.start]:
        return text[: node.start] + new + text[node.end :]
    first_line = line_end(text, opener)
    return text[:opener] + " " + new + text[opener:first_line] + text[node.end :]


def _opener(text: str, root: Node, path: Path) -> int:
    """Just after the colon or dash that leads to the value at *path*."""
    parent = _at(root, path[:-1])
    if isinstance(parent, Table):
        entry = next(entry for entry in parent.entries if entry.key.value == path[-1])
        return text.index(":", entry.key.end) + 1
    assert isinstance(parent, Sequence)
    return dash(text, parent, _index(parent, path[-1])) + 1


def _inserted(text: str, root: Node, edit: Insert) -> str:
    path, value = edit.path, edit.value
    found = _find(root, path)
    if isinstance(found, Sequence):
        return _into_list(text, found, value, edit.before)
    if found is not None:
        raise EditError(f"{_said(path)} is written already; replace it instead")
    if not path:
        raise EditError("an insertion needs a key; name it in the path")
    # Write the tables around the new key that are missing too.
    while (parent := _find(root, path[:-1])) is None:
        value, path = {str(path[-1]): value}, path[:-1]
    if not isinstance(parent, Table):
        raise EditError(f"{_said(path[:-1])} holds no keys, so {path[-1]!r} cannot be written there")
    return _into_table(text, parent, {str(path[-1]): value}, edit.before)


def _into_list(text: str, node: Sequence, value: Value, before: str | int | None) -> str:
    index = len(node.items) if before is None else _index(node, before)
    new = flow(value)
    if node.flow:
        return into_brackets(text, node, [(item.start, item.end) for item in node.items], index, new)
    column = node.column - 1
    if index == 0:
        return text[: node.start] + f"- {new}{line_break(text)}{' ' * column}" + text[node.start :]
    return line_after(text, node.items[index - 1].end, f"{' ' * column}- {new}")


def _into_table(text: str, node: Table, added: Mapping[str, Value], before: str | int | None) -> str:
    keys = [entry.key.value for entry in node.entries]
    if before is not None and before not in keys:
        raise EditError(f"there is no key {before!r} here to write before; the file may have changed")
    index = len(keys) if before is None else keys.index(str(before))
    new = flow(added)[1:-1]
    if node.flow:
        spans = [(entry.key.start, entry.value.end) for entry in node.entries]
        return into_brackets(text, node, spans, index, new)
    column = node.column - 1
    if index == 0:
        return text[: node.start] + f"{new}{line_break(text)}{' ' * column}" + text[node.start :]
    return line_after(text, node.entries[index - 1].value.end, f"{' ' * column}{new}")


def _removed(text: str, root: Node, edit: Remove) -> str:
    if not edit.path:
        raise EditError("the whole file cannot be removed by an edit")
    _at(root, edit.path)
    parent = _at(root, edit.path[:-1])
    if isinstance(parent, Table):
        index = [entry.key.value for entry in parent.entries].index(str(edit.path[-1]))
        spans = [(entry.key.start, entry.value.end) for entry in parent.entries]
    else:
        assert isinstance(parent, Sequence)
        index = _index(parent, edit.path[-1])
        spans = [
            (item.start if parent.flow else dash(text, parent, place), item.end)
            for place, item in enumerate(parent.items)
        ]
    if parent.flow:
        return out_of_brackets(text, spans, index)
    if len(spans) == 1:
        return _emptied(text, root, edit.path[:-1], parent)
    start, end = spans[index]
    return without_lines(text, start, end, last=index == len(spans) - 1)


def _moved(text: str, root: Node, edit: Move) -> str:
    _at(root, edit.path)
    parent = _find(root, edit.path[:-1])
    if not isinstance(parent, Sequence):
        raise EditError(f"{_said(edit.path)} is no entry of a list, so it has no place to move to")
    index = _index(parent, edit.path[-1])
    order = [place for place in range(len(parent.items)) if place != index]
    at = len(order) if edit.before is None else order.index(_other(parent, edit.before, index))
    return rearranged(text, _spans_with_comments(text, parent), [*order[:at], index, *order[at:]])


def _other(node: Sequence, part: str | int, index: int) -> int:
    other = _index(node, part)
    if other == index:
        raise EditError(f"{part!r} cannot stand before itself")
    return other


def _spans_with_comments(text: str, node: Sequence) -> list[tuple[int, int]]:
    """Where the entries stand, in lines those that are written so, with the comments right above each and behind it."""
    if node.flow:
        return [(item.start, item.end) for item in node.items]
    return [
        (comments_above(text, dash(text, node, place)), line_end(text, item.end))
        for place, item in enumerate(node.items)
    ]


def _emptied(text: str, root: Node, path: Path, node: Node) -> str:
    if not path:
        raise EditError("the last key of a file cannot be removed; remove the file")
    return _over_block(text, root, path, node, "[]" if isinstance(node, Sequence) else "{}")


def _is_block(node: Node) -> bool:
    return not isinstance(node, Scalar) and not node.flow


def _like(node: Node, value: Value) -> str:
    """*value* in the quotes that *node* has, where it can."""
    if isinstance(value, str) and isinstance(node, Scalar):
        if node.style == "'" and not re.search(r"[^ -~\u00a0-\ud7ff]", value):
            return "'" + value.replace("'", "''") + "'"
        if node.style or not is_plain(value):
            return quoted(value)
    return flow(value)


def _at(root: Node, path: Path) -> Node:
    node = _find(root, path)
    if node is None:
        raise EditError(f"{_said(path)} is not written in this file; insert it instead")
    return node


def _find(root: Node, path: Path) -> Node | None:
    node: Node | None = root
    for part in path:
        node = None if node is None else child(node, part)
    return node


def _index(node: Sequence, part: str | int) -> int:
    if isinstance(part, int) and 0 <= part < len(node.items):
        return part
    names = [name_of(item) for item in node.items]
    if not isinstance(part, str) or part not in names:
        raise EditError(f"there is no entry {part!r} in this list; the file may have changed")
    return names.index(part)


def _said(path: Path) -> str:
    return " ".join(str(part) for part in path) or "the file"
