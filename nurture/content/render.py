"""A program and a lead into the parts of one message."""

from collections.abc import Mapping
from typing import Any

import msgspec
from jinja2.exceptions import SecurityError, TemplateError

from nurture.content.compile import MailProgram
from nurture.content.filters import TooLargeError
from nurture.content.line import Line
from nurture.content.mjml.compiler import CompileError
from nurture.content.per_lead import PerLead
from nurture.content.values import WIRE_MAX, pieces
from nurture.errors import ForbiddenError, OversizeError, RenderError

TOKEN_MAX = 48
FAILURES = (
    TemplateError, CompileError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError, MemoryError
)  # fmt: skip
"""What an author's expression and a lead's values can lead to; the message fails, others go on."""


class Parts(msgspec.Struct, frozen=True):
    """One message's contents: a decoded subject, and two quoted-printable bodies with CRLF lines."""

    subject: str
    html: bytes
    text: bytes


class PreviewParts(msgspec.Struct, frozen=True):
    """The same, decoded, for pages."""

    subject: str
    html: str
    text: str


def render(
    program: MailProgram,
    *,
    lead: Mapping[str, object],
    token: str,
    variant: str | None = None,
    extra: Mapping[str, object] = {},
) -> Parts:
    """The parts of one message, ready to stand in a MIME body.

    lead     known values by field; a field without an entry is not known.
    token    of this message, url-safe ASCII, at most 48 characters.
    variant  of an experiment; a variant that says nothing of its own reads as the mail's own.
    extra    the mappings 'programme' (name, postal_address, sender), 'campaign' (name, contact) and 'owner' (the rep's name,
             title, phone, address, those that are known), and 'signature'; of a system mail, what its own names say.
    Raises RenderError when the mail cannot be made for this lead.
    """
    assert token.isascii()
    assert len(token) <= TOKEN_MAX
    names: dict[str, Any] = {"lead": lead, "token": token, **extra}
    try:
        names["preheader"] = _line(program.preheaders, variant).render(names)
        subject = _line(program.subjects, variant).render(names)
        if program.tracked and not program.simple:
            names.update(_addresses(program, token))
        html_values: list[Any] = []
        text_values: list[Any] = []
        for ask in program.getters:
            html_piece, text_piece = pieces(ask(names))
            html_values.append(html_piece)
            text_values.append(text_piece)
        html, text = program.wire.bodies(html_values, text_values, names)
        if isinstance(program.html, PerLead):
            html = program.html.encoded(names).encode("ascii")
        if len(html) + len(text) > WIRE_MAX:
            raise TooLargeError(f"the mail grows beyond {WIRE_MAX // 1024:,} KiB")
        return Parts(subject, html, text)
    except FAILURES as error:
        raise _failure(program, error) from None


def render_preview(
    program: MailProgram,
    *,
    lead: Mapping[str, object],
    token: str,
    variant: str | None = None,
    extra: Mapping[str, object] = {},
) -> PreviewParts:
    """The same message as text, by plain Jinja: for the mailbox, previews, and 'view in browser'. Raises RenderError."""
    names: dict[str, Any] = {"lead": lead, "token": token, **extra}
    if program.tracked:
        names.update(_addresses(program, token))
    try:
        names["preheader"] = _line(program.preheaders, variant).render(names)
        subject = _line(program.subjects, variant).render(names)
        html = program.html.plain(names) if isinstance(program.html, PerLead) else program.html.render(names)
        return PreviewParts(subject, html, program.text.render(names))
    except FAILURES as error:
        raise _failure(program, error) from None


def _line(lines: Mapping[str | None, Line], variant: str | None) -> Line:
    return lines.get(variant) or lines[None]


def _addresses(program: MailProgram, token: str) -> dict[str, Any]:
    base = program.base_url
    direct, indexes = program.direct, {link.name: link.index for link in program.links}
    return {
        "unsubscribe_url": f"{base}/u/{token}",
        "preferences_url": f"{base}/p/{token}",
        "view_url": f"{base}/v/{token}",
        "link": direct.__getitem__
        if direct is not None
        else lambda name: f"{base}/c/{token}/{indexes[name]}",
    }


def _failure(program: MailProgram, error: Exception) -> RenderError:
    reason = getattr(error, "message", None) or str(error)
    if isinstance(error, TooLargeError | MemoryError):
        return OversizeError(f"{program.path}: {reason or 'the memory is full'}; write less, and loop less")
    if isinstance(error, SecurityError):
        return ForbiddenError(f"{program.path}: {reason}; mend the expression")
    return RenderError(f"{program.path}: {reason}; give the field a fallback with |default('…', true)")
