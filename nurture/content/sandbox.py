"""The one template language of mails and conditions: Jinja, held so that no text can harm the process (SEC2).

There are no globals; only the filters listed here; no ``**``, no repetition or ``%`` formatting of strings; loops run
over lists, at most two deep and 1,000 turns each, and ``refused`` counts what all of it may cost; nothing can be defined
that could double itself (macro, import, a text or list kept with set). What still grows is stopped while it grows.

A lead's field that is not known is an :class:`Unknown`: comparisons with it do not hold, ``default`` replaces it and
writing it into a mail is an error. A name that does not exist is a plain ``StrictUndefined``: every use is an error.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nurture.content.filters import FILTERS, TESTS, TEXT_MAX, TooLargeError, bounded, fitting
from nurture.content.refused import refuse

OUT_MAX = 1024 * 1024
"""Characters that one rendering may write."""
NUMBER_MAX = 10**15
METHODS = frozenset({"startswith", "endswith"})
"""What may be called on a text; all the rest is reached through filters, which are bounded."""


class Unknown(StrictUndefined):
    """A field whose value nobody has told us: no comparison with it holds, and it cannot be written."""

    def _no(self, *_: object) -> bool:
        return False

    def _unknown(self, *_: object) -> "Unknown":
        return self

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _no  # type: ignore[assignment]
    __bool__ = _no  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _unknown  # type: ignore[assignment]
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _unknown  # type: ignore[assignment]
    __neg__ = __pos__ = _unknown  # type: ignore[assignment]
    __hash__ = StrictUndefined.__hash__  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(())

    def __len__(self) -> int:  # type: ignore[override]
        return 0


def unknown(obj: object, name: str) -> Unknown:
    """The value of field *name*, which nobody has told us."""
    return Unknown(hint=f"{name!r} is not known", obj=obj, name=name)


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment without globals, with the filters of :data:`FILTERS` and the limits told above.

    out_max  characters that one rendering may write.

    Mappings answer attributes by key only, so that a field may be called 'items'.
    """

    intercepted_binops = frozenset({"**", "*", "%", "+"})

    out_max = OUT_MAX

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=True, **options)
        self.globals.clear()
        self.filters = dict(FILTERS)
        self.filters["within_loop"] = _turns
        self.filters["to_keep"] = _to_keep
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            value = obj.get(attribute)
            if type(value) is str and len(value) > TEXT_MAX:
                return value[:TEXT_MAX]
            return unknown(obj, attribute) if value is None else value
        if isinstance(obj, Unknown):
            return obj
        if isinstance(obj, str | int | float | list | tuple) and attribute not in METHODS:
            raise SecurityError(f"'.{attribute}' is not allowed here; use a filter such as |lower")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping | Unknown):
            return self.getattr(obj, argument)
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return left if isinstance(left, Unknown) else right
        if operator == "**":
            raise SecurityError("powers are not allowed; write the number")
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"'{operator}' takes numbers only; join texts with ~")
        result = super().call_binop(context, operator, left, right)
        if not -NUMBER_MAX <= result <= NUMBER_MAX:
            raise TooLargeError(f"the number grows beyond {NUMBER_MAX:.0e}")
        return result

    def concat(self, pieces: Iterable[str]) -> str:
        """What a template writes, taken in piece by piece. Raises SecurityError beyond *out_max*."""
        written: list[str] = []
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > self.out_max:
                raise TooLargeError(f"the mail grows beyond {OUT_MAX // 1024:,} KiB")
            written.append(piece)
        return "".join(written)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        refuse(source)
        return super()._generate(source, *args, **kwargs)


def _turns(items: Any) -> Any:
    return items if isinstance(items, Unknown) else bounded(items)


def _to_keep(value: Any) -> Any:
    """What ``set`` keeps: nothing that the next one could double without end."""
    if isinstance(value, str):
        return fitting(value)
    if isinstance(value, list | tuple):
        for item in bounded(value):
            if isinstance(item, list | tuple | dict):
                raise TooLargeError("set keeps a list of texts and numbers, not one of lists")
            _to_keep(item)
    return value
