"""The plain text of a mail, made from the same MJML: what the reader would hear if somebody read the mail aloud.

Works on MJML with placeholders for its Jinja, which come out where they went in: a paragraph carries its own blank line,
so that a condition around it leaves no gap behind.
"""

import re
from collections.abc import Container
from html.parser import HTMLParser

GAP = "\n\n"
EDGE = "\v"
"""A line ends here, at the latest."""
SILENT = frozenset({"mj-head", "style", "script", "title", "mj-style", "mj-title", "mj-preview"})
PARAGRAPHS = frozenset(
    [
        "mj-text",
        "mj-button",
        "mj-image",
        "mj-table",
        "mj-social",
        "mj-navbar",
        "mj-accordion-title",
        "mj-accordion-text",
        "mj-section",
        "mj-column",
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "table",
        "blockquote",
    ]
)
LINES = frozenset("tr li mj-social-element mj-navbar-link".split())  # noqa: SIM905
LINKS = frozenset("a mj-button mj-navbar-link mj-social-element".split())  # noqa: SIM905


def text_of(mjml: str, prefix: str, tags: Container[int] = ()) -> str:
    """The text of *mjml*, whose placeholders begin with *prefix*; links as 'text (address)'.

    tags  the numbers of the placeholders that stand for conditions and loops, which show nothing themselves.
    """
    reader = _Reader()
    reader.feed(mjml)
    reader.close()
    return _without_gaps(_spaced("".join(reader.found)), prefix, tags).strip() + "\n"


class _Reader(HTMLParser):
    """Collects text; line breaks are written as they are, other white space is folded as a browser would."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0
        self.links: list[tuple[str, str, int]] = []
        self.lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self.silent += 1
        if self.silent:
            return
        if tag in PARAGRAPHS:
            self._gap(GAP if tag not in ("ul", "ol") or not self.lists else EDGE)
        elif tag in LINES:
            self._gap(EDGE)
        elif tag == "br":
            self._gap("\n")
        if tag in LINKS:
            self.links.append((tag, attributes.get("href", ""), len(self.found)))
        match tag:
            case "ul" | "ol":
                self.lists.append(1 if tag == "ol" else None)
            case "li":
                self._item()
            case "td" | "th":
                # White space between the tags of a row is layout of the source, not a cell before this one.
                before = next((each for each in reversed(self.found) if each.strip(" ")), "")
                if before[-1:] not in ("", "\n", EDGE):
                    self.found.append(" | ")
            case "hr" | "mj-divider":
                self._gap(GAP)
                self.found.append("----")
                self._gap(GAP)
            case "img" | "mj-image":
                self._image(attributes)
            case _:
                pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "hr", "img", "mj-image", "mj-divider"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
            return
        if self.silent:
            return
        if self.links and self.links[-1][0] == tag:
            self._link()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in PARAGRAPHS:
            self._gap(GAP if tag not in ("ul", "ol") or not self.lists else EDGE)
        elif tag in LINES:
            self._gap(EDGE)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"[ \t\n\r\f]+", " ", data))

    def _gap(self, gap: str) -> None:
        self.found.append(gap)

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is None:
            self.found.append("- ")
        else:
            self.found.append(f"{number}. ")
            self.lists[-1] = number + 1

    def _image(self, attributes: dict[str, str]) -> None:
        alt, href = attributes.get("alt", "").strip(), attributes.get("href", "")
        if alt:
            self._gap(GAP)
            self.found.append(f"{alt} ({href})" if href else alt)
            self._gap(GAP)

    def _link(self) -> None:
        _, href, start = self.links.pop()
        said = "".join(self.found[start:]).strip()
        address = href.removeprefix("mailto:")
        if href and not href.startswith("#") and address != said:
            self.found.append(f" ({address})" if said else address)


def _spaced(text: str) -> str:
    """At most one blank line between paragraphs, no blanks around line ends."""
    text = re.sub(" *([\n\v]) *", r"\1", re.sub(" {2,}", " ", text))
    return re.sub("[\n\v]+", lambda gap: "\n" * min(max(gap[0].count("\n"), 1), 2), text)


def _without_gaps(text: str, prefix: str, tags: Container[int]) -> str:
    """*text*, each tag between lines keeping what ends the line before it, and after it only what goes beyond that.

    So a condition around a paragraph, shown or not, leaves one blank line, and a loop over lines none.
    """
    pieces = re.split(rf"({prefix}\d{{5}}x)", text)
    ended = len(GAP)
    for number, piece in enumerate(pieces):
        if number % 2:
            if int(piece[len(prefix) : -1]) not in tags:
                ended = 0
            continue
        after_tag = number > 0 and int(pieces[number - 1][len(prefix) : -1]) in tags
        kept = piece
        if after_tag and ended:
            newlines = len(piece) - len(piece.lstrip("\n"))
            kept = piece[min(newlines, ended) :]
        pieces[number] = kept
        if piece.strip("\n"):
            ended = len(piece) - len(piece.rstrip("\n"))
        else:
            ended = max(ended, len(piece)) if after_tag or not number else len(piece)
    return "".join(pieces)
