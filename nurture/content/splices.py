"""Where text goes in and out of a YAML file, character by character."""

import re

from nurture.content.yaml_tree import Node, Sequence


def into_brackets(text: str, node: Node, spans: list[tuple[int, int]], index: int, new: str) -> str:
    """With *new* as the entry number *index* of a collection in brackets, whose entries have *spans*."""
    if not spans:
        return text[: node.start + 1] + new + text[node.start + 1 :]
    if index == len(spans):
        end = spans[-1][1]
        return text[:end] + f", {new}" + text[end:]
    start = spans[index][0]
    return text[:start] + f"{new}, " + text[start:]


def out_of_brackets(text: str, spans: list[tuple[int, int]], index: int) -> str:
    """Without the entry number *index*, and without its comma."""
    start, end = spans[index]
    if index + 1 < len(spans):
        end = spans[index + 1][0]
    elif index:
        start = spans[index - 1][1]
    return text[:start] + text[end:]


def without_lines(text: str, start: int, end: int, *, last: bool) -> str:
    """Without the lines from *start* to *end*, the comment on the last of them included."""
    first = text.rfind("\n", 0, start) + 1
    last_end = line_end(text, end)
    if text[first:start].strip():
        # It shares its line with the dash or key that leads to it, which its next sibling takes over.
        following = re.compile(r"\S").search(text, last_end)
        assert following is not None, "a block with one entry is emptied instead"
        return text[:start] + text[following.start() :]
    after = last_end + len(line_break(text)) if last_end < len(text) else last_end
    if last and last_end == len(text):
        # The file had no final newline, and has none after this either.
        first -= len(line_break(text))
    return text[:first] + text[after:]


def rearranged(text: str, spans: list[tuple[int, int]], order: list[int]) -> str:
    """With the texts at *spans* in another *order*; what stands between them stays where it is."""
    pieces, end = [], 0
    for (start, after), taken in zip(spans, order, strict=True):
        pieces += [text[end:start], text[slice(*spans[taken])]]
        end = after
    return "".join(pieces) + text[end:]


def comments_above(text: str, at: int) -> int:
    """Where the comments begin that stand right above *at*, in lines of their own and as far indented; *at* where there are none."""
    while True:
        first = text.rfind("\n", 0, at) + 1
        above = text.rfind("\n", 0, max(first - 1, 0)) + 1
        line = text[above : max(first - 1, 0)]
        if text[first:at].strip() or first == 0 or not re.match(rf" {{{at - first}}}#", line):
            return at
        at = above + (at - first)


def line_after(text: str, end: int, line: str) -> str:
    """With *line* below the one that holds *end*."""
    at = line_end(text, end)
    return text[:at] + line_break(text) + line + text[at:]


def line_end(text: str, at: int) -> int:
    """Before the line break that ends the line of *at*."""
    found = text.find("\n", at)
    if found < 0:
        return len(text)
    return found - 1 if found and text[found - 1] == "\r" else found


def line_break(text: str) -> str:
    """How the lines of *text* end."""
    return "\r\n" if "\r\n" in text else "\n"


def dash(text: str, node: Sequence, index: int) -> int:
    """Where the dash of an entry of a block list stands."""
    if index == 0:
        return node.start
    dash = re.compile(rf"^ {{{node.column - 1}}}(-)(?=\s)", re.MULTILINE)
    found = dash.search(text, node.items[index - 1].end)
    assert found is not None, "every entry of a block list has a dash"
    return found.start(1)
