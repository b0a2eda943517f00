"""What an expression asks about: names, fields, acts, and the numbers at which time alone may change its answer."""

from collections.abc import Iterator

import msgspec
from jinja2 import nodes

INTEREST = "interest_score"


class Call(msgspec.Struct, frozen=True):
    """A call with constant texts: clicked('welcome', link='docs')."""

    function: str
    arguments: tuple[str, ...]
    link: str | None = None


class Literal(msgspec.Struct, frozen=True):
    """A field compared with a written value: lead.country == 'DE', lead.stage in ['mql']."""

    owner: str
    field: str
    value: str | float | bool


class Asked(msgspec.Struct, frozen=True):
    """What one expression asks about.

    names            objects and functions.
    fields           (object, field) pairs, such as ('lead', 'country').
    calls            acts that it asks for.
    literals         values that fields are compared with.
    singles          fields that are compared as one value, rather than looked into with `in`.
    interest_bounds  numbers that the interest score is compared with.
    interest_inexact whether the interest score is used otherwise than in a comparison with a number, so that the
                     moment of a change cannot be computed.
    day_bounds       (event, days) of comparisons of days_since with a number.
    """

    names: frozenset[str]
    fields: frozenset[tuple[str, str]]
    calls: tuple[Call, ...]
    literals: tuple[Literal, ...]
    singles: frozenset[tuple[str, str]]
    interest_bounds: frozenset[float]
    interest_inexact: bool
    day_bounds: frozenset[tuple[str, float]]

    @property
    def lead_fields(self) -> frozenset[str]:
        return frozenset(field for owner, field in self.fields if owner == "lead")


def asked_of(node: nodes.Expr) -> Asked:
    """Everything that *node* asks about."""
    everything = list(_walk(node))
    pairs = [pair for part in everything if isinstance(part, nodes.Compare) for pair in _pairs(part)]
    compared = [(left, number) for left, right in pairs if (number := _number(right)) is not None]
    bounds = [number for left, number in compared if _field(left) == ("lead", INTEREST)]
    uses = sum(1 for part in everything if _field(part) == ("lead", INTEREST))
    exact = {id(left) for left, _ in compared if _field(left) == ("lead", INTEREST)}
    return Asked(
        names=frozenset(part.name for part in everything if isinstance(part, nodes.Name)),
        fields=frozenset(field for part in everything if (field := _field(part)) is not None),
        calls=tuple(call for part in everything if (call := _call(part)) is not None),
        literals=tuple(_literals(pairs)),
        singles=frozenset(
            each for part in everything if isinstance(part, nodes.Compare) for each in _singles(part)
        ),
        interest_bounds=frozenset(bounds),
        interest_inexact=uses > len(exact),
        day_bounds=frozenset(
            (call.arguments[0], number)
            for left, number in compared
            if (call := _call(left)) is not None and call.function == "days_since" and call.arguments
        ),
    )


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for part in node.iter_child_nodes():
        yield from _walk(part)


def _pairs(node: nodes.Compare) -> Iterator[tuple[nodes.Expr, nodes.Expr]]:
    """Both readings of each comparison, so that a number may stand on either side."""
    left = node.expr
    for operand in node.ops:
        yield left, operand.expr
        yield operand.expr, left
        left = operand.expr


def _singles(node: nodes.Compare) -> Iterator[tuple[str, str]]:
    """The fields of a comparison, but for those that something is looked for in."""
    left = node.expr
    for operand in node.ops:
        sides = [left] if operand.op in ("in", "notin") else [left, operand.expr]
        yield from (field for side in sides if (field := _field(side)) is not None)
        left = operand.expr


def _number(node: nodes.Expr) -> float | None:
    if isinstance(node, nodes.Neg) and (inner := _number(node.node)) is not None:
        return -inner
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        return float(node.value)
    return None


def _field(node: nodes.Node) -> tuple[str, str] | None:
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return node.node.name, node.attr
    if (
        isinstance(node, nodes.Getitem)
        and isinstance(node.node, nodes.Name)
        and isinstance(node.arg, nodes.Const)
    ):
        return node.node.name, str(node.arg.value)
    return None


def _call(node: nodes.Node) -> Call | None:
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        return None
    named = {part.key: part.value for part in node.kwargs}
    texts = [_text(part) for part in node.args]
    positional = [text for text in texts if text is not None]
    link = _text(named["link"]) if "link" in named else None
    if node.node.name == "clicked" and len(positional) > 1:
        link = positional.pop()
    first = [text for key, part in named.items() if key != "link" and (text := _text(part)) is not None]
    return Call(node.node.name, (*positional, *first), link)


def _text(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None


def _literals(pairs: list[tuple[nodes.Expr, nodes.Expr]]) -> Iterator[Literal]:
    for left, right in pairs:
        owner = _field(left)
        if owner is None:
            continue
        for part in right.items if isinstance(right, nodes.List | nodes.Tuple) else [right]:
            if isinstance(part, nodes.Const) and isinstance(part.value, str | int | float | bool):
                yield Literal(*owner, part.value)
