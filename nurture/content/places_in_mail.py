"""Where nodes go in and out of a mail: with their lines and indentation, as an author would have written them."""

from typing import Literal

from nurture.content.outline import Node
from nurture.content.retyped import Splice
from nurture.content.splices import line_break, line_end

Where = Literal["before", "after", "inside"]
STEP = "  "


def own_lines(text: str, node: Node) -> tuple[int, int]:
    """The lines of *node* with their last end, where nothing else stands on them; else its own span."""
    first = text.rfind("\n", 0, node.start) + 1
    last = line_end(text, node.end)
    if text[first : node.start].strip(" \t") or text[node.end : last].strip(" \t"):
        return node.start, node.end
    if text.startswith("\r\n", last):
        return first, last + 2
    return first, min(last + 1, len(text))


def indent_of(text: str, node: Node) -> str:
    """The white space that the line of *node* begins with."""
    first = text.rfind("\n", 0, node.start) + 1
    line = text[first : node.start]
    return line[: len(line) - len(line.lstrip(" \t"))]


def around(text: str, node: Node) -> str:
    """What stands between *node* and a new neighbour: a line of its own where it has one, else nothing."""
    if own_lines(text, node) == (node.start, node.end):
        return ""
    return line_break(text) + indent_of(text, node)


def beside(text: str, node: Node, added: str, where: Where) -> Splice:
    """*added* before or after *node*, or at the end of what is in it."""
    gap = line_break(text) + indent_of(text, node)
    if where == "inside":
        return _inside(text, node, added, gap)
    put = _indented(added, gap)
    if where == "before":
        return Splice(node.start, node.start, put + gap)
    return Splice(node.end, node.end, gap + put)


def _inside(text: str, node: Node, added: str, gap: str) -> Splice:
    if node.is_empty:  # <mj-column /> gets an end tag of its own
        slash = text.rindex("/", node.start, node.end)
        start = len(text[:slash].rstrip())
        return Splice(start, node.end, f">{gap}{STEP}{_indented(added, gap + STEP)}{gap}</{node.name}>")
    if node.children:
        last = node.children[-1]
        deeper = line_break(text) + indent_of(text, last)
        return Splice(last.end, last.end, deeper + _indented(added, deeper))
    rest = "" if "\n" in text[node.inner_start : node.inner_end] else gap
    return Splice(node.inner_start, node.inner_start, f"{gap}{STEP}{_indented(added, gap + STEP)}{rest}")


def unwrapped(text: str, node: Node) -> Splice:
    """Without the tags of *node*, and without the white space that set off what is in it."""
    return Splice(node.start, node.end, text[node.inner_start : node.inner_end].strip(" \t\r\n"))


def _indented(added: str, gap: str) -> str:
    return gap.join(added.strip("\n").split("\n"))
