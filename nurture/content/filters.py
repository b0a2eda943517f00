"""The filters and tests of the template language: a closed list, none of which can pad or repeat (SEC2)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

LOOP_TURNS = 1_000
TEXT_MAX = 20_000
"""Characters of one text while a mail is written: a longer value is cut there, and nothing makes a longer one."""
PLACES_MAX = 15
"""Decimals that a number can be rounded to: 10 to the power of a billion would never be done."""


class TooLargeError(SecurityError):
    """A text, a number or a whole mail grows beyond what is allowed."""


def bounded(items: Any) -> Any:
    """*items*, which is a list short enough to run through. Raises SecurityError for anything else."""
    if not isinstance(items, list | tuple) or len(items) > LOOP_TURNS:
        raise SecurityError(f"a loop runs over a list of at most {LOOP_TURNS} items")
    return items


def fitting(text: str) -> str:
    """*text*, which is not too long. Raises SecurityError."""
    if len(text) > TEXT_MAX:
        raise TooLargeError(f"a text grows beyond {TEXT_MAX:,} characters")
    return text


def _of_known(work: Callable[..., Any]) -> Callable[..., Any]:
    """*work* where the value is known; an unknown value stays unknown."""

    def asked(value: Any, *args: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, Undefined) else work(value, *args, **kwargs)

    return asked


def _default(value: Any, otherwise: Any = "", boolean: bool = False) -> Any:
    return otherwise if isinstance(value, Undefined) or (boolean and not value) else value


def _capitalize(value: Any) -> str:
    return str(value).capitalize()


def _truncate(value: Any, length: int = 80) -> str:
    """At most *length* characters, cut at a word, with an ellipsis."""
    text = str(value)
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + "…"


def _number(value: float, decimals: int = 0) -> str:
    """With thousands separated: 12,500."""
    return f"{value:,.{min(max(int(decimals), 0), 6)}f}"


def _round(value: float, decimals: int = 0) -> float:
    places = min(max(int(decimals), -PLACES_MAX), PLACES_MAX)
    return round(value, places) if places else round(value)


def _date(value: Any, form: str = "%-d %B %Y") -> str:
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(when, date):
        raise TypeError(f"{value!r} is no date")
    if any(part not in "aAbBdmYyHMjp-, ./:%" for part in form):
        raise SecurityError(f"{form!r} is no date form; write such as '%-d %B %Y'")
    return when.strftime(form)


def _join(value: Iterable[Any], between: str = ", ") -> str:
    items = [str(item) for item in bounded(value)]
    if sum(map(len, items)) + len(items) * len(between) > TEXT_MAX:
        raise TooLargeError(f"what is joined grows beyond {TEXT_MAX:,} characters")
    return between.join(items)


FILTERS: dict[str, Callable[..., Any]] = {
    "default": _default,
    "d": _default,
    "lower": _of_known(lambda value: str(value).lower()),
    "upper": _of_known(lambda value: str(value).upper()),
    "title": _of_known(lambda value: str(value).title()),
    "capitalize": _of_known(_capitalize),
    "trim": _of_known(lambda value: str(value).strip()),
    "truncate": _of_known(_truncate),
    "length": _of_known(len),
    "first": _of_known(lambda value: value[0] if value else ""),
    "last": _of_known(lambda value: value[-1] if value else ""),
    "join": _of_known(_join),
    "int": _of_known(int),
    "float": _of_known(float),
    "abs": _of_known(abs),
    "round": _of_known(_round),
    "number": _of_known(_number),
    "date": _of_known(_date),
}
"""Every filter that authors may use. None makes a text much longer than what it was given, and none says that a text is
safe or escapes it: where a text goes decides that."""

TESTS = (
    "defined", "undefined", "none", "string", "number", "mapping", "sequence", "in", "true", "false", "boolean",
    "integer", "float", "even", "odd", "divisibleby", "eq", "ne", "lt", "le", "gt", "ge", "==", "!=", "<", "<=", ">", ">=",
    "equalto", "greaterthan", "lessthan",
)  # fmt: skip
