"""A placeholder in the place of each piece of Jinja, so that the compiler sees MJML and loses nothing of it.

Jinja between structural elements is wrapped in mj-raw, which the compiler copies and does not count. What changes the
layout itself cannot be put back afterwards; :attr:`Protected.layout` tells of it, and such a mail is compiled per lead.
"""

import re
from bisect import bisect_right
from collections.abc import Container, Iterator

import msgspec

from nurture.content.flat import Flat
from nurture.content.mjml.markup import Element, Mark, Markup, MarkupError, parse
from nurture.content.mjml.spans import Span, SpanKind
from nurture.content.problems import Problem

MASK = "\ue000"
"""Stands for one character of Jinja where only the tags around it matter; a private-use character, so nobody's."""

RAW_PARENTS = frozenset({"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"})
COLUMN_PARENTS = frozenset({"mj-section", "mj-group"})
LAYOUT_ATTRIBUTE = re.compile(
    "(inner-|icon-|tb-)?(padding|border|width|height|radius)(-.*)?|border-.*|.*-(width|height|radius)"
    "|container-.*|columns|mode|full-width|mj-class|css-class|background-(position|size|repeat).*|gap|gutter|inline|name"
    "|fluid-on-mobile|hamburger|thumbnails|base-url|path"
)
"""Attributes whose value the compiler computes with, looks up or takes apart; any other is copied as it stands."""

INLINE = 'move it to an <mj-style> without inline="inline"'


class Place(msgspec.Struct, frozen=True):
    """One piece of Jinja and where it stands.

    raw     whether it stands between structural elements.
    layout  what the compiler would have to know of it, a phrase; None for nothing.
    """

    span: Span
    raw: bool = False
    layout: str | None = None
    remedy: str = ""


class Protected(msgspec.Struct, frozen=True):
    """*text* with placeholders instead of *places*; *problems* are what no way of compiling can answer."""

    text: str
    places: tuple[Place, ...]
    prefix: str
    problems: tuple[Problem, ...]

    @property
    def layout(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.layout)


def placeholder(prefix: str, number: int) -> str:
    return f"{prefix}{number:05d}x"


def masked(text: str, jinja: list[Span]) -> str:
    """*text* with its Jinja hidden, every other character where it was."""
    return "".join(
        text[s.start : s.end] if s.kind is SpanKind.DATA else MASK * (s.end - s.start) for s in jinja
    )


def read_markup(flat: Flat, jinja: list[Span]) -> Markup:
    """The tags around the Jinja. Raises ProgrammeError where a tag has no end."""
    try:
        return parse(masked(flat.text, jinja))
    except MarkupError as error:
        raise flat.problem(error.offset, error.message, error.remedy).error from None


def protect(flat: Flat, jinja: list[Span], markup: Markup) -> Protected:
    """Placeholders for all the Jinja of *flat*; comments of either language are left out."""
    prefix = next(p for p in ("jx", *(f"jx{c}q" for c in "abcdefghij")) if p not in flat.text)
    comments = [m for m in markup.others if m.kind == "comment" and not conditional(flat.text, m)]
    auto_widths = {
        id(child.parent) for child in markup.root.walk() if child.parent is not None and _auto_width(child)
    }
    texts: list[str] = []
    places: list[Place] = []
    problems: list[Problem] = []
    for span in jinja:
        if span.kind is SpanKind.DATA:
            texts.extend(flat.text[start:end] for start, end in _outside(comments, span.start, span.end))
        elif span.kind is not SpanKind.COMMENT and any(_outside(comments, span.start, span.end)):
            place = _place(flat, span, markup, problems, auto_widths)
            name = placeholder(prefix, len(places))
            texts.append(f"<mj-raw>{name}</mj-raw>" if place.raw else name)
            places.append(place)
    return Protected("".join(texts), tuple(places), prefix, tuple(problems))


def conditional(text: str, mark: Mark) -> bool:
    """Whether the comment at *mark* speaks to Outlook, and so belongs to the mail."""
    return text.startswith(("<!--[if", "<!--<![endif"), mark.start)


def _outside(comments: list[Mark], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of [start, end) that no comment covers."""
    first = bisect_right(comments, start, key=lambda comment: comment.end)
    for comment in comments[first:]:
        if comment.start >= end:
            break
        if start < comment.start:
            yield start, comment.start
        start = comment.end
    if start < end:
        yield start, end


def _place(
    flat: Flat, span: Span, markup: Markup, problems: list[Problem], auto_widths: Container[int]
) -> Place:
    mark = markup.mark_at(span.start)
    parent = mark.inside if mark is not None else markup.root
    if mark is not None and span.start < mark.end:
        return _in_tag(flat, span, mark, problems) if mark.kind in ("open", "close") else Place(span)
    if parent.is_html:
        if parent.tag == "mj-style" and parent["inline"] is not None:
            problems.append(
                flat.problem(
                    span.start,
                    "inline styles are written into the tags once, before any lead is known",
                    INLINE,
                )
            )
        return Place(span)
    block = span.kind is SpanKind.BLOCK and span.keyword != "set"
    if parent.tag not in RAW_PARENTS:
        where = f"inside <{parent.tag}>" if parent.tag else "outside <mjml>"
        return Place(
            span, layout=f"Jinja {where} changes the layout", remedy="move it inside a content element"
        )
    if block and parent.tag in COLUMN_PARENTS and id(parent) in auto_widths:
        found = f"a condition or loop in <{parent.tag}> changes how wide its columns are"
        return Place(span, raw=True, layout=found, remedy='give every <mj-column> a width="…"')
    return Place(span, raw=True)


def _in_tag(flat: Flat, span: Span, mark: Mark, problems: list[Problem]) -> Place:
    element = mark.element
    attribute = next((a for a in element.attributes if span.start in a), None) if element else None
    if element is None or attribute is None:
        found = "Jinja inside a tag can only be the value of an attribute"
        problems.append(flat.problem(span.start, found, 'write such as color="{{ … }}"'))
        return Place(span)
    if element.tag.startswith("mj") and LAYOUT_ATTRIBUTE.fullmatch(attribute.name):
        found = f"{attribute.name} of <{element.tag}> is needed to lay the mail out"
        return Place(
            span, layout=found, remedy="write a constant, or choose between two elements with {% if %}"
        )
    return Place(span)


def _auto_width(element: Element) -> bool:
    return element.tag in ("mj-column", "mj-group") and element["width"] is None
