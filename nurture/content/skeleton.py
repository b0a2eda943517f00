"""A text without conditions, cut at its slots when it is compiled, so that rendering is one join."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec
from jinja2 import nodes

from nurture.content.sandbox import Sandbox, unknown
from nurture.content.segments import ROOTS, Segment, Slot, parse_expression

Names = Mapping[str, Any]
"""What the names in a mail mean for one message."""
Getter = Callable[[Names], Any]
"""Asks the names for the value of one expression; an Undefined where it is not known."""


class Skeleton(msgspec.Struct, frozen=True, eq=False):
    """Constants and the slots between them, alternating: constant, slot, constant, ..., constant.

    order  for each slot, in order, the number of its expression.
    """

    parts: tuple[str, ...]
    order: Callable[[Sequence[str]], tuple[str, ...]] | None

    def fill(self, values: Sequence[str]) -> str:
        """The text, the value of each expression by its number in *values*.

        Raises UndefinedError for a value that nobody knows.
        """
        parts = self.woven(values)
        try:
            return "".join(parts)
        except TypeError:
            return "".join(map(str, parts))  # an Undefined says its name when it is written

    def woven(self, values: Sequence[str]) -> Sequence[str]:
        """The constants and the values in order."""
        if self.order is None:
            return self.parts
        parts = list(self.parts)
        parts[1::2] = self.order(values)
        return parts


def skeleton(
    segments: Sequence[Segment], numbers: Mapping[str, int], constant: Callable[[str, bool], str]
) -> Skeleton:
    """The skeleton of *segments*, which hold no tag.

    constant  writes a constant; its second argument says whether it is the last.
    """
    parts: list[str] = [""]
    slots: list[int] = []
    for number, segment in enumerate(segments):
        if isinstance(segment, Slot):
            slots.append(numbers[segment.expression])
            parts.extend(("", ""))
        else:
            assert isinstance(segment, str)
            parts[-1] = constant(segment, number == len(segments) - 1)
    if not slots:
        return Skeleton(tuple(parts), None)
    chosen = itemgetter(*slots)
    return Skeleton(tuple(parts), chosen if len(slots) > 1 else lambda values: (values[slots[0]],))


def getter(expression: str, sandbox: Sandbox) -> tuple[Getter, bool]:
    """How to ask for *expression*, and whether asking is so simple that it can be done before a condition is known."""
    found = _simple(parse_expression(expression))
    if found is not None:
        return found, True
    compiled = sandbox.compile_expression(expression, undefined_to_none=False)
    return (lambda names: compiled(**names)), False


def _simple(tree: nodes.Expr) -> Getter | None:
    match tree:
        case nodes.Const(value=value):
            return lambda _: value
        case nodes.Name(name=("token" | "preheader" | "signature") as name):
            return lambda names: names[name]
        case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if name in ROOTS:
            return _field(name, attr)
        case nodes.Filter(
            name="default" | "d",
            node=nodes.Getattr(node=nodes.Name(name=name), attr=attr),
            args=[nodes.Const(value=otherwise), *rest],
            kwargs=[],
        ) if name in ROOTS and all(isinstance(each, nodes.Const) for each in rest):
            return _field_or(
                name, attr, otherwise, boolean=any(getattr(each, "value", None) for each in rest)
            )
    return None


def _field(name: str, attr: str) -> Getter:
    def asked(names: Names) -> Any:
        value = names[name].get(attr)
        return unknown(names[name], attr) if value is None else value

    return asked


def _field_or(name: str, attr: str, otherwise: Any, *, boolean: bool) -> Getter:
    def asked(names: Names) -> Any:
        value = names[name].get(attr)
        return otherwise if value is None or (boolean and not value) else value

    return asked
