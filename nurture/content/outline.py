"""A mail's file as a tree whose nodes are [start, end) spans of its text, so that an edit is a splice and nothing else moves.

Elements, conditions and loops hold others; a content element (mj-text, mj-button, ...) is a leaf, its content the author's
HTML. The tags are those that the compiler sees, and the Jinja is found by its own lexer. Text that neither can read, such as
a template of another system, has the outline that its tags give.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec
from jinja2.exceptions import TemplateSyntaxError

from nurture.content.mjml.markup import Element, Markup, MarkupError, parse
from nurture.content.mjml.protect import conditional, masked
from nurture.content.mjml.spans import Span, SpanKind, spans

Address = tuple[int, ...]
"""The way to a node: which child of the body, which child of that, and so on."""

FRONT = re.compile(r"\ufeff?---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
LOOSELY = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
"""What looks like Jinja, where its lexer gives up."""


class NodeKind(StrEnum):
    """What a node is.

    ELEMENT    a tag with its content.
    CONDITION  from {% if %} to {% endif %}; its OTHERWISE nodes come last among its children.
    OTHERWISE  from {% elif %} or {% else %} to the next of them, or to the end of what holds it.
    LOOP       from {% for %} to {% endfor %}.
    BLOCK      any other pair of tags, such as {% block %} and {% endblock %}.
    TAG        a tag alone: {% include %}, {% extends %}, {% set %}, or one that has lost its other half.
    VALUE      {{ ... }} between elements.
    COMMENT    of either language.
    """

    ELEMENT = "element"
    CONDITION = "condition"
    OTHERWISE = "otherwise"
    LOOP = "loop"
    BLOCK = "block"
    TAG = "tag"
    VALUE = "value"
    COMMENT = "comment"


PAIRS = {"if": NodeKind.CONDITION, "for": NodeKind.LOOP} | dict.fromkeys(
    ("block", "with", "filter", "call", "macro", "autoescape"), NodeKind.BLOCK
)
BRANCHES = ("elif", "else")


class AttributeSpan(msgspec.Struct, frozen=True):
    """name="value" as written: [start, end) is the whole, [value_start, value_end) what stands between the quotes."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    quote: str


class Node(msgspec.Struct, frozen=True, eq=False):
    """One node: [start, end) is the whole of it, [inner_start, inner_end) its content; the same twice where it has none.

    name       the tag of an element, the keyword of Jinja.
    is_leaf    whether its content is the author's HTML.
    is_empty   whether it is written <so />.
    is_closed  whether its end tag is there; else its end is a guess.
    """

    kind: NodeKind
    name: str
    start: int
    inner_start: int
    inner_end: int
    end: int
    attributes: tuple[AttributeSpan, ...] = ()
    children: "tuple[Node, ...]" = ()
    is_leaf: bool = False
    is_empty: bool = False
    is_closed: bool = True

    def attribute(self, name: str) -> AttributeSpan | None:
        return next((each for each in self.attributes if each.name == name), None)


class Outline(msgspec.Struct, frozen=True, eq=False):
    """The tree of *text*.

    front    [start, end) of the YAML between the dashes; None where there is none.
    body     where the body starts.
    nodes    of the body; empty where a tag has no end, which *problem* then tells, at *problem_at*.
    """

    text: str
    front: tuple[int, int] | None
    body: int
    nodes: tuple[Node, ...]
    problem: str = ""
    problem_at: int = 0

    def find(self, address: Sequence[int]) -> Node | None:
        """The node at *address*; None where there is none."""
        nodes: tuple[Node, ...] = self.nodes
        found = None
        for index in address:
            if not 0 <= index < len(nodes):
                return None
            found, nodes = nodes[index], nodes[index].children
        return found

    def walk(self) -> Iterator[tuple[Address, Node]]:
        """Every node with its address, in the order of the text."""

        def down(nodes: Iterable[Node], above: Address) -> Iterator[tuple[Address, Node]]:
            for index, node in enumerate(nodes):
                yield (*above, index), node
                yield from down(node.children, (*above, index))

        return down(self.nodes, ())

    def at(self, offset: int) -> Address | None:
        """The innermost node that holds the character at *offset*."""
        found = None
        for address, node in self.walk():
            if node.start <= offset < node.end:
                found = address
        return found


def outline(text: str) -> Outline:
    """The tree of *text*, which may be anything."""
    plain = same_length(text)
    front = FRONT.match(plain)
    body = front.end() if front else int(text.startswith("\ufeff"))
    try:
        tree = _Tree(plain[body:], body)
    except MarkupError as error:
        words = f"{error.message}; {error.remedy}"
        return Outline(text, front and front.span(1), body, (), words, body + error.offset)
    return Outline(text, front and front.span(1), body, tree.nodes())


def same_length(text: str) -> str:
    """*text* with its lines ended by a bare newline, every character where it was."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def jinja_of(text: str) -> list[Span]:
    """The Jinja of *text*, or what looks like it."""
    try:
        return spans(text)
    except TemplateSyntaxError:
        return list(_loose(text))


def is_paired(text: str) -> bool:
    """Whether every {% if %} and the like in *text* has its end there."""
    stack: list[str] = []
    for span in jinja_of(same_length(text)):
        if span.keyword in PAIRS:
            stack.append(span.keyword)
        elif span.keyword.startswith("end") and (not stack or stack.pop() != span.keyword[3:]):
            return False
    return not stack


def _loose(text: str) -> Iterator[Span]:
    kinds = {"{{": SpanKind.VARIABLE, "{%": SpanKind.BLOCK, "{#": SpanKind.COMMENT}
    at = 0
    for found in LOOSELY.finditer(text):
        if found.start() > at:
            yield Span(SpanKind.DATA, at, found.start())
        words = tuple(("name", word) for word in re.findall(r"\w+", found[0])[:1])
        yield Span(kinds[found[0][:2]], found.start(), found.end(), words)
        at = found.end()
    if at < len(text):
        yield Span(SpanKind.DATA, at, len(text))


class _Frame(msgspec.Struct):
    """A pair of tags, or a branch, whose end has not come yet."""

    span: Span | None
    kind: NodeKind
    name: str
    children: list[Node] = msgspec.field(default_factory=list)


class _Tree:
    def __init__(self, body: str, offset: int) -> None:
        jinja = jinja_of(body)
        self.offset = offset
        self.markup: Markup = parse(masked(body, jinja))
        comments = [
            Span(SpanKind.COMMENT, mark.start, mark.end)
            for mark in self.markup.others
            if mark.kind == "comment" and not conditional(body, mark)
        ]
        loose = [span for span in jinja if span.kind is not SpanKind.DATA]
        self.loose = sorted([*_outside(loose, comments), *comments], key=lambda span: span.start)
        self.starts = [span.start for span in self.loose]

    def nodes(self) -> tuple[Node, ...]:
        root = self.markup.root
        return self._folded(self._within(root, 0, len(self.markup.text)))

    def _within(self, parent: Element, start: int, end: int) -> Iterator[Node | Span]:
        """What stands in [start, end), the content of *parent*, in order: its elements, and Jinja and comments between them."""
        at = bisect_left(self.starts, start)
        for element in parent.children:
            while at < len(self.loose) and self.loose[at].start < element.start:
                yield self.loose[at]
                at += 1
            yield self._element(element)
            at = bisect_left(self.starts, element.end, lo=at)
        while at < len(self.loose) and self.loose[at].start < end:
            yield self.loose[at]
            at += 1

    def _element(self, element: Element) -> Node:
        leaf = element.is_html or element.empty
        inner = () if leaf else self._folded(self._within(element, element.opened, element.closed))
        shift = self.offset
        return Node(
            kind=NodeKind.ELEMENT,
            name=element.tag,
            start=element.start + shift,
            inner_start=element.opened + shift,
            inner_end=element.closed + shift,
            end=element.end + shift,
            attributes=tuple(
                AttributeSpan(
                    each.name,
                    each.start + shift,
                    each.end + shift,
                    each.value_start + shift,
                    each.value_start + len(each.value or "") + shift,
                    each.quote,
                )
                for each in element.attributes
            ),
            children=inner,
            is_leaf=element.is_html,
            is_empty=element.empty,
            is_closed=element.empty or element.end > element.closed,
        )

    def _folded(self, items: Iterable[Node | Span]) -> tuple[Node, ...]:
        """The pairs of tags among *items* as nodes around what stands between them."""
        stack = [_Frame(None, NodeKind.BLOCK, "")]
        for item in items:
            if isinstance(item, Node):
                stack[-1].children.append(item)
            elif item.keyword in PAIRS:
                stack.append(_Frame(item, PAIRS[item.keyword], item.keyword))
            elif item.keyword in BRANCHES and self._owner(stack).name in ("if", "for"):
                self._end_branch(stack, item.start)
                stack.append(_Frame(item, NodeKind.OTHERWISE, item.keyword))
            elif item.keyword[:3] == "end" and self._owner(stack).name == item.keyword[3:] != "":
                self._end_branch(stack, item.start)
                frame = stack.pop()
                stack[-1].children.append(self._node(frame, item.start, item.end))
            else:
                stack[-1].children.append(self._alone(item))
        while len(stack) > 1:  # what has lost its end is a tag like another
            frame = stack.pop()
            assert frame.span is not None
            stack[-1].children += [self._alone(frame.span), *frame.children]
        return tuple(stack[0].children)

    def _owner(self, stack: Sequence[_Frame]) -> _Frame:
        """The pair that is open, whichever of its branches we are in."""
        return stack[-2] if stack[-1].kind is NodeKind.OTHERWISE else stack[-1]

    def _end_branch(self, stack: list[_Frame], at: int) -> None:
        if stack[-1].kind is NodeKind.OTHERWISE:
            frame = stack.pop()
            stack[-1].children.append(self._node(frame, at, at))

    def _node(self, frame: _Frame, inner_end: int, end: int) -> Node:
        assert frame.span is not None
        return Node(
            kind=frame.kind,
            name=frame.name,
            start=frame.span.start + self.offset,
            inner_start=frame.span.end + self.offset,
            inner_end=inner_end + self.offset,
            end=end + self.offset,
            children=tuple(frame.children),
        )

    def _alone(self, span: Span) -> Node:
        kinds = {SpanKind.VARIABLE: NodeKind.VALUE, SpanKind.COMMENT: NodeKind.COMMENT}
        start, end = span.start + self.offset, span.end + self.offset
        return Node(kinds.get(span.kind, NodeKind.TAG), span.keyword, start, end, end, end)


def _outside(loose: Iterable[Span], comments: Sequence[Span]) -> Iterator[Span]:
    """Those of *loose* that no comment covers."""
    ends = [comment.end for comment in comments]
    for span in loose:
        index = bisect_left(ends, span.end)
        if index == len(comments) or comments[index].start > span.start:
            yield span
