"""Where every value of a file stands, by its path.

A path is the keys that lead to a value, as the file spells them: ``("tracks", "cold", "steps", "checklist", "wait")``.
Entries of a list go by their key (or by what stands for one), never by position, so that an edit or a message finds the
same entry after others were inserted; a number still reaches those that have no key, such as frequency caps.
"""

import re
from typing import Literal

import msgspec

from nurture.content.problems import Problem, position
from nurture.content.yaml_tree import Entry, Node, Place, Scalar, Sequence, Table

Path = tuple[str | int, ...]

STANDS_FOR_KEY = ("key", "mail", "task", "webhook", "email", "period", "field", "when")
"""What names an entry of a list; of the first of these it has, the last part ('welcome' of 'trial/welcome')."""


class Marks(msgspec.Struct, frozen=True):
    """The tree of one file, asked by paths."""

    file: str
    text: str
    root: Node

    def value(self, path: Path) -> Node | None:
        """The node at *path*, or None where nothing is written."""
        node: Node | None = self.root
        for part in path:
            if node is None:
                return None
            node = child(node, part)
        return node

    def entry(self, path: Path) -> Entry | None:
        """The key and value at *path*, where its last part is the key of a table."""
        parent = self.value(path[:-1]) if path else None
        if not isinstance(parent, Table):
            return None
        return next((entry for entry in parent.entries if entry.key.value == path[-1]), None)

    def place(self, path: Path, *, word: str = "", at_key: bool = False) -> Place:
        """The nearest written place: the value, or what holds it where the value is a default.

        word    a part of the value, such as one name of an expression, to point at.
        at_key  point at the key rather than the value.
        """
        if at_key and (entry := self.entry(path)) is not None:
            return entry.key
        for length in range(len(path), -1, -1):
            if (node := self.value(path[:length])) is not None:
                return self._within(node, word)
        return self.root

    def problem(
        self,
        path: Path,
        message: str,
        remedy: str,
        *,
        word: str = "",
        at_key: bool = False,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem that points at *path*."""
        place = self.place(path, word=word, at_key=at_key)
        return Problem(
            file=self.file,
            line=place.line,
            column=place.column,
            message=message,
            remedy=remedy,
            severity=severity,
        )

    def _within(self, node: Node, word: str) -> Place:
        """*word* as a whole inside *node*, or the node: folded and escaped text may spell it otherwise."""
        pattern = re.compile(rf"(?<![\w.]){re.escape(word)}(?!\w)")
        found = pattern.search(self.text, node.start, node.end) if word else None
        if found is None:
            return node
        line, column = position(self.text, found.start())
        return Place(start=found.start(), end=found.end(), line=line, column=column)


def child(node: Node, part: str | int) -> Node | None:
    """What *part* names inside *node*."""
    match node:
        case Table():
            return node.get(part) if isinstance(part, str) else None
        case Sequence(items=items):
            if isinstance(part, int):
                return items[part] if 0 <= part < len(items) else None
            return next((item for item in items if name_of(item) == part), None)
        case _:
            return None


def name_of(item: Node) -> str | None:
    """What an entry of a list is called, or None where only its position tells."""
    if not isinstance(item, Table):
        return None
    for name in STANDS_FOR_KEY:
        if isinstance(value := item.get(name), Scalar):
            return value.value if name == "when" else value.value.rpartition("/")[2]
    return None
