"""A rendered-to-be text as segments: constants, slots for a value, and the tags that choose between them.

The same segments make every form of a mail: Jinja over plain text (slow, for pages and as the yardstick of the others),
Jinja over quoted-printable pieces, and, where there are no tags, a skeleton that is spliced without Jinja.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from nurture.content.flat import Flat
from nurture.content.mjml.protect import Place
from nurture.content.mjml.spans import Span, SpanKind
from nurture.content.sandbox import Sandbox

DELIMITERS = {
    "variable_start_string": "\x02",
    "variable_end_string": "\x03",
    "block_start_string": "\x04",
    "block_end_string": "\x05",
    "comment_start_string": "\x06",
    "comment_end_string": "\x07",
}
"""Control characters, which no constant holds: what an author wrote as text is never taken for Jinja a second time."""

ADDRESSES = {"unsubscribe_url": "/u/{}", "preferences_url": "/p/{}", "view_url": "/v/{}"}
ROOTS = ("lead", "programme", "campaign", "owner", "signature", "token", "preheader")
"""The names whose value does not change while a mail is rendered."""

PARSER = Sandbox()


class Slot(msgspec.Struct, frozen=True):
    """Where the value of an expression comes."""

    expression: str


class Tag(msgspec.Struct, frozen=True):
    """The inside of a block tag: 'if lead.plan', 'endif'."""

    inside: str


Segment = str | Slot | Tag


class Addresses(msgspec.Struct, frozen=True):
    """What the addresses in a mail are made of: a constant, the message's token, and a link's index.

    tracked  whether there are any: a system mail is given its addresses like all that it says.
    direct   whether links lead where they say, past us: they are asked for like any value.
    """

    base_url: str
    links: Mapping[str, int]
    tracked: bool = True
    direct: bool = False

    def of(self, expression: str) -> tuple[str, str] | None:
        """What stands before and after the token in the address that *expression* is; None if it is none."""
        name = expression.strip()
        if not self.tracked:
            return None
        if name in ADDRESSES:
            before, _, after = ADDRESSES[name].partition("{}")
            return self.base_url + before, after
        called = link_name(parse_expression(expression))
        if called is None or called not in self.links or self.direct:
            return None
        return f"{self.base_url}/c/", f"/{self.links[called]}"


def parse_expression(source: str) -> nodes.Expr:
    """The tree of one expression. Raises TemplateSyntaxError."""
    body = PARSER.parse("{{" + source + "}}").body
    output = body[0] if body else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        raise TemplateSyntaxError("expected an expression", 1)
    return output.nodes[0]


def link_name(tree: nodes.Expr) -> str | None:
    """The name in ``link('name')``; None for any other expression."""
    match tree:
        case nodes.Call(node=nodes.Name(name="link"), args=[nodes.Const(value=str(name))], kwargs=[]):
            return name
    return None


# ---------------------------------------------------------------- reading


def of_compiled(
    text: str, prefix: str, places: Sequence[Place], flat: Flat, addresses: Addresses
) -> list[Segment]:
    """*text* with each placeholder answered by the Jinja that it stands for."""
    found: list[Segment] = []
    at = 0
    for match in re.finditer(rf"{prefix}(\d{{5}}|token)x", text):
        found.append(text[at : match.start()])
        if match[1] == "token":
            found.append(Slot("token"))
        else:
            place = places[int(match[1])]
            of_span = _of_span(place.span, flat.text, addresses)
            found.extend(of_span if place.layout is None else map(_for_layout, of_span))
        at = match.end()
    found.append(text[at:])
    return tidy(found)


def _for_layout(segment: Segment) -> Segment:
    return Slot(f"({segment.expression})|layout") if isinstance(segment, Slot) else segment


def of_flat(flat: Flat, jinja: Iterable[Span], addresses: Addresses) -> list[Segment]:
    """The segments of a text that is no MJML: a subject, a plain-text block."""
    found: list[Segment] = []
    for span in jinja:
        found.extend(_of_span(span, flat.text, addresses))
    return tidy(found)


def _of_span(span: Span, text: str, addresses: Addresses) -> Iterator[Segment]:
    written = text[span.start : span.end]
    match span.kind:
        case SpanKind.DATA:
            yield written
        case SpanKind.RAW:
            yield "".join(value for kind, value in span.tokens if kind == "data")
        case SpanKind.VARIABLE:
            expression = inside(written)
            address = addresses.of(expression)
            yield from (address[0], Slot("token"), address[1]) if address else (Slot(expression),)
        case SpanKind.BLOCK:
            if written.startswith("{%-"):
                yield STRIP_BEFORE
            yield Tag(inside(written))
            if written.rstrip().endswith("-%}"):
                yield STRIP_AFTER
        case SpanKind.COMMENT:
            return


BETWEEN = "\x1d"
"""Stands between two texts that are rendered as one; a control character, so in neither."""
STRIP_BEFORE, STRIP_AFTER = "\x0e", "\x0f"
"""Marks of Jinja's white-space control between segments."""


def inside(written: str) -> str:
    """What stands between the delimiters of a piece of Jinja."""
    return written.strip()[2:-2].lstrip("-+").removesuffix("-").strip()


def tidy(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbouring constants joined, white-space control carried out, empty constants left out."""
    joined: list[Segment] = []
    for is_text, group in groupby(segments, key=lambda segment: isinstance(segment, str)):
        run = list(group)
        joined.extend(["".join(map(str, run))] if is_text else run)
    cleaned = (_stripped(each) if isinstance(each, str) else each for each in joined)
    return [each for each in cleaned if each]


def _stripped(text: str) -> str:
    if STRIP_BEFORE not in text and STRIP_AFTER not in text:
        return text
    return re.sub(rf"\s*{STRIP_BEFORE}|{STRIP_AFTER}\s*", "", text)


# ---------------------------------------------------------------- writing


def has_tags(segments: Iterable[Segment]) -> bool:
    return any(isinstance(each, Tag) for each in segments)


def jinja_source(segments: Sequence[Segment]) -> str:
    """Jinja, between :data:`DELIMITERS`, over the constants as they stand."""
    return "".join(map(_written, segments))


def _written(segment: Segment) -> str:
    match segment:
        case Slot(expression):
            return f"\x02 {expression} \x03"
        case Tag(inside=words):
            return f"\x04 {words} \x05"
        case str():
            return segment
