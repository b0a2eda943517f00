"""What a mail asks of its lead: fields that exist, and something to say where a field is not known."""

from collections.abc import Collection, Iterator, Sequence

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from nurture.content.flat import Flat
from nurture.content.mjml.spans import Span, SpanKind
from nurture.content.problems import Problem
from nurture.content.promises import GIVEN
from nurture.content.scalars import did_you_mean
from nurture.content.segments import inside, parse_expression

ALWAYS_KNOWN = frozenset(
    {"email", "created_at", "stage", "temperature", "grade", "fit_score", "interest_score", "completeness"}
)
"""Built-in fields that every mailed lead has."""
OWNER_FIELDS = frozenset({"name", "title", "phone", "address"})
"""What a mail may say of the lead's rep, who may be nobody, or say no more than an address."""


def lint_fields(
    flat: Flat,
    jinja: Sequence[Span],
    *,
    fields: Collection[str] | None,
    sure: Collection[str] = ALWAYS_KNOWN,
    given: Collection[str] = GIVEN,
) -> Iterator[Problem]:
    """The problems of the expressions of *flat*.

    fields  every field that a lead may have; None asks nothing about names.
    sure    the fields that are known of every lead.
    given   the names that the mail may use.
    """
    reader = _Reader(flat, fields, frozenset(sure), given)
    for span in jinja:
        yield from reader.span(span)


def fields_said(text: str, jinja: Sequence[Span]) -> frozenset[str]:
    """The fields of the lead whose values the {{ ... }} among the spans of *text* may write, with a fallback or without."""
    shown = (span for span in jinja if span.kind is SpanKind.VARIABLE)
    trees = (_parsed(inside(text[span.start : span.end])) for span in shown)
    found = (_field(each) for tree in trees if tree for each in (tree, *tree.find_all(nodes.Getattr)))
    return frozenset(field for field in found if field is not None and not field.startswith(OWNER))


class _Reader:
    """Goes through the spans in order, knowing what the conditions around have made sure."""

    def __init__(
        self, flat: Flat, fields: Collection[str] | None, sure: frozenset[str], given: Collection[str]
    ) -> None:
        self.flat, self.fields = flat, fields
        self.known = [sure]
        self.names = [set(given)]

    def span(self, span: Span) -> Iterator[Problem]:
        written = inside(self.flat.text[span.start : span.end])
        match span.kind, span.keyword:
            case SpanKind.VARIABLE, _:
                yield from self._expression(span, written, shown=True)
            case SpanKind.BLOCK, "if" | "elif":
                if span.keyword == "elif":
                    self._leave()
                condition = written.removeprefix(span.keyword)
                yield from self._expression(span, condition, shown=False)
                self._enter(_made_sure(_parsed(condition)))
            case SpanKind.BLOCK, "else":
                self._leave()
                self._enter(frozenset())
            case SpanKind.BLOCK, "for":
                targets, _, items = written.removeprefix("for").partition(" in ")
                yield from self._expression(span, items.partition(" if ")[0], shown=False)
                self._enter(frozenset())
                self.names[-1] |= {name.strip() for name in targets.split(",")} | {"loop"}
            case SpanKind.BLOCK, "endif" | "endfor":
                self._leave()
            case SpanKind.BLOCK, "set":
                target, _, value = written.removeprefix("set").partition("=")
                yield from self._expression(span, value, shown=True)
                self.names[-1].add(target.strip())
            case _:
                return

    def _enter(self, sure: frozenset[str]) -> None:
        self.known.append(self.known[-1] | sure)
        self.names.append(set(self.names[-1]))

    def _leave(self) -> None:
        if len(self.known) > 1:
            self.known.pop()
            self.names.pop()

    def _expression(self, span: Span, source: str, *, shown: bool) -> Iterator[Problem]:
        tree = _parsed(source)
        if tree is None:
            return
        for name in {
            each.name for each in (tree, *tree.find_all(nodes.Name)) if isinstance(each, nodes.Name)
        }:
            if name not in self.names[-1]:
                found = f"there is no {name!r} in a mail"
                yield self.flat.problem(span.start, found, did_you_mean(name, self.names[-1]))
        asked = {field for each in (tree, *tree.find_all(nodes.Getattr)) if (field := _field(each))}
        for field in sorted(asked):
            known, whose = (OWNER_KEYS, "an owner") if field.startswith(OWNER) else (self.fields, "a lead")
            if known is not None and field not in known:
                found = f"{whose} has no field {field.removeprefix(OWNER)!r}"
                yield self.flat.problem(span.start, found, did_you_mean(field, known))
        if shown:
            for field in sorted(_bare(tree) - self.known[-1]):
                if self.fields is None or field in self.fields or field in OWNER_KEYS:
                    found = f"{field!r} is not known of every lead, and then the mail cannot be sent"
                    written = field if field.startswith(OWNER) else f"lead.{field}"
                    remedy = f"say something else then: {{{{ {written}|default('…', true) }}}}"
                    yield self.flat.problem(span.start, found, remedy)


def _parsed(source: str) -> nodes.Expr | None:
    try:
        return parse_expression(source)
    except TemplateSyntaxError:
        return None  # reported where the whole is read


OWNER = "owner."
OWNER_KEYS = frozenset(OWNER + field for field in OWNER_FIELDS)


def _field(node: nodes.Node) -> str | None:
    """The field that is asked, of the lead 'first_name', of its owner 'owner.name'; None for any other expression."""
    match node:
        case nodes.Getattr(node=nodes.Name(name="lead"), attr=str(field)):
            return field
        case nodes.Getattr(node=nodes.Name(name="owner"), attr=str(field)):
            return OWNER + field
    return None


def _bare(node: nodes.Node) -> set[str]:
    """The fields whose value *node* would write, where nothing stands in for an unknown one."""
    field = _field(node)
    if field is not None:
        return {field}
    match node:
        case nodes.Filter(name="default" | "d") | nodes.Test() | nodes.Compare() | nodes.Call():
            return set()
        case nodes.CondExpr(test=test, expr1=first, expr2=second):
            return (_bare(first) - _made_sure(test)) | (_bare(second) if second is not None else set())
        case nodes.Or(left=left, right=right):
            return _bare(right) if _field(left) else _bare(left) | _bare(right)
    return set().union(*(_bare(child) for child in node.iter_child_nodes()))


def _made_sure(test: nodes.Node | None) -> frozenset[str]:
    """The fields that are known wherever *test* holds."""
    field = _field(test) if test is not None else None
    if field is not None:
        return frozenset({field})
    match test:
        case nodes.And(left=left, right=right):
            return _made_sure(left) | _made_sure(right)
        case nodes.Or(left=left, right=right):
            return _made_sure(left) & _made_sure(right)
        case nodes.Test(node=inner, name=name) if name != "undefined":
            return _made_sure(inner)
        case nodes.Filter(node=nodes.Expr() as inner, name=name) if name not in ("default", "d"):
            return _made_sure(inner)
        case nodes.Compare(expr=expr, ops=ops) if all(op.op not in ("ne", "notin") for op in ops):
            return _made_sure(expr).union(*(_made_sure(op.expr) for op in ops))
    return frozenset()
