"""The one template language of mails and conditions: Jinja, held so that no text can harm the process (SEC2).

There are no globals; only the filters listed here; no ``**``, no repetition or ``%`` formatting of strings; loops run
over lists, at most two deep and 1,000 turns each; nothing can be defined that could double itself (macro, import).

A lead's field that is not known is an :class:`Unknown`: comparisons with it do not hold, ``default`` replaces it and
writing it into a mail is an error. A name that does not exist is a plain ``StrictUndefined``: every use is an error.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateAssertionError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nurture.content.filters import FILTERS, TESTS, bounded

LOOP_DEPTH = 2
HIDDEN_NAMES = frozenset({"self", "super", "caller", "varargs", "kwargs"})
METHODS = frozenset({"startswith", "endswith"})
"""What may be called on a text; all the rest is reached through filters, which are bounded."""

REFUSED = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Import,
    nodes.FromImport,
    nodes.FilterBlock,
    nodes.AssignBlock,
    nodes.ScopedEvalContextModifier,
)


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

    Mappings answer attributes by key only, so that a field may be called 'items'.
    """

    intercepted_binops = frozenset({"**", "*", "%", "+"})

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=True, **options)
        self.globals.clear()
        self.filters = dict(FILTERS)
        self.filters["within_loop"] = _turns
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            value = obj.get(attribute)
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
        return super().call_binop(context, operator, left, right)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        _refuse(source, depth=0)
        return super()._generate(source, *args, **kwargs)


def _refuse(node: nodes.Node, *, depth: int) -> None:
    """Refuse what the language leaves out, and bound each loop. Raises TemplateAssertionError with the line."""
    if isinstance(node, REFUSED):
        _fail(node, "only if, for, set, block, extends and include are allowed in a mail")
    if isinstance(node, nodes.Pow):
        _fail(node, "powers (**) are not allowed; write the number")
    if isinstance(node, nodes.For):
        depth += 1
        if depth > LOOP_DEPTH or node.recursive:
            _fail(node, f"loops may be {LOOP_DEPTH} deep and not recursive; write the inner one out")
        node.iter = nodes.Filter(node.iter, "within_loop", [], [], None, None, lineno=node.lineno)
    if isinstance(node, nodes.Name) and node.name in HIDDEN_NAMES:
        _fail(node, f"'{node.name}' is not a name that a mail may use")
    for child in node.iter_child_nodes():
        _refuse(child, depth=depth)


def _fail(node: nodes.Node, message: str) -> NoReturn:
    raise TemplateAssertionError(message, node.lineno)


def _turns(items: Any) -> Any:
    return items if isinstance(items, Unknown) else bounded(items)
