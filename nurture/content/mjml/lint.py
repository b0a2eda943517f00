"""What MJML itself promises: known elements with known attributes, each where it may stand, closed, and seen by all."""

from bisect import bisect_left
from collections.abc import Iterator

from nurture.content.flat import Flat
from nurture.content.mjml.markup import Element, Markup
from nurture.content.mjml.protect import MASK
from nurture.content.mjml.schema import ATTRIBUTES, CHILDREN
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean

IMAGES = frozenset({"mj-image", "mj-carousel-image", "img"})


def lint_markup(flat: Flat, markup: Markup) -> Iterator[Problem]:
    """The problems of the tags of *flat*, whose Jinja *markup* does not see."""
    for element in markup.unclosed:
        yield flat.problem(element.start, f"<{element.tag}> has no end", f"write </{element.tag}>")
    for mark in markup.stray:
        written = markup.text[mark.start : mark.end]
        yield flat.problem(mark.start, f"{written} closes nothing that is open", "remove it")
    yield from _inside(flat, markup, markup.root)
    for element in markup.root.walk():
        if (
            element.parent is not None
            and element.parent.is_html
            and element.tag in CHILDREN["mj-column"] - {"mj-raw"}
        ):
            tag = element.parent.tag
            yield flat.problem(
                element.parent.start, f"<{tag}> has no end before <{element.tag}>", f"write </{tag}>"
            )
        if element.tag in IMAGES and element["alt"] is None:
            remedy = 'say what it shows, or write alt="" where it only decorates'
            yield flat.problem(
                element.start, "an image without alt text is silent where images are off", remedy
            )


def _inside(flat: Flat, markup: Markup, parent: Element) -> Iterator[Problem]:
    allowed = CHILDREN.get(parent.tag)
    if allowed is not None:
        yield from _text_between(flat, markup, parent)
    for child in parent.children:
        if parent.is_html:
            continue
        known = child.tag in ATTRIBUTES
        if not known:
            yield flat.problem(
                child.start, f"MJML has no element <{child.tag}>", _instead(child.tag, allowed)
            )
        elif child.tag == "mj-include":
            remedy = 'write {% include "mail/…" %}, which takes it from the templates'
            yield flat.problem(child.start, "<mj-include> reads files that production does not have", remedy)
        elif parent.tag != "mj-class" and child.tag not in (allowed or ()):
            yield flat.problem(child.start, f"<{child.tag}> cannot stand {_where(parent)}", _place(child.tag))
        if known:
            yield from _attributes(flat, child)
            yield from _inside(flat, markup, child)


def _attributes(flat: Flat, element: Element) -> Iterator[Problem]:
    if element.tag in ("mj-all", "mj-class"):
        return  # they stand for any element, so any attribute may be theirs
    known = ATTRIBUTES[element.tag]
    seen: set[str] = set()
    for attribute in element.attributes:
        if MASK in attribute.name:
            continue
        if attribute.name not in known:
            found = f"<{element.tag}> has no attribute {attribute.name!r}"
            yield flat.problem(attribute.start, found, did_you_mean(attribute.name, known))
        elif attribute.name in seen:
            yield flat.problem(attribute.start, f"{attribute.name} stands twice", "remove one of them")
        elif attribute.value is None:
            yield flat.problem(
                attribute.start, f"{attribute.name} has no value", f'write {attribute.name}="…"'
            )
        seen.add(attribute.name)


def _text_between(flat: Flat, markup: Markup, parent: Element) -> Iterator[Problem]:
    """Words where only elements may stand: the compiler leaves them out."""
    at, closed = parent.opened, parent.closed if parent.tag else len(markup.text)
    first, last = (bisect_left(markup.others, offset, key=lambda mark: mark.start) for offset in (at, closed))
    ends = sorted(
        [*((e.start, e.end) for e in parent.children), *((m.start, m.end) for m in markup.others[first:last])]
    )
    for start, end in [*ends, (closed, closed)]:
        words = markup.text[at:start].replace(MASK, " ") if start > at else ""
        if words.strip() and not words.strip().startswith("</"):
            offset = at + len(words) - len(words.lstrip())
            yield flat.problem(offset, f"words cannot stand {_where(parent)}", "put them into <mj-text>")
        at = max(at, end)


def _where(parent: Element) -> str:
    return f"directly in <{parent.tag}>" if parent.tag else "outside <mjml>"


def _instead(tag: str, allowed: frozenset[str] | None) -> str:
    if not tag.startswith("mj"):
        return "put HTML into <mj-text> or <mj-raw>"
    return did_you_mean(tag, allowed or ATTRIBUTES)


def _place(tag: str) -> str:
    parents = sorted(
        parent for parent, children in CHILDREN.items() if tag in children and parent != "mj-attributes"
    )
    named = ", ".join(f"<{parent}>" for parent in parents if parent)
    if not named:
        return "remove it"
    return f"put it into one of {named}" if "," in named else f"put it into {named}"
