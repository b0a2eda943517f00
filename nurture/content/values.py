"""What a value becomes where it is written: one clean line, escaped for HTML or not, as plain text or as quoted-printable."""

import re
from functools import lru_cache
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup, escape

from nurture.content.quoted import LINE_MAX, SOFT_BREAK, clean, quoted, quoted_value
from nurture.content.sandbox import OUT_MAX, Sandbox
from nurture.content.segments import DELIMITERS

HARMLESS = re.compile(r"[ !#-%(-;?-~]*")
"""ASCII that neither HTML nor quoted-printable writes another way: not & < > \" ' and not =."""

REMEMBERED_MAX = 100
"""Characters of a value that is worth remembering."""


class Encoded(str):
    """A quoted-printable piece: nothing more is to be done to it."""

    __slots__ = ()


class Lines(str):
    """Text whose line breaks are meant, such as a signature: in HTML each starts a new line too."""

    __slots__ = ()

    @property
    def html(self) -> Markup:
        return Markup("<br>").join(clean(line) for line in self.splitlines())

    @property
    def text(self) -> str:
        return "\n".join(clean(line) for line in self.splitlines())


def pieces(value: Any) -> tuple[Any, Any]:
    """*value* as quoted-printable pieces for HTML and for text; a value that is not known stays what it is."""
    if type(value) is Lines:
        return Encoded(quoted(value.html) + SOFT_BREAK), Encoded(quoted(value.text) + SOFT_BREAK)
    if type(value) is str:
        return _pieces(value) if len(value) <= REMEMBERED_MAX else _made(value)
    return (value, value) if isinstance(value, Undefined) else _made(str(value))


def _made(value: str) -> tuple[str, str]:
    line = clean(value)
    if len(line) <= LINE_MAX and HARMLESS.fullmatch(line):
        piece = Encoded(line + SOFT_BREAK)
        return piece, piece
    return Encoded(quoted_value(str(escape(line)))), Encoded(quoted_value(line))


_pieces = lru_cache(maxsize=4_096)(_made)
"""The company's name, fallbacks and given names come again in message after message."""


def _as_html(value: Any) -> Encoded:
    piece: Encoded = pieces(known(value))[0]
    return piece


def _as_text(value: Any) -> Encoded:
    piece: Encoded = pieces(known(value))[1]
    return piece


def _encoded(value: Any) -> Any:
    """What reaches the wire is a piece; a value that is not known says so."""
    assert type(value) is Encoded or isinstance(value, Undefined)
    return value


def _plain(value: Any) -> str:
    return value.text if type(value) is Lines else clean(known(value))


def _plain_html(value: Any) -> str:
    return value.html if type(value) is Lines else clean(known(value))


def known(value: Any) -> Any:
    """*value*, which may be written. Raises UndefinedError when nobody knows it."""
    return str(value) if isinstance(value, Undefined) else value


HTML = Sandbox(autoescape=True, finalize=_plain_html, **DELIMITERS)
TEXT = Sandbox(finalize=_plain, **DELIMITERS)
"""For pages: the decoded text of a part."""
WIRE_MAX = 4 * OUT_MAX
"""Bytes of both bodies as they leave: quoted-printable writes three for one that is not ASCII."""
QUOTED = Sandbox(finalize=_encoded, newline_sequence="\r\n", **DELIMITERS)
QUOTED.out_max = WIRE_MAX
"""For the wire: pieces of quoted-printable, which ``as_html`` and ``as_text`` make."""
QUOTED.filters |= {"as_html": _as_html, "as_text": _as_text}
