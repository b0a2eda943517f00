"""The canonical form of a YAML file: ``nurture fmt``.

Two spaces deeper for each level, a list's dashes too; one blank line at most; texts in double quotes where they have
quotes; what stands in brackets stays there while it fits in WIDTH, and goes line by line otherwise. Comments keep their
place: above an entry, or at the end of its line, in the column where they stood if there is room. The order of keys is
the author's.
"""

import re
from bisect import bisect_right

from nurture.content.comments import blank_above, comments_of, token_starts
from nurture.content.printing import data_of, is_plain, quoted
from nurture.content.yaml_reader import parse
from nurture.content.yaml_tree import Node, Scalar, Sequence, Table
from nurture.errors import ProgrammeError

WIDTH = 150


def fmt(text: str) -> str:
    """The canonical form of *text*, which says the same. Raises ProgrammeError for what cannot be read."""
    root, problems = parse(text, "the file")
    if root is None or problems:
        raise ProgrammeError("\n".join(str(problem) for problem in problems) or "the file is empty")
    printed = _Printer(text, root).printed()
    again, _ = parse(printed, "the file")
    assert again is not None, "the printer wrote something that is not YAML"
    assert data_of(again) == data_of(root), "the printer changed what the file says"
    return printed


class _Printer:
    """Prints nodes in their order, and each comment at the latest before what follows it in the text."""

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.root = root
        self.lines: list[str] = []
        self.starts = sorted(token_starts(root))
        self.comments = comments_of(text, root)

    def printed(self) -> str:
        self._block(self.root, indent=0)
        self._above(len(self.text) + 1, indent=0, spaced=False)
        return "\n".join(self.lines).strip("\n") + "\n"

    def _block(self, node: Node, *, indent: int, beside: str = "") -> None:
        """Print a collection line by line; a table's first line begins with *beside*, a dash, where that is given."""
        match node:
            case Table() if node.entries and not self._stays_flow(node, indent):
                for entry in node.entries:
                    if not beside:
                        self._before(entry.key, indent)
                    lead = f"{beside or ' ' * indent}{_key(entry.key)}:"
                    self._entry(lead, entry.value, indent, _colon(self.text, entry.key))
                    beside = ""
            case Sequence() if node.items and not self._stays_flow(node, indent):
                for item in node.items:
                    self._before(item, indent)
                    self._entry(f"{' ' * indent}-", item, indent, item.start)
            case _:
                self._line(f"{beside or ' ' * indent}{self._flow(node)}", node.end)
        self._after(node, indent)

    def _before(self, node: Node, indent: int) -> None:
        """Print the comments and the blank line that stand above *node*."""
        follows = self._above(node.start, indent=indent, spaced=True)
        if self.lines and not follows and blank_above(self.text, node.start):
            self.lines.append("")

    def _entry(self, lead: str, value: Node, indent: int, colon: int) -> None:
        """Print one key or dash, *lead*, with its value."""
        inline = isinstance(value, Scalar) or self._stays_flow(value, len(lead) + 1)
        if isinstance(value, Scalar) and _keeps_lines(value, self.text):
            self._literal(lead, value, indent)
        elif inline:
            shown = self._flow(value)
            self._line(f"{lead} {shown}" if shown else lead, value.end)
        elif lead.endswith("-") and isinstance(value, Table):
            self._block(value, indent=indent + 2, beside=f"{lead} ")
        else:
            self._line(lead, colon)
            self._block(value, indent=indent + 2)

    def _literal(self, lead: str, node: Scalar, indent: int) -> None:
        """Print a block scalar as it stands, moved to its new depth."""
        header, *body = self.text[node.start : node.end].split("\n")
        body = [line.removesuffix("\r") for line in body]
        depth = min((len(line) - len(line.lstrip(" ")) for line in body if line.strip()), default=0)
        self.lines.append(f"{lead} {header.rstrip()}")
        self.lines.extend(" " * (indent + 2) + line[depth:] if line.strip() else "" for line in body)

    def _line(self, line: str, end: int) -> None:
        """Add a line whose last token ends at *end*, with the comments that stand behind it there."""
        behind = []
        limit = min(self._next_start(end), _line_end(self.text, end))
        while self.comments and self.comments[0].start < limit:
            behind.append(self.comments.pop(0))
        for place, comment in enumerate(behind):
            gap = max(comment.column, len(line) + 2) if not place else len(line) + 1
            line = line.ljust(gap) + comment.text
        self.lines.append(line)

    def _above(self, start: int, *, indent: int, spaced: bool) -> bool:
        """Print the comments before *start*, each on a line of its own; whether the entry follows at once."""
        printed = False
        while self.comments and self.comments[0].start < start:
            comment = self.comments.pop(0)
            if comment.spaced and self.lines:
                self.lines.append("")
            self.lines.append(" " * indent + comment.text)
            printed = True
        return printed and spaced and not blank_above(self.text, start)

    def _after(self, node: Node, indent: int) -> None:
        """Print the comments that stand below a block at its own depth; they are about it, not about what follows."""
        following = self._next_start(node.end)
        while (
            self.comments
            and self.comments[0].alone
            and self.comments[0].start < following
            and indent
            and self.comments[0].column >= node.column - 1
        ):
            self._above(self.comments[0].start + 1, indent=indent, spaced=False)

    def _next_start(self, end: int) -> int:
        """Where the next token after *end* starts."""
        place = bisect_right(self.starts, end)
        return self.starts[place] if place < len(self.starts) else len(self.text) + 1

    def _stays_flow(self, node: Node, column: int) -> bool:
        """Whether a collection is printed in brackets, its first one at *column*."""
        match node:
            case Scalar():
                return node.style not in ("|", ">")
            case Sequence(items=()) | Table(entries=()):
                return not self._comment_inside(node)
            case _:
                fits = column + len(self._flow(node)) <= WIDTH
                return node.flow and fits and not self._comment_inside(node)

    def _comment_inside(self, node: Node) -> bool:
        return any(node.start <= comment.start < node.end for comment in self.comments)

    def _flow(self, node: Node) -> str:
        match node:
            case Scalar():
                return _scalar(node)
            case Sequence():
                return "[" + ", ".join(self._flow(item) for item in node.items) + "]"
            case Table():
                parts = (f"{_key(entry.key)}: {self._flow(entry.value) or 'null'}" for entry in node.entries)
                return "{" + ", ".join(parts) + "}"


def _keeps_lines(node: Scalar, text: str) -> bool:
    """Whether a text is written in lines that may be moved: not when it counts its spaces or its last line breaks."""
    header = text[node.start : node.end].partition("\n")[0].partition("#")[0]
    ends = node.value.endswith("\n") != ("-" in header)
    return node.style in ("|", ">") and ends and not re.search(r"[1-9+]", header)


def _scalar(node: Scalar) -> str:
    if node.style or "\n" in node.value:
        return quoted(node.value)
    return node.value


def _key(node: Scalar) -> str:
    return node.value if not node.style or is_plain(node.value) else quoted(node.value)


def _colon(text: str, key: Scalar) -> int:
    """Just after the colon of *key*; a key in braces may have none."""
    return max(text.find(":", key.end) + 1, key.end)


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return found if found >= 0 else len(text)
