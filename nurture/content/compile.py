"""A mail into a program: everything that no lead changes is done here, once for each revision.

file -> flatten -> spans -> protect -> MJML compiler -> segments -> skeleton, or Jinja over encoded pieces;
                            protect -> text part     -> segments -> the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec
from jinja2 import Template

from nurture.content import values
from nurture.content.flat import Flat, Source, alone
from nurture.content.flatten import flatten, normal
from nurture.content.line import Line, line
from nurture.content.mails import FrontMatter, MailFile, VariantHead
from nurture.content.mjml.compiler import CompileError, compile_mjml
from nurture.content.mjml.markup import Markup
from nurture.content.mjml.protect import Protected, protect, read_markup
from nurture.content.mjml.spans import SpanKind
from nurture.content.per_lead import PerLead, per_lead
from nurture.content.problems import Problem
from nurture.content.promises import checked_spans
from nurture.content.segments import (
    Addresses,
    Segment,
    Slot,
    has_tags,
    jinja_source,
    of_compiled,
    of_flat,
)
from nurture.content.skeleton import Getter, getter
from nurture.content.text_part import text_of
from nurture.content.tracking import before_body_end, telltales
from nurture.content.wire import Conditional, Spliced, conditional, spliced

WHITE_PREVIEW = '<div style="display:none;font-size:1px;color:#ffffff;'
DARK_PREVIEW = WHITE_PREVIEW.replace("#ffffff", "#1a211e")
"""The preheader is hidden anyway; in white on a light ground spam filters take it for text that hides from them
(SpamAssassin's HTML_FONT_LOW_CONTRAST)."""


class Link(msgspec.Struct, frozen=True):
    """A named link of a mail; its index, from 1, stands in the addresses that readers click."""

    index: int
    name: str
    url: str


class MailProgram(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A compiled mail.

    subjects    by variant key, None for the mail's own; preheaders likewise.
    html        plain Jinja over the decoded HTML, for pages; or the compiler for each lead. *text* likewise.
    wire        what makes the encoded bodies; of a mail that is compiled for each lead only the text.
    slots       the expressions whose values are asked before anything is written, in the order of *getters*.
    simple      whether the slots ask for nothing but fields, and no condition asks for anything.
    size        bytes of the HTML part as sent, without values.
    from_       whom the mail itself says that it is from; None where it leaves that to its campaign.
    tracked     whether it has addresses of ours, as every mail has but the system's own.
    direct      where its links lead by name, of a mail that tells of no open and no click; None of any other.
    problems    what an author should know though the mail can be sent.
    """

    path: str
    base_url: str
    links: tuple[Link, ...]
    subjects: Mapping[str | None, Line]
    preheaders: Mapping[str | None, Line]
    html: Template | PerLead
    text: Template
    wire: Spliced | Conditional
    slots: tuple[str, ...]
    getters: tuple[Getter, ...]
    simple: bool
    size: int
    from_: Literal["programme", "owner"] | None = None
    tracked: bool = True
    direct: Mapping[str, str] | None = None
    problems: tuple[Problem, ...] = ()


def compile_mail(
    mail: MailFile,
    *,
    templates: Mapping[str, str],
    base_url: str,
    tracked: bool = True,
    direct: Mapping[str, str] | None = None,
) -> MailProgram:
    """The program of *mail*, its layouts and partials from *templates*.

    base_url  where links, pixel and preference pages are served.
    tracked   whether it has a pixel, links by name, and addresses of preference pages; a system mail has not.
    direct    where its links lead by name, if it is to have no pixel, and links that lead there past us.
    Raises ProgrammeError with file:line:column for the first thing that keeps the mail from being sent.
    """
    links = tuple(Link(index, name, url) for index, (name, url) in enumerate(mail.front.links.items(), 1))
    indexes = {link.name: link.index for link in links}
    addresses = Addresses(base_url.rstrip("/"), indexes, tracked, direct is not None)
    flattened = flatten(mail, templates)
    flat, protected = _protected(mail, flattened.html, addresses)
    html = _html(flat, protected, addresses)
    text = _text(flattened.text, flat, protected, addresses)
    encoded_html: list[Segment] = [] if isinstance(html, PerLead) else html
    tags = has_tags(encoded_html) or has_tags(text)
    numbers = _Numbers([*encoded_html, *text], conditional=tags)
    return MailProgram(
        path=mail.path,
        base_url=addresses.base_url,
        links=links,
        subjects=_lines(mail, "subject", addresses),
        preheaders=_lines(mail, "preheader", addresses),
        html=html if isinstance(html, PerLead) else values.HTML.from_string(jinja_source(html)),
        text=values.TEXT.from_string(jinja_source(text)),
        wire=(conditional if tags else spliced)(encoded_html, text, numbers.found),
        slots=tuple(numbers.found),
        getters=tuple(numbers.getters),
        simple=numbers.simple and not tags and not isinstance(html, PerLead),
        size=sum(len(each.encode()) for each in encoded_html if isinstance(each, str)),
        from_=mail.front.from_,
        tracked=tracked,
        direct=direct,
        problems=tuple(
            msgspec.structs.replace(flat.problem(p.span.start, p.layout, p.remedy), severity="warning")
            for p in protected.layout
            if p.layout
        ),
    )


# ---------------------------------------------------------------- MJML and text, with their Jinja


def _protected(mail: MailFile, flat: Flat, addresses: Addresses) -> tuple[Flat, Protected]:
    jinja = checked_spans(flat, addresses.links)
    markup = read_markup(flat, jinja)
    preview = _preview(mail, markup)
    if preview is not None:
        flat = flat.inserted(*preview)
        jinja = checked_spans(flat, addresses.links)
        markup = read_markup(flat, jinja)
    protected = protect(flat, jinja, markup)
    if protected.problems:
        raise protected.problems[0].error
    return flat, protected


def _preview(mail: MailFile, markup: Markup) -> tuple[int, Source] | None:
    """Where the preheader goes, and what is written there; None if there is none or the layout has a place for it."""
    heads = [mail.front.preheader, *(head.preheader for head in mail.front.variants.values())]
    elements = {element.tag: element for element in reversed(list(markup.root.walk()))}
    if not any(heads) or "mj-preview" in elements or "mjml" not in elements:
        return None
    preview = "<mj-preview>{{ preheader }}</mj-preview>"
    head = elements.get("mj-head")
    text = preview if head else f"<mj-head>{preview}</mj-head>"
    return (head or elements["mjml"]).opened, Source(mail.path, text, *mail.marks.get("preheader", (1, 1)))


def _html(flat: Flat, protected: Protected, addresses: Addresses) -> list[Segment] | PerLead:
    if protected.layout:
        return per_lead(flat, protected, addresses)
    try:
        html = compile_mjml(protected.text)
    except CompileError as error:
        raise _refused(flat, protected, error).error from None
    for number, place in enumerate(protected.places):
        if f"{protected.prefix}{number:05d}x" not in html:
            message = "the MJML compiler drops what stands here"
            raise flat.problem(place.span.start, message, "move it into the content of an element").error
    html = html.replace(WHITE_PREVIEW, DARK_PREVIEW, 1)
    if addresses.tracked and not addresses.direct:
        html = before_body_end(html, telltales(addresses.base_url, f"{protected.prefix}tokenx"))
    return of_compiled(html, protected.prefix, protected.places, flat, addresses)


def _refused(flat: Flat, protected: Protected, error: CompileError) -> Problem:
    """The compiler's refusal, at the author's words that it stopped at."""
    words = re.split(rf"{protected.prefix}\d{{5}}x|<mj-raw>", error.words)[0]
    return flat.problem(max(flat.text.find(words), 0), str(error), "mend the MJML here")


def _text(own: Flat | None, flat: Flat, protected: Protected, addresses: Addresses) -> list[Segment]:
    if own is None:
        tags = {n for n, place in enumerate(protected.places) if place.span.kind is SpanKind.BLOCK}
        text = text_of(protected.text, protected.prefix, tags)
        return of_compiled(text, protected.prefix, protected.places, flat, addresses)
    segments = of_flat(own, checked_spans(own, addresses.links), addresses)
    if segments and isinstance(segments[0], str):
        segments[0] = segments[0].lstrip()
    if segments and isinstance(segments[-1], str):
        segments[-1] = segments[-1].rstrip()
    return [each for each in (*segments, "\n") if each]


def head_flats(mail: MailFile, key: str) -> Iterator[tuple[str | None, Flat]]:
    """The mail's own subject or preheader, as *key* says, then those of its variants that have their own."""
    heads: list[tuple[str | None, FrontMatter | VariantHead]] = [
        (None, mail.front),
        *mail.front.variants.items(),
    ]
    for variant, head in heads:
        text = getattr(head, key)
        if text is not None:
            path = key if variant is None else f"variants.{variant}.{key}"
            yield variant, alone(Source(mail.path, normal(text), *mail.marks.get(path, (1, 1))))


def _lines(mail: MailFile, key: str, addresses: Addresses) -> dict[str | None, Line]:
    return {
        variant: line(of_flat(flat, checked_spans(flat, addresses.links), addresses))
        for variant, flat in head_flats(mail, key)
    }


class _Numbers:
    """The expressions whose values are asked first, numbered.

    simple  whether each asks for one field; with conditions in the mail no other may be asked before them.
    """

    def __init__(self, segments: Iterable[Segment], *, conditional: bool) -> None:
        self.found: dict[str, int] = {}
        self.getters: list[Getter] = []
        self.simple = True
        for segment in segments:
            if isinstance(segment, Slot) and segment.expression not in self.found:
                asked, simple = getter(segment.expression, values.TEXT)
                if simple or not conditional:
                    self.found[segment.expression] = len(self.getters)
                    self.getters.append(asked)
                    self.simple = self.simple and simple
