"""YAML text to a tree of nodes.

Built from the parser's events, not from loaded values: an anchor, a tag, a second document or a duplicate key loads
silently and is gone afterwards. What this file refuses no later stage has to think of.
"""

import re
from collections.abc import Iterator

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from nurture.content.problems import Problem, position
from nurture.content.yaml_tree import Entry, Node, Scalar, Sequence, Table

DEPTH_MAX = 40
CHARACTERS_MAX = 256 * 1024
EVENTS_MAX = 20_000
"""The parser reads some 20,000 events a second, and no text may hold anyone up for longer than two (SEC6); the shipped
programme makes 1,000."""


EXPLICIT = re.compile(r"(?:^|[\s\[{,-])\?\s+$")
"""How a line goes on to an explicit key, '? key', which no author needs and every edit would have to know."""


def parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of *text*, and everything about it that is refused; no tree when it is not YAML at all."""
    builder = _Builder(text, file)
    if len(text) > CHARACTERS_MAX:
        builder.refuse(1, 1, f"the file has {len(text)} characters", f"keep it below {CHARACTERS_MAX}")
        return None, builder.problems
    try:
        builder.build(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ": ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        builder.refuse(
            line, column, f"this is not YAML: {said}", "look at the indentation, quotes and brackets here"
        )
        return None, builder.problems
    except ReaderError as error:
        line, column = position(text, error.position)
        builder.refuse(line, column, "a control character is not allowed in YAML", "remove it")
        return None, builder.problems
    except (YAMLError, ValueError, IndexError, OverflowError) as error:
        # The parser raises plain Python errors for escapes outside Unicode and for broken directives.
        builder.refuse(1, 1, f"this is not YAML: {error}", "look at escapes and directives")
        return None, builder.problems
    return builder.root, builder.problems


class _Open:
    """A collection whose end has not been seen."""

    def __init__(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self.event = event
        self.children: list[Node] = []


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def refuse(self, line: int, column: int, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(file=self.file, line=line, column=column, message=message, remedy=remedy)
        )

    def build(self, events: Iterator[Event]) -> None:
        """Take in *events* up to the first that is beyond all bounds; reading further would only cost time."""
        for count, event in enumerate(events):
            if count > EVENTS_MAX:
                self._refuse_at(event, "the file holds too many values to be a programme", "write less")
                self.root = None
                return
            if isinstance(event, DocumentStartEvent):
                self._document(event)
            if self._documents > 1 or len(self._open) > DEPTH_MAX:
                return
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case AliasEvent():
                self._refuse_at(event, f"the alias *{event.anchor} stands for another value", "write it out")
                self._add(self._scalar(event, "", ""))
            case ScalarEvent():
                self._refuse_marks(event)
                self._add(self._scalar(event, event.value, event.style or ""))
            case MappingStartEvent() | SequenceStartEvent():
                self._refuse_marks(event)
                self._open.append(_Open(event))
                if len(self._open) > DEPTH_MAX:
                    self._refuse_at(event, f"more than {DEPTH_MAX} levels deep", "nest less")
            case MappingEndEvent():
                self._add(self._table(self._open.pop(), event))
            case SequenceEndEvent():
                self._add(self._sequence(self._open.pop(), event))
            case _:
                pass

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse_at(event, "a second document starts here", "keep one document in a file")
        if event.version or event.tags:
            self._refuse_at(event, "a %YAML or %TAG directive", "remove it; files are YAML 1.2")

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].children.append(node)
        elif self._documents == 1:
            self.root = node

    def _scalar(self, event: ScalarEvent | AliasEvent, value: str, style: str) -> Scalar:
        start, end, line, column = _place(event)
        if style in ("|", ">"):
            end = start + len(_block_text(self.text[start:end]))
        if any("\ud800" <= character <= "\udfff" for character in value):
            self._refuse_at(event, "half a surrogate pair is not a character", "write the character itself")
        return Scalar(value=value, style=style, start=start, end=end, line=line, column=column)

    def _sequence(self, opened: _Open, closing: Event) -> Sequence:
        start, _, line, column = _place(opened.event)
        return Sequence(
            items=tuple(opened.children),
            flow=bool(opened.event.flow_style),
            start=start,
            end=_end(opened, closing),
            line=line,
            column=column,
        )

    def _table(self, opened: _Open, closing: Event) -> Table:
        start, _, line, column = _place(opened.event)
        entries: list[Entry] = []
        seen: dict[str, Scalar] = {}
        for key, value in zip(opened.children[::2], opened.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.refuse(key.line, key.column, "a key that is a list or a mapping", "write a plain key")
            elif EXPLICIT.search(self.text, self.text.rfind("\n", 0, key.start) + 1, key.start):
                self.refuse(key.line, key.column, "a key behind a question mark", "write 'key: value'")
            elif key.value in seen:
                first = seen[key.value]
                self.refuse(
                    key.line,
                    key.column,
                    f"the key {key.value!r} stands here twice, first in line {first.line}",
                    "keep one of them",
                )
            else:
                seen[key.value] = key
                entries.append(Entry(key=key, value=self._placed(key, value)))
        return Table(
            entries=tuple(entries),
            flow=bool(opened.event.flow_style),
            start=start,
            end=_end(opened, closing),
            line=line,
            column=column,
        )

    def _placed(self, key: Scalar, value: Node) -> Node:
        """An empty value stands after its colon; the parser puts it at the next token."""
        if not (isinstance(value, Scalar) and value.start == value.end):
            return value
        colon = self.text.find(":", key.end)
        at = colon + 1 if colon >= 0 else key.end
        return msgspec.structs.replace(
            value, start=at, end=at, line=key.line, column=key.column + at - key.start
        )

    def _refuse_marks(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor:
            self._refuse_at(event, f"the anchor &{event.anchor}", "remove it; values are written out")
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) != "None":
            self._refuse_at(event, f"the tag {tag}", "remove it; types are known without tags")

    def _refuse_at(self, event: Event, message: str, remedy: str) -> None:
        _, _, line, column = _place(event)
        self.refuse(line, column, message, remedy)


def _block_text(raw: str) -> str:
    """A block scalar without what follows it; with '+' its empty lines belong to it, but for the last line break."""
    header = raw.partition("\n")[0]
    if "+" not in header:
        return raw.rstrip()
    return raw.rstrip(" ").removesuffix("\n").removesuffix("\r")


def _place(event: Event) -> tuple[int, int, int, int]:
    start, end = event.start_mark, event.end_mark
    return start.index, end.index, start.line + 1, start.column + 1


def _end(opened: _Open, closing: Event) -> int:
    """A flow collection ends with its bracket; a block collection with its last value.

    The parser lets a block end where the next token starts, comments in between included.
    """
    if opened.event.flow_style or not opened.children:
        return int(closing.end_mark.index)
    return opened.children[-1].end
