"""What the template language leaves out, and how much work one template may be, whatever its values (SEC2).

A lead's values choose among branches, so trying a template proves nothing about the branch that was not taken. What
stands here holds for all of them: it is counted in the tree, loops by their most turns, before anything runs.
"""

from typing import NoReturn

from jinja2 import nodes
from jinja2.exceptions import TemplateAssertionError

from nurture.content.filters import LOOP_TURNS

LOOP_DEPTH = 2
WORK_MAX = 100_000
"""Parts of expressions that one rendering may ask for: some 0.1 seconds."""
EXPRESSION_MAX = 500
"""Parts of one expression: each may be a text of TEXT_MAX characters."""
HIDDEN_NAMES = frozenset({"self", "super", "caller", "varargs", "kwargs"})

REFUSED = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Import,
    nodes.FromImport,
    nodes.FilterBlock,
    nodes.AssignBlock,
    nodes.ScopedEvalContextModifier,
    nodes.With,
)


def refuse(tree: nodes.Template) -> None:
    """Refuse what the language leaves out, and have what is kept and looped over bounded when it runs.

    Raises TemplateAssertionError with the line.
    """
    _refuse(tree, depth=0)
    _work(tree)


def _refuse(node: nodes.Node, *, depth: int) -> None:
    if isinstance(node, REFUSED):
        _fail(node, "only if, for, set, block, extends and include are allowed in a mail")
    if isinstance(node, nodes.Pow):
        _fail(node, "powers (**) are not allowed; write the number")
    if isinstance(node, nodes.For):
        depth += 1
        if depth > LOOP_DEPTH or node.recursive:
            _fail(node, f"loops may be {LOOP_DEPTH} deep and not recursive; write the inner one out")
        node.iter = _bounded(node.iter, "within_loop")
    if isinstance(node, nodes.Assign):
        node.node = _bounded(node.node, "to_keep")
    if isinstance(node, nodes.Name) and node.name in HIDDEN_NAMES:
        _fail(node, f"'{node.name}' is not a name that a mail may use")
    for child in node.iter_child_nodes():
        _refuse(child, depth=depth)


def _bounded(value: nodes.Node, how: str) -> nodes.Filter:
    assert isinstance(value, nodes.Expr)
    return nodes.Filter(value, how, [], [], None, None, lineno=value.lineno)


def _work(node: nodes.Node) -> int:
    """The most parts that rendering *node* asks for: every branch, and each loop with all its turns."""
    if isinstance(node, nodes.Expr):
        work = 1 + sum(_work(child) for child in node.iter_child_nodes())
        if work > EXPRESSION_MAX:
            _fail(node, f"the expression has more than {EXPRESSION_MAX} parts; write it more simply")
        return work
    if isinstance(node, nodes.For):
        each = 1 + sum(_work(child) for child in (*node.body, *([node.test] if node.test else ())))
        work = _work(node.iter) + _turns(node.iter) * each + sum(_work(child) for child in node.else_)
    else:
        work = sum(_work(child) for child in node.iter_child_nodes())
    if work > WORK_MAX:
        _fail(
            node, f"this may ask for {work:,} parts of expressions, expected at most {WORK_MAX:,}; loop less"
        )
    return work


def _turns(items: nodes.Node) -> int:
    match items:
        case nodes.Filter(name="within_loop", node=nodes.Node() as inner):
            return _turns(inner)
        case nodes.List(items=found) | nodes.Tuple(items=found):
            return len(found)
    return LOOP_TURNS


def _fail(node: nodes.Node, message: str) -> NoReturn:
    raise TemplateAssertionError(message, node.lineno)
