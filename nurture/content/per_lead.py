"""The slow way for a mail whose layout depends on the lead: the MJML compiler runs for each message.

The lead's values still never reach the compiler, unless it must lay out with them: it sees placeholders.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from jinja2 import Template, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from nurture.content.apart.layout import lay_out
from nurture.content.flat import Flat
from nurture.content.mjml.protect import Protected, placeholder
from nurture.content.mjml.spans import SpanKind
from nurture.content.quoted import SOFT_BREAK, clean, quoted
from nurture.content.sandbox import Sandbox
from nurture.content.segments import DELIMITERS, Addresses, jinja_source, of_compiled
from nurture.content.tracking import before_body_end, telltales
from nurture.content.values import Lines, pieces

SLOTS = "_slots"
"""The name under which a rendering keeps its values; no author can write a name that begins so."""
PREFIX = "_prefix"


class PerLead(msgspec.Struct, frozen=True, eq=False):
    """MJML under Jinja; *prefix* begins its placeholders, and *base_url* the address of its pixel, if it has one."""

    template: Template
    prefix: str
    base_url: str | None

    def plain(self, names: Mapping[str, Any]) -> str:
        """The HTML for one lead. Raises CompileError and what Jinja raises."""
        constants, slots = self._compiled(names)
        return "".join(_woven(constants, [str(_shown(slot)) for slot in slots]))

    def encoded(self, names: Mapping[str, Any]) -> str:
        """The same as quoted-printable."""
        constants, slots = self._compiled(names)
        last = quoted(constants.pop())
        return "".join(
            [*_woven([quoted(c) + SOFT_BREAK for c in constants], [pieces(s)[0] for s in slots]), last]
        )

    def _compiled(self, names: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
        """The constants of the HTML and the values between them."""
        slots: list[Any] = []
        mjml = self.template.render({**names, SLOTS: slots, PREFIX: self.prefix})
        html = lay_out(mjml)
        if self.base_url is not None:
            slots.append(names["token"])
            html = before_body_end(html, telltales(self.base_url, placeholder(self.prefix, len(slots) - 1)))
        parts = re.split(rf"{self.prefix}(\d{{5}})x", html)
        return parts[0::2], [slots[int(number)] for number in parts[1::2]]


def per_lead(flat: Flat, protected: Protected, addresses: Addresses) -> PerLead:
    """*protected* to be compiled for each lead."""

    def unwrapped(match: re.Match[str]) -> str:
        block = protected.places[int(match[2])].span.kind is SpanKind.BLOCK
        return match[1] if block else match[0]

    text = re.sub(rf"<mj-raw>({protected.prefix}(\d{{5}})x)</mj-raw>", unwrapped, protected.text)
    segments = of_compiled(text, protected.prefix, protected.places, flat, addresses)
    base_url = addresses.base_url if addresses.tracked and not addresses.direct else None
    return PerLead(LAYOUT.from_string(jinja_source(segments)), protected.prefix, base_url)


def _shown(value: Any) -> Markup:
    return value.html if type(value) is Lines else escape(clean(value))


def _woven(constants: list[str], values: list[str]) -> list[str]:
    woven = [""] * (len(constants) + len(values))
    woven[0::2], woven[1::2] = constants, values
    return woven


class _Literal(str):
    """A value that the compiler itself must see."""

    __slots__ = ()


@pass_context
def _finalize(context: Context, value: Any) -> str:
    if isinstance(value, Undefined):
        return str(value)
    if isinstance(value, _Literal):
        return str(escape(value))
    slots: list[Any] = context[SLOTS]
    slots.append(value)
    return placeholder(context[PREFIX], len(slots) - 1)


def _layout(value: Any) -> Any:
    return value if isinstance(value, Undefined) else _Literal(clean(value))


LAYOUT = Sandbox(finalize=_finalize, **DELIMITERS)
LAYOUT.filters["layout"] = _layout
