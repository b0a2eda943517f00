"""The language of conditions: each part of a Jinja expression as a function of a scope, made once, asked often.

Only the parts listed in ``MAKE`` exist: nothing here can loop, repeat, format or reach into Python (SEC2). Closures are
quicker than a compiled template, which builds a context for every answer, and let what is unknown flow by itself.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.tests import TESTS as JINJA_TESTS

from nurture.content.filters import FILTERS, TESTS
from nurture.content.kleene import Ask, Scope, Unknown, either, every, negated, relation, worked
from nurture.languages.told import told
from nurture.mailboxes import is_disposable, is_free_mail


class NotAllowed(Exception):  # noqa: N818 told to authors as a problem, never raised at them
    """A part of the expression that conditions do not have; *subject* points into its source."""

    def __init__(self, message: str, remedy: str, subject: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.subject = subject


FUNCTIONS = {
    "clicked": ("mail", "link"),
    "opened": ("mail",),
    "visited": ("path",),
    "submitted": ("form",),
    "days_since": ("event",),
}
"""What may be called, with its arguments; each scope brings its own, answering None where it does not know."""


METHODS: dict[str, Callable[[str, str], bool]] = {"startswith": str.startswith, "endswith": str.endswith}


OUR_TESTS: dict[str, Callable[..., Any]] = {
    **{name: JINJA_TESTS[name] for name in TESTS},  # type: ignore[misc]
    "free_mail": is_free_mail,
    "disposable": is_disposable,
}


def make(node: nodes.Expr) -> Ask:
    """The function that asks *node*. Raises NotAllowed."""
    maker = MAKE.get(type(node))
    if maker is None:
        raise NotAllowed(
            told("{element} is not part of conditions", element=type(node).__name__.lower()),
            "compare, call or combine",
        )
    return maker(node)


def _const(node: nodes.Const) -> Ask:
    value = node.value
    return lambda _: value


def _list(node: nodes.List | nodes.Tuple) -> Ask:
    if all(isinstance(item, nodes.Const) for item in node.items):
        values = tuple(item.value for item in node.items if isinstance(item, nodes.Const))
        return lambda _: values
    items = [make(item) for item in node.items]
    return lambda scope: tuple(item(scope) for item in items)


def _name(node: nodes.Name) -> Ask:
    name, missing = node.name, Unknown(node.name)

    def ask(scope: Scope) -> Any:
        value = scope.get(name)
        return missing if value is None else value

    return ask


def _attribute(node: nodes.Getattr | nodes.Getitem) -> Ask:
    """A field of one of the scope's objects; whatever begins with an underscore is ours, not the author's."""
    field = _field_name(node)
    if not isinstance(node.node, nodes.Name) or field.startswith("_"):
        raise NotAllowed(
            told("'.{field}' reaches too far", field=field), "write such as lead.country or event.link", field
        )
    owner, missing = (
        node.node.name,
        Unknown(field if node.node.name == "lead" else f"{node.node.name}.{field}"),
    )

    def ask(scope: Scope) -> Any:
        holder = scope.get(owner)
        value = holder.get(field) if isinstance(holder, Mapping) else getattr(holder, field, None)
        return missing if value is None else value

    return ask


def _field_name(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    raise NotAllowed("an index is not part of conditions", "write such as lead.country")


def _compare(node: nodes.Compare) -> Ask:
    if len(node.ops) == 1:
        return relation(node.ops[0].op, make(node.expr), make(node.ops[0].expr))
    values = [make(node.expr), *(make(operand.expr) for operand in node.ops)]
    links = [
        relation(operand.op, left, right)
        for operand, left, right in zip(node.ops, values, values[1:], strict=False)
    ]
    return every(links)


def _and(node: nodes.And) -> Ask:
    return every([make(node.left), make(node.right)])


def _or(node: nodes.Or) -> Ask:
    return either(make(node.left), make(node.right))


def _not(node: nodes.Not) -> Ask:
    return negated(make(node.node))


def _choice(node: nodes.CondExpr) -> Ask:
    if node.expr2 is None:
        raise NotAllowed("an 'if' needs an 'else'", "write what holds otherwise: x if y else z")
    test, then, otherwise = make(node.test), make(node.expr1), make(node.expr2)

    def ask(scope: Scope) -> Any:
        value = test(scope)
        if isinstance(value, Unknown):
            return value
        return then(scope) if value else otherwise(scope)

    return ask


def _arithmetic(work: Callable[..., Any]) -> Callable[[nodes.BinExpr], Ask]:
    def maker(node: nodes.BinExpr) -> Ask:
        left, right = make(node.left), make(node.right)

        def ask(scope: Scope) -> Any:
            return worked(_numbers, left(scope), right(scope), work)

        return ask

    return maker


def _numbers(a: Any, b: Any, work: Callable[..., Any]) -> Any:
    if not (isinstance(a, int | float) and isinstance(b, int | float)):
        raise TypeError
    return work(a, b)


def _sign(work: Callable[[Any], Any]) -> Callable[[nodes.UnaryExpr], Ask]:
    def maker(node: nodes.UnaryExpr) -> Ask:
        if isinstance(node.node, nodes.Const) and isinstance(node.node.value, int | float):
            number = work(node.node.value)
            return lambda _: number
        inner = make(node.node)
        return lambda scope: worked(work, inner(scope))

    return maker


def _concat(node: nodes.Concat) -> Ask:
    parts = [make(part) for part in node.nodes]
    return lambda scope: worked(lambda *values: "".join(map(str, values)), *(part(scope) for part in parts))


def _filter(node: nodes.Filter) -> Ask:
    if node.name not in FILTERS or node.node is None:
        raise NotAllowed(
            told("there is no filter {name!r}", name=node.name),
            told("use one of {names}", names=", ".join(sorted(FILTERS))),
            node.name,
        )
    work, value = FILTERS[node.name], make(node.node)
    arguments, named = _arguments(node)
    if node.name not in ("default", "d"):
        return lambda scope: worked(
            work, value(scope), *(ask(scope) for ask in arguments), **_asked(named, scope)
        )

    def default(scope: Scope) -> Any:
        found = value(scope)
        given = [ask(scope) for ask in arguments]
        otherwise = given[0] if given else ""
        boolean = _asked(named, scope).get("boolean", given[1] if len(given) > 1 else False)
        return otherwise if isinstance(found, Unknown) or (boolean and not found) else found

    return default


def _test(node: nodes.Test) -> Ask:
    value = make(node.node)
    if node.name in ("defined", "undefined", "none"):
        wanted = node.name != "defined"
        return lambda scope: isinstance(value(scope), Unknown) is wanted
    if node.name not in OUR_TESTS:
        names = ", ".join(sorted(name for name in OUR_TESTS if name[0].isalpha()))
        raise NotAllowed(
            told("there is no test {name!r}", name=node.name),
            told("use one of {names}", names=names),
            node.name,
        )
    work = OUR_TESTS[node.name]
    arguments, named = _arguments(node)
    return lambda scope: worked(
        work, value(scope), *(ask(scope) for ask in arguments), **_asked(named, scope)
    )


def _call(node: nodes.Call) -> Ask:
    arguments, named = _arguments(node)
    if isinstance(node.node, nodes.Getattr) and node.node.attr in METHODS:
        method, subject = METHODS[node.node.attr], make(node.node.node)
        if named or len(arguments) != 1:
            raise NotAllowed(
                told("{method} takes one text", method=node.node.attr),
                "write such as lead.email.endswith('.edu')",
            )
        return lambda scope: worked(method, subject(scope), arguments[0](scope))
    if not isinstance(node.node, nodes.Name) or node.node.name not in FUNCTIONS:
        raise NotAllowed(
            "only the built-in functions can be called",
            told("use one of {names}", names=", ".join(FUNCTIONS)),
        )
    name = node.node.name
    allowed = FUNCTIONS[name]
    if not 1 <= len(arguments) + len(named) <= len(allowed) or not set(named) <= set(
        allowed[len(arguments) :]
    ):
        raise NotAllowed(
            told("{name} takes {arguments}", name=name, arguments=" and ".join(allowed)),
            told("write {name}({arguments})", name=name, arguments=", ".join(allowed)),
            name,
        )

    constants = [
        part.value
        for part in (*node.args, *(pair.value for pair in node.kwargs))
        if isinstance(part, nodes.Const)
    ]
    missing = Unknown(f"{name}({', '.join(map(repr, constants))})")

    def ask(scope: Scope) -> Any:
        function = scope.get(name)
        if function is None:
            return missing
        value = worked(function, *(ask(scope) for ask in arguments), **_asked(named, scope))
        return missing if value is None else value

    return ask


def _arguments(node: nodes.Call | nodes.Filter | nodes.Test) -> tuple[list[Ask], dict[str, Ask]]:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise NotAllowed("* and ** are not part of conditions", "write the arguments out")
    return [make(arg) for arg in node.args], {str(pair.key): make(pair.value) for pair in node.kwargs}


def _asked(named: dict[str, Ask], scope: Scope) -> dict[str, Any]:
    return {key: ask(scope) for key, ask in named.items()} if named else {}


MAKE: dict[type[nodes.Node], Callable[[Any], Ask]] = {
    nodes.Const: _const,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Name: _name,
    nodes.Getattr: _attribute,
    nodes.Getitem: _attribute,
    nodes.Compare: _compare,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.CondExpr: _choice,
    nodes.Add: _arithmetic(operator.add),
    nodes.Sub: _arithmetic(operator.sub),
    nodes.Mul: _arithmetic(operator.mul),
    nodes.Div: _arithmetic(operator.truediv),
    nodes.FloorDiv: _arithmetic(operator.floordiv),
    nodes.Mod: _arithmetic(operator.mod),
    nodes.Neg: _sign(operator.neg),
    nodes.Pos: _sign(operator.pos),
    nodes.Concat: _concat,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _call,
}
"""The language: every part that conditions have."""
