"""Kleene's three-valued logic over functions of a scope: true, false, unknown.

A lead's field that nobody has told us is unknown, and so is whatever is made of it: a comparison, a sum, a negation.
``and`` is false as soon as one side is, ``or`` true as soon as one side is; only otherwise does the unknown show. So
``not (lead.company_size > 3)`` does not hold where the size is unknown, just as the comparison does not; ``default``
and ``is defined`` are the ways to say what should hold then.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2.exceptions import TemplateError

Scope = Mapping[str, Any]
Ask = Callable[[Scope], Any]


class Unknown:
    """What is not known, and the names of what would have to be."""

    __slots__ = ("names",)

    def __init__(self, *names: str) -> None:
        self.names = names


COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def relation(op: str, left: Ask, right: Ask) -> Ask:
    """A comparison; *op* as Jinja calls it. Two known values that do not compare make an unknown answer."""
    if op in ("in", "notin"):
        return _membership(left, right, wanted=op == "in")
    compare = COMPARE[op]

    def ask(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return both(a, b)
        try:
            return compare(a, b)
        except TypeError:
            return Unknown(f"whether {shown(a)} and {shown(b)} compare")

    return ask


def _membership(left: Ask, right: Ask, *, wanted: bool) -> Ask:
    def ask(scope: Scope) -> Any:
        item, items = left(scope), right(scope)
        if isinstance(item, Unknown) or isinstance(items, Unknown):
            return both(item, items)
        if isinstance(items, str):
            return (str(item) in items) is wanted
        if not isinstance(items, tuple | list):
            return Unknown(f"whether {shown(items)} holds {shown(item)}")
        known = [other for other in items if not isinstance(other, Unknown)]
        if item in known or len(known) == len(items):
            return (item in known) is wanted
        return both(*(other for other in items if isinstance(other, Unknown)))

    return ask


def every(parts: list[Ask]) -> Ask:
    """and: false as soon as one part is."""

    def ask(scope: Scope) -> Any:
        unknown: Unknown | None = None
        for part in parts:
            value = part(scope)
            if isinstance(value, Unknown):
                unknown = value if unknown is None else both(unknown, value)
            elif not value:
                return False
        return True if unknown is None else unknown

    return ask


def either(left: Ask, right: Ask) -> Ask:
    """or: true as soon as one side is."""

    def ask(scope: Scope) -> Any:
        a = left(scope)
        if not isinstance(a, Unknown) and a:
            return True
        b = right(scope)
        if isinstance(b, Unknown):
            return both(a, b)
        return True if b else (a if isinstance(a, Unknown) else False)

    return ask


def negated(inner: Ask) -> Ask:
    """not: what is unknown stays unknown."""

    def ask(scope: Scope) -> Any:
        value = inner(scope)
        return value if isinstance(value, Unknown) else not value

    return ask


def worked(work: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """What *work* makes of values that are all known; what it cannot work with is unknown, never an error."""
    unknown = [value for value in (*values, *named.values()) if isinstance(value, Unknown)]
    if unknown:
        return both(*unknown)
    try:
        return work(*values, **named)
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, TemplateError):
        return Unknown(f"what {shown(values[0])} gives here")


def both(*values: Any) -> Unknown:
    """The unknowns among *values*, as one."""
    names = [name for value in values if isinstance(value, Unknown) for name in value.names]
    return Unknown(*dict.fromkeys(names))


def shown(value: Any) -> str:
    """A value in the name of something unknown."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
