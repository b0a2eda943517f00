"""What a value becomes where it is written: one clean line, escaped for HTML or not, as plain text or as quoted-printable."""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Undefined
from markupsafe import escape

from nurture.content.quoted import LINE_MAX, SOFT_BREAK, clean, quoted_value
from nurture.content.sandbox import Sandbox
from nurture.content.segments import DELIMITERS

HARMLESS = re.compile(r"[ !#-%(-;?-~]*")
"""ASCII that neither HTML nor quoted-printable writes another way: not & < > \" ' and not =."""


class Encoded(str):
    """A quoted-printable piece: nothing more is to be done to it."""

    __slots__ = ()


def pieces(value: Any) -> tuple[Any, Any]:
    """*value* as quoted-printable pieces for HTML and for text; a value that is not known stays what it is."""
    if isinstance(value, Undefined):
        return value, value
    line = clean(value)
    if len(line) <= LINE_MAX and HARMLESS.fullmatch(line):
        piece = Encoded(line + SOFT_BREAK)
        return piece, piece
    return Encoded(quoted_value(str(escape(line)))), Encoded(quoted_value(line))


def _quoted_html(value: Any) -> str:
    return value if type(value) is Encoded else pieces(known(value))[0]


def _quoted_text(value: Any) -> str:
    return value if type(value) is Encoded else pieces(known(value))[1]


def _plain(value: Any) -> str:
    return clean(known(value))


def known(value: Any) -> Any:
    """*value*, which may be written. Raises UndefinedError when nobody knows it."""
    return str(value) if isinstance(value, Undefined) else value


def _sandbox(finalize: Callable[[Any], str], *, autoescape: bool = False, crlf: bool = False) -> Sandbox:
    return Sandbox(
        autoescape=autoescape, finalize=finalize, newline_sequence="\r\n" if crlf else "\n", **DELIMITERS
    )


HTML, TEXT = _sandbox(_plain, autoescape=True), _sandbox(_plain)
"""For pages: the decoded text of a part."""
QUOTED_HTML, QUOTED_TEXT = _sandbox(_quoted_html, crlf=True), _sandbox(_quoted_text, crlf=True)
"""For the wire: pieces of quoted-printable. What is written is escaped by what writes it, so autoescape rests."""
