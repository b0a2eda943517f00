"""The tags of an MJML text, leniently: what an author types is often not well formed, and messages need its place.

One pass, linear in the text. Inside the elements whose content is HTML (mj-text, mj-button, ...) tags do not nest: HTML
lets authors leave ends out.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

import msgspec

HTML_ELEMENTS = frozenset(
    {
        "mj-text",
        "mj-button",
        "mj-table",
        "mj-raw",
        "mj-style",
        "mj-title",
        "mj-preview",
        "mj-accordion-title",
        "mj-accordion-text",
        "mj-navbar-link",
        "mj-social-element",
    }
)
"""Elements that hold HTML or text, which the compiler copies."""

NAME_END = frozenset(" \t\n\f/>=")
SPACE = frozenset(" \t\n\f/")


DEPTH_MAX = 100
"""Nested tags, HTML in MJML included: the compiler takes the process down at some 9,000 (SEC2)."""
ELEMENTS_MAX = 2_000
"""MJML elements, not counting the HTML in them: one costs the compiler as much as many tags of HTML."""
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr mj-image mj-divider mj-spacer".split()  # noqa: SIM905
)


RUN_ON = re.compile(r">[^<]*\n[^<]*</?[a-zA-Z]|>[^\n]*</?[a-zA-Z][^>]*>\s*\n")
"""A value that goes on over tags and lines has lost its closing quote."""


class MarkupError(Exception):
    """A tag that has no end: nothing after *offset* can be read."""

    def __init__(self, offset: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.offset, self.message, self.remedy = offset, message, remedy


class Attribute(msgspec.Struct, frozen=True):
    """name="value": *value* as written; [start, end) is the whole, *value_start* is inside the quotes."""

    name: str
    value: str | None
    start: int
    end: int
    value_start: int
    quote: str

    def __contains__(self, offset: int) -> bool:
        return self.value is not None and self.value_start <= offset <= self.value_start + len(self.value)


class Element(msgspec.Struct, eq=False):
    """An element: its start tag is [start, opened), its content [opened, closed), the whole [start, end)."""

    tag: str
    start: int
    opened: int
    attributes: tuple[Attribute, ...]
    parent: "Element | None"
    closed: int = -1
    end: int = -1
    empty: bool = False
    depth: int = 0
    children: list["Element"] = msgspec.field(default_factory=list)

    def __getitem__(self, name: str) -> str | None:
        """The value of attribute *name* as written; None where it is not written."""
        return next((each.value or "" for each in self.attributes if each.name == name), None)

    @property
    def is_html(self) -> bool:
        return self.tag in HTML_ELEMENTS

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()


class Mark(msgspec.Struct, frozen=True, eq=False):
    """One tag or comment: [start, end), and the element whose content goes on after it."""

    kind: Literal["open", "close", "comment", "cdata", "declaration"]
    start: int
    end: int
    element: Element | None
    inside: Element


class Markup(msgspec.Struct, frozen=True, eq=False):
    """All the tags of *text*.

    unclosed  elements without an end tag; *stray* end tags close nothing.
    others    the marks that are no tags: comments and declarations.
    """

    text: str
    root: Element
    marks: list[Mark]
    unclosed: list[Element]
    stray: list[Mark]
    others: list[Mark]

    def mark_at(self, offset: int) -> Mark | None:
        """The last tag or comment that begins at or before *offset*."""
        found = bisect_right(self.marks, offset, key=lambda mark: mark.start)
        return self.marks[found - 1] if found else None


def parse(text: str) -> Markup:
    """The tags of *text*. Raises MarkupError where one has no end."""
    root = Element("", 0, 0, (), None)
    markup = Markup(text, root, [], [], [], [])
    inside = root
    html_depth = elements = 0
    at = 0
    while (start := text.find("<", at)) >= 0:
        html = inside.tag in HTML_ELEMENTS
        if text.startswith("</", start):
            at = _find(text, ">", start) + 1
            tag = text[start + 2 : at - 1].strip()
            if html and tag != inside.tag:
                html_depth = max(html_depth - 1, 0)
                markup.marks.append(Mark("close", start, at, None, inside))
                continue
            closed = _closed(markup, inside, tag, start, at)
            inside = inside if closed is None else closed.parent or root
            markup.marks.append(Mark("close", start, at, closed, inside))
            if closed is None:
                markup.stray.append(markup.marks[-1])
        elif text.startswith(("<!", "<?"), start):
            at, kind = _declaration(text, start)
            markup.marks.append(Mark(kind, start, at, None, inside))
            markup.others.append(markup.marks[-1])
        elif start + 1 < len(text) and text[start + 1].isalpha():
            element, at = _opened(text, start, inside)
            inside.children.append(element)
            elements += not html
            if elements > ELEMENTS_MAX:
                raise MarkupError(
                    start, f"more than {ELEMENTS_MAX} MJML elements", "write fewer, longer ones"
                )
            if not (element.empty or html):
                inside, html_depth = element, 0
            elif not element.empty and element.tag.lower() not in VOID:
                html_depth += 1
            if inside.depth + html_depth > DEPTH_MAX:
                message = f"more than {DEPTH_MAX} tags stand inside each other"
                raise MarkupError(start, message, "nest them less deeply")
            markup.marks.append(Mark("open", start, at, element, inside))
        else:
            at = start + 1
    while inside is not root:
        inside.closed = inside.end = len(text)
        markup.unclosed.append(inside)
        inside = inside.parent or root
    return markup


def _closed(markup: Markup, inside: Element, tag: str, start: int, end: int) -> Element | None:
    """The open element that this end tag closes, with those inside it that were left open; None for none."""
    open_elements = [inside]
    while open_elements[-1].parent is not None and open_elements[-1].tag != tag:
        open_elements.append(open_elements[-1].parent)
    if open_elements[-1].parent is None:
        return None
    for each in open_elements:
        each.closed, each.end = start, start if each is not open_elements[-1] else end
    markup.unclosed.extend(open_elements[:-1])
    return open_elements[-1]


def _declaration(text: str, start: int) -> tuple[int, Literal["comment", "cdata", "declaration"]]:
    if text.startswith("<!--", start):
        return _find(text, "-->", start) + 3, "comment"
    if text.startswith("<![CDATA[", start):
        return _find(text, "]]>", start) + 3, "cdata"
    return _find(text, ">", start) + 1, "declaration"


def _opened(text: str, start: int, parent: Element) -> tuple[Element, int]:
    at = start + 1
    while at < len(text) and text[at] not in NAME_END:
        at += 1
    tag = text[start + 1 : at]
    attributes: list[Attribute] = []
    while True:
        while at < len(text) and text[at] in SPACE:
            at += 1
        if at >= len(text) or text[at] == "<":
            raise MarkupError(start, f"the tag <{tag}> has no end, expected '>'", "close it with '>'")
        if text[at] == ">":
            empty = text[at - 1] == "/"
            end = at + 1
            return Element(tag, start, end, tuple(attributes), parent, end, end, empty, parent.depth + 1), end
        attribute = _attribute(text, at)
        attributes.append(attribute)
        at = attribute.end


def _attribute(text: str, start: int) -> Attribute:
    at = start + 1
    while at < len(text) and text[at] not in NAME_END:
        at += 1
    name = text[start:at]
    after = at
    while after < len(text) and text[after] in " \t\n\f":
        after += 1
    if not text.startswith("=", after):
        return Attribute(name, None, start, at, at, "")
    after += 1
    while after < len(text) and text[after] in " \t\n\f":
        after += 1
    if text[after : after + 1] in ('"', "'"):
        quote = text[after]
        end = text.find(quote, after + 1)
        if end < 0 or ("\n" in text[after:end] and RUN_ON.search(text, after, min(end, after + 2_000))):
            raise MarkupError(
                after, f"the value of {name} has no end, expected {quote}", f"close it with {quote}"
            )
        return Attribute(name, text[after + 1 : end], start, end + 1, after + 1, quote)
    end = after
    while end < len(text) and text[end] not in " \t\n\f>":
        end += 1
    return Attribute(name, text[after:end], start, end, after, "")


def _find(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    if found < 0:
        opening = text[start : start + 12].partition("\n")[0]
        raise MarkupError(start, f"'{opening}' has no end, expected '{what}'", f"close it with '{what}'")
    return found
