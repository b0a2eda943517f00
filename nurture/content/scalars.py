"""One written value as one value of the model: numbers, words, times, and the small grammars of amounts."""

import re
from collections.abc import Callable, Iterable
from datetime import time
from difflib import get_close_matches
from enum import Enum
from typing import Any, Literal, Protocol, get_args, get_origin

from nurture.content.model import Expression
from nurture.content.wall_clock import WallClock
from nurture.content.yaml_tree import Scalar
from nurture.durations import Count, Duration, Percent, Rate, Unit
from nurture.languages.told import told


class Refused(Exception):  # noqa: N818 a value of this file, not an error for people
    """A value that is not of its kind."""

    def __init__(self, found: str, expected: str, remedy: str) -> None:
        super().__init__(found, expected, remedy)
        self.found = found
        self.expected = expected
        self.remedy = remedy


class Parsed(Protocol):
    """A type with a grammar of its own."""

    @classmethod
    def parse(cls, text: str) -> "Parsed": ...


EXPECTED: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    time: "a time",
    Duration: "a duration",
    Rate: "a rate",
    Percent: "a share in percent",
    Count: "a number of mails",
    Expression: "a condition",
    WallClock: "a day and a time",
}
NULL = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"[-+]?[0-9]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
AMOUNT_WORDS = (
    *(f"{unit}{plural}" for unit in Unit for plural in ("", "s")),
    *("business", "per", "percent", "mail", "mails", "unreceived"),
)


def read_scalar(node: Scalar, kind: Any) -> Any:
    """The value of *node* as *kind*. Raises Refused."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(_one_of(node, [str(member.value) for member in kind]))
    if get_origin(kind) is Literal:
        return _literal(node, get_args(kind))
    if hasattr(kind, "parse"):
        return _parsed(node, kind)
    return READ[kind](node)


def is_null(node: Scalar) -> bool:
    """Whether nothing, or null, is written here."""
    return not node.style and node.value in NULL


def plain_value(node: Scalar) -> str | int | float | bool | None:
    """The value by YAML 1.2's core schema, for places that take several kinds."""
    if node.style:
        return node.value
    if is_null(node):
        return None
    if node.value in BOOLEANS:
        return BOOLEANS[node.value]
    if INTEGER.fullmatch(node.value):
        return int(node.value)
    return float(node.value) if DECIMAL.fullmatch(node.value) else node.value


def expected(kind: Any) -> str:
    """What *kind* is called in messages."""
    if get_origin(kind) is Literal:
        return " or ".join(str(value) for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(str(member.value) for member in kind)
    return EXPECTED.get(kind, "a value")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy that names the closest of *known*, or all when none is close."""
    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return told("did you mean {name!r}?", name=close[0])
    if len(names) < 2:
        return told("write {name}", name=names[0]) if names else "remove it"
    return told("write one of {names}", names=", ".join(sorted(names)))


def _text(node: Scalar) -> str:
    value = plain_value(node)
    if isinstance(value, str):
        return value
    if value is None:
        raise Refused("empty", "text", "write the text, or remove the key")
    raise Refused(f"plain {node.value}", "text", f'quote it: "{node.value}"')


def _boolean(node: Scalar) -> bool:
    value = plain_value(node)
    if isinstance(value, bool):
        return value
    raise Refused(_shown(node), "true or false", "write true or false, without quotes")


def _integer(node: Scalar) -> int:
    value = plain_value(node)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Refused(_shown(node), "a whole number", "write digits without quotes, such as 40")


def _number(node: Scalar) -> float:
    value = plain_value(node)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise Refused(_shown(node), "a number", "write a number without quotes, such as 0.25")


def _time(node: Scalar) -> time:
    found = CLOCK.fullmatch(node.value)
    if found is None:
        raise Refused(_shown(node), "a time", 'write hours and minutes in quotes, such as "09:00"')
    return time(int(found[1]), int(found[2]))


READ: dict[Any, Callable[[Scalar], Any]] = {
    str: _text,
    bool: _boolean,
    int: _integer,
    float: _number,
    time: _time,
}


def _literal(node: Scalar, allowed: tuple[Any, ...]) -> Any:
    by_text = {str(value): value for value in allowed}
    return by_text[_one_of(node, list(by_text))]


def _one_of(node: Scalar, allowed: list[str]) -> str:
    if node.value in allowed:
        return node.value
    what = f"one of {', '.join(allowed)}" if len(allowed) > 1 else allowed[0]
    raise Refused(_shown(node), what, did_you_mean(node.value, allowed))


def _parsed(node: Scalar, kind: type[Parsed]) -> Parsed:
    if is_null(node):
        raise Refused("empty", expected(kind), "write it, or remove the key")
    try:
        return kind.parse(node.value)
    except ValueError as error:
        raise Refused(_shown(node), expected(kind), _closest_amount(node.value, kind) or str(error)) from None


def _closest_amount(text: str, kind: type[Parsed]) -> str | None:
    """'3 dayz' is '3 days' with a slip of the finger."""
    words = [
        word if word.isdigit() else next(iter(get_close_matches(word.lower(), AMOUNT_WORDS, n=1)), word)
        for word in text.split()
    ]
    try:
        kind.parse(" ".join(words))
    except ValueError:
        return None
    return f"did you mean '{' '.join(words)}'?"


def _shown(node: Scalar) -> str:
    if is_null(node):
        return "empty"
    return repr(node.value if len(node.value) <= 40 else node.value[:39] + "…")
