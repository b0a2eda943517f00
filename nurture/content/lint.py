"""Every promise that a mail can break by itself, told before a lead finds out."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from nurture.content.compile import MailProgram, compile_mail, head_flats
from nurture.content.flat import Flat
from nurture.content.flatten import flatten
from nurture.content.mails import MailFile
from nurture.content.merge_fields import ALWAYS_KNOWN, lint_fields
from nurture.content.mjml.contrast import low_contrast
from nurture.content.mjml.lint import lint_markup
from nurture.content.mjml.markup import Attribute, Element, Markup
from nurture.content.mjml.protect import MASK, protect, read_markup
from nurture.content.mjml.spans import Span
from nurture.content.problems import PlacedError, Problem
from nurture.content.promises import GIVEN, checked_spans
from nurture.content.render import render_preview
from nurture.content.values import Lines
from nurture.errors import NurtureError

SIZE_MAX = 102 * 1024
"""Bytes of HTML beyond which Gmail cuts a mail off, its unsubscribe link with it."""
SHOWN_MAX = 100
"""Problems of one kind; whoever has more mends these first."""
HARMLESS_ADDRESS = re.compile(r"(mailto:|tel:|sms:|#)|" + MASK)
SAMPLE_URL = "https://sample.invalid"
SAMPLE_TOKEN = "sample"  # noqa: S105 - opens nothing
SAMPLE_POST = "The Postal Address Of The Sample"


def lint_mail(
    mail: MailFile,
    *,
    templates: Mapping[str, str],
    fields: Collection[str] | None = None,
    sure: Collection[str] = ALWAYS_KNOWN,
    marketing: bool = True,
    sample: Mapping[str, object] | None = None,
    program: MailProgram | None = None,
) -> list[Problem]:
    """The problems of *mail* and of the templates that it is put together from, in the order of their places.

    fields     every field that a lead may have, built-in and declared; None asks nothing about names.
    sure       the fields that every lead has, those with a declared default among them.
    marketing  whether it must offer to unsubscribe and show the postal address.
    sample     of a system mail, what its names may say: it has no others, no lead and no links by name. Else None.
    program    the mail as it was compiled for SAMPLE_URL, where it was.
    """
    given = GIVEN if sample is None else {*sample, "programme"}
    known = _Known(fields, sure, given, tracked=sample is None)
    try:
        links = _links(mail) if known.tracked else _no_links(mail)
        found = [*links, *_body(mail, templates, known), *_heads(mail, known)]
        if not any(problem.severity == "error" for problem in found):
            program = program or compile_mail(
                mail, templates=templates, base_url=SAMPLE_URL, tracked=known.tracked
            )
            found.extend((*program.problems, *_as_sent(mail, program, marketing=marketing, sample=sample)))
    except PlacedError as error:
        return [error.problem]
    return sorted(set(found))


class _Known(msgspec.Struct, frozen=True):
    """What the words of a mail may ask for: the lead's fields, those that are sure, names, and whether links by name."""

    fields: Collection[str] | None
    sure: Collection[str]
    given: Collection[str]
    tracked: bool

    def problems(self, flat: Flat, jinja: Sequence[Span]) -> Iterator[Problem]:
        return lint_fields(flat, jinja, fields=self.fields, sure=self.sure, given=self.given)


def _body(mail: MailFile, templates: Mapping[str, str], known: _Known) -> Iterator[Problem]:
    flattened = flatten(mail, templates)
    flat = flattened.html
    jinja = checked_spans(flat, mail.front.links)
    markup = read_markup(flat, jinja)
    yield from islice(lint_markup(flat, markup), SHOWN_MAX)
    yield from islice(low_contrast(flat, markup), SHOWN_MAX)
    yield from islice(_addresses(mail, flat, markup, tracked=known.tracked), SHOWN_MAX)
    yield from protect(flat, jinja, markup).problems
    yield from islice(known.problems(flat, jinja), SHOWN_MAX)
    if flattened.text is not None:
        text_jinja = checked_spans(flattened.text, mail.front.links)
        yield from known.problems(flattened.text, text_jinja)


def _heads(mail: MailFile, known: _Known) -> Iterator[Problem]:
    """Subjects and preheaders, the variants' too."""
    for key in ("subject", "preheader"):
        for _, flat in head_flats(mail, key):
            jinja = checked_spans(flat, mail.front.links)
            yield from known.problems(flat, jinja)


def _links(mail: MailFile) -> Iterator[Problem]:
    for name, url in mail.front.links.items():
        line, column = mail.marks.get(f"links.{name}", (1, 1))
        if "{{" in url or "{%" in url:
            message = f"link {name!r} is not a constant address, so a value could lead readers anywhere"
            yield Problem(
                mail.path, line, column, message, "write the whole address; name two links if need be"
            )
        elif not re.match(r"https://[^\s/]+\.?[^\s]*$", url):
            message = f"link {name!r} leads to {url!r}, expected an address that begins with https://"
            yield Problem(mail.path, line, column, message, "write https://")
        elif f"'{name}'" not in mail.body and f'"{name}"' not in mail.body:
            message = f"link {name!r} is not used in the mail"
            yield Problem(mail.path, line, column, message, "use it or remove it", "warning")


def _no_links(mail: MailFile) -> Iterator[Problem]:
    for name in mail.front.links:
        line, column = mail.marks.get(f"links.{name}", (1, 1))
        message = "a system mail names no links, for nobody counts its clicks"
        yield Problem(mail.path, line, column, message, "write the address where it stands in the body")


def _addresses(mail: MailFile, flat: Flat, markup: Markup, *, tracked: bool) -> Iterator[Problem]:
    for element in markup.root.walk():
        for attribute in element.attributes:
            if attribute.name == "href" and element.tag not in ("link", "mj-font"):
                yield from _address(mail, flat, element, attribute, tracked=tracked)


def _address(
    mail: MailFile, flat: Flat, element: Element, attribute: Attribute, *, tracked: bool
) -> Iterator[Problem]:
    url = (attribute.value or "").strip()
    if HARMLESS_ADDRESS.match(url) or (url.startswith("https://") and not tracked):
        return
    file, line, column = flat.at(attribute.value_start)
    if not url:
        remedy = "write href=\"{{ link('…') }}\"" if tracked else 'write href="{{ link }}"'
        yield Problem(file, line, column, f"<{element.tag}> leads nowhere", remedy)
        return
    remedy = "name it under 'links:' and write {{ link('…') }}, so that its clicks count"
    severity = "error" if file == mail.path or not url.startswith("https://") else "warning"
    yield Problem(file, line, column, f"the address {url!r} stands in the body", remedy, severity)  # type: ignore[arg-type]


def _as_sent(
    mail: MailFile, program: MailProgram, *, marketing: bool, sample: Mapping[str, object] | None
) -> Iterator[Problem]:
    """What only the whole mail shows: for a lead of whom we know nothing, whom it must serve too."""
    if program.size > SIZE_MAX:
        message = (
            f"the mail has {program.size // 1024} KiB of HTML, expected at most 102; Gmail cuts it off there"
        )
        yield Problem(mail.path, mail.body_line, 1, message, "shorten it")
    extra = {
        "programme": {
            "name": "Sample",
            "postal_address": SAMPLE_POST,
            "sender": {"name": "S", "address": "s@s.invalid"},
        },
        "campaign": {"name": "Sample", "contact": "contact@sample.invalid"},
        "owner": {},
        "signature": Lines("Sample"),
        **(sample or {}),
    }
    lead = {field: 50 if field.endswith(("score", "completeness")) else "sample" for field in ALWAYS_KNOWN}
    try:
        parts = render_preview(program, lead=lead, token=SAMPLE_TOKEN, extra=extra)
    except NurtureError as error:
        if sample is not None:  # of other mails this is a field without fallback, told where it stands
            message = f"the mail cannot be written: {error}"
            yield Problem(mail.path, mail.body_line, 1, message, "mend the expression")
        return
    if not marketing:
        return
    for what, sign, remedy in (
        (
            "unsubscribe link",
            f"{SAMPLE_URL}/u/{SAMPLE_TOKEN}",
            'write <a href="{{ unsubscribe_url }}">Unsubscribe</a>',
        ),
        ("postal address", SAMPLE_POST, "write {{ programme.postal_address }}"),
    ):
        for part, text in (("HTML", parts.html), ("text", parts.text)):
            if sign not in text:
                message = f"the {part} shows no {what}, which every marketing mail must"
                yield Problem(mail.path, mail.body_line, 1, message, remedy)
