"""What the compiler misreads, written another way before it.

The greatest cure is that the HTML inside mj-text, mj-button and the like never reaches the compiler: it would refuse an
unclosed <p>, rewrite quotes and put a backslash-n into styles. ``mend`` puts it back, unchanged to the byte.
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from nurture.content.mjml.gutters import Gutter, gutters
from nurture.content.mjml.markup import Attribute, Element, Markup, MarkupError, parse
from nurture.content.mjml.schema import ATTRIBUTES

Includes = Callable[[str], str | None]
"""Answers the path of an mj-include with its MJML; None for a path that there is not."""

INCLUDE_DEPTH = 10
INCLUDES_MAX = 200
KEPT_CONTENT = frozenset({"mj-style", "mj-title", "mj-preview"})
"""HTML elements whose content the compiler itself must see."""
WITH_ALT = frozenset({"mj-image", "mj-social-element", "mj-carousel-image"})
FORGOTTEN_DEFAULTS = frozenset({"mj-accordion-element"})
"""Elements for which the compiler overlooks <mj-attributes>."""
DROPPED = frozenset({("mj-column", "mobile-width")})
"""Attributes that MJML 5 no longer has and the compiler still obeys."""


class Prepared(msgspec.Struct, frozen=True):
    """What the compiler gets, and what is kept from it until it is done.

    contents         the HTML that numbered placeholders stand for, which begin with *prefix*.
    raw              the numbers of those that stand between structural elements.
    table_roles      by number, the role of an <mj-table>.
    inline_css       the style sheets to be written into the tags.
    html_attributes  CSS selector, attribute and value that <mj-html-attributes> sets.
    file_start       what stands before the doctype.
    body_class       the class of the body element.
    fonts            name and address of each <mj-font>.
    gutters          what the marked columns get.
    """

    text: str
    prefix: str
    contents: tuple[str, ...] = ()
    raw: frozenset[int] = frozenset()
    table_roles: Mapping[int, str] = {}
    inline_css: str = ""
    html_attributes: tuple[tuple[str, str, str], ...] = ()
    file_start: str = ""
    body_class: str = ""
    fonts: tuple[tuple[str, str], ...] = ()
    gutters: tuple[Gutter, ...] = ()


def no_includes(_: str) -> str | None:
    """There is nothing to include: mails include by Jinja, from the store."""
    return None


def prepare(text: str, includes: Includes) -> Prepared:
    """*text* as the compiler reads it rightly. Raises MarkupError."""
    text = _included(text, includes)
    markup = parse(text)
    prefix = next(p for p in ("hx", *(f"hx{c}q" for c in "abcdefghij")) if p not in text)
    return _Preparation(markup, prefix).prepared()


# ---------------------------------------------------------------- includes


def _included(text: str, includes: Includes) -> str:
    """*text* with every mj-include replaced; a whole document gives its body here and its head to the head."""
    for _ in range(INCLUDE_DEPTH):
        markup = parse(text)
        found = [element for element in _structure(markup.root) if element.tag == "mj-include"]
        if not found:
            return text
        if len(found) > INCLUDES_MAX:
            raise MarkupError(found[0].start, f"more than {INCLUDES_MAX} includes", "include fewer")
        heads: list[str] = []
        for element in reversed(found):
            body, head = _fragment(element, includes)
            heads.append(head)
            text = text[: element.start] + body + text[element.end :]
        end = text.find("</mj-head>")
        text = text[:end] + "".join(heads) + text[end:] if end >= 0 else text
    raise MarkupError(0, f"includes stand more than {INCLUDE_DEPTH} deep in each other", "include fewer")


def _fragment(element: Element, includes: Includes) -> tuple[str, str]:
    content = includes(element["path"] or "")
    if content is None:
        remedy = 'include from the templates with {% include "mail/…" %}'
        raise MarkupError(element.start, f"<mj-include> finds no {element['path']!r}", remedy)
    if element["type"] == "css":
        inline = ' inline="inline"' if element["css-inline"] else ""
        return f"<mj-style{inline}>{content}</mj-style>", ""
    if element["type"] == "html":
        return f"<mj-raw>{content}</mj-raw>", ""
    parts = {each.tag: content[each.opened : each.closed] for each in _structure(parse(content).root)}
    return (parts.get("mj-body", ""), parts.get("mj-head", "")) if "mjml" in parts else (content, "")


def _structure(root: Element) -> Iterator[Element]:
    """The elements under *root* that the compiler reads, without the HTML inside them."""
    for child in root.children:
        yield child
        if not child.is_html:
            yield from _structure(child)


# ---------------------------------------------------------------- the rest


class _Preparation:
    """Collects replacements of [start, end) and what is kept back."""

    def __init__(self, markup: Markup, prefix: str) -> None:
        self.markup, self.text, self.prefix = markup, markup.text, prefix
        self.edits: list[tuple[int, int, str]] = []
        self.contents: list[str] = []
        self.raw: set[int] = set()
        self.roles: dict[int, str] = {}
        self.css: list[str] = []
        self.html_attributes: list[tuple[str, str, str]] = []
        self.file_start = ""
        self.fonts: list[tuple[str, str]] = []
        self.body_class = ""
        self.gutters: dict[int, Gutter] = {}
        elements = list(_structure(markup.root))
        body = next((element for element in elements if element.tag == "mj-body"), None)
        for element in elements:
            if element.tag == "mj-section" and element["gutter"] is not None:
                found = gutters(element, body, len(self.gutters))
                self.gutters |= {column.start: gutter for column, gutter in found}
        self.defaults = {
            e.tag: e.attributes for e in elements if e.parent is not None and e.parent.tag == "mj-attributes"
        }
        self.alts = any(attribute.name == "alt" for each in self.defaults.values() for attribute in each)

    def prepared(self) -> Prepared:
        for mark in self.markup.marks:
            outside = mark.inside is self.markup.root and mark.kind == "comment"
            if outside or (mark.kind == "declaration" and not mark.inside.is_html):
                self._cut(mark.start, mark.end)
        self._children(self.markup.root)
        return Prepared(
            text=self._edited(),
            prefix=self.prefix,
            contents=tuple(self.contents),
            raw=frozenset(self.raw),
            table_roles=self.roles,
            inline_css="\n".join(self.css),
            html_attributes=tuple(self.html_attributes),
            file_start=self.file_start,
            body_class=self.body_class,
            fonts=tuple(self.fonts),
            gutters=tuple(self.gutters.values()),
        )

    def _children(self, parent: Element) -> None:
        for element in parent.children:
            if self._kept_back(element):
                self._cut(element.start, element.end)
            else:
                self._start_tag(element)
                if element.is_html and element.tag not in KEPT_CONTENT:
                    self._content(element)
                elif not element.is_html:
                    self._children(element)

    def _kept_back(self, element: Element) -> bool:
        """Whether the compiler must not see *element*; what it says is noted."""
        inside = self.text[element.opened : element.closed]
        parent = element.parent.tag if element.parent else ""
        match element.tag:
            case "mj-style" if element["inline"] is not None:
                self.css.append(inside)
            case "mj-raw" if parent == "mjml":
                self.file_start += inside if element["position"] == "file-start" else ""
            case "mj-html-attributes":
                self.html_attributes.extend(_html_attributes(element, self.text))
            case _:
                unknown = element.tag.startswith("mj-") and element.tag not in ATTRIBUTES
                return unknown or parent == "mj-class"
        return True

    def _start_tag(self, element: Element) -> None:
        if element.tag == "mj-body":
            self.body_class = element["css-class"] or ""
        if element.tag == "mj-font":
            self.fonts.append((element["name"] or "", element["href"] or ""))
        gutter = self.gutters.get(element.start)
        for attribute in element.attributes:
            if gutter is not None and attribute.name in ("width", "css-class"):
                self._cut(attribute.start, attribute.end)
            else:
                self._attribute(element, attribute)
        added = ""
        if gutter is not None:
            classes = " ".join([*(element["css-class"] or "").split(), gutter.mark])
            added = f' width="{gutter.width}" css-class="{classes}"'
        if element.tag in WITH_ALT and element["alt"] is None and not self.alts:
            added += ' alt=""'
        if element.tag in FORGOTTEN_DEFAULTS and element.parent and element.parent.tag != "mj-attributes":
            forgotten = self.defaults.get(element.tag, ())
            added += "".join(f' {a.name}="{_value(a)}"' for a in forgotten if element[a.name] is None)
        if added:
            at = element.start + 1 + len(element.tag)
            self.edits.append((at, at, added))

    def _attribute(self, element: Element, attribute: Attribute) -> None:
        if (element.tag, attribute.name) in DROPPED:
            self._cut(attribute.start, attribute.end)
        elif attribute.quote != '"' or any(c in (attribute.value or "") for c in "\n\t<>"):
            self.edits.append((attribute.start, attribute.end, f'{attribute.name}="{_value(attribute)}"'))

    def _content(self, element: Element) -> None:
        content = self.text[element.opened : element.closed]
        if content.strip():
            self.edits.append((element.opened, element.closed, f"{self.prefix}{len(self.contents):05d}x"))
            if element.tag == "mj-raw":
                self.raw.add(len(self.contents))
            if element.tag == "mj-table" and element["role"] is not None:
                self.roles[len(self.contents)] = element["role"] or ""
            self.contents.append(content)

    def _cut(self, start: int, end: int) -> None:
        self.edits.append((start, end, ""))

    def _edited(self) -> str:
        parts: list[str] = []
        at = 0
        for start, end, new in sorted(self.edits, key=lambda edit: edit[:2]):
            if start >= at:
                parts.extend((self.text[at:start], new))
                at = end
        return "".join((*parts, self.text[at:]))


def _value(attribute: Attribute) -> str:
    text = " ".join((attribute.value or "").split("\n"))
    return text.replace('"', "&quot;").replace("\t", " ").replace("<", "&lt;").replace(">", "&gt;")


def _html_attributes(element: Element, text: str) -> Iterator[tuple[str, str, str]]:
    for selector in element.children:
        for attribute in selector.children:
            value = text[attribute.opened : attribute.closed].strip()
            yield selector["path"] or "", attribute["name"] or "", value
