"""A part of a mail as a file of its own, which the mail and others put in: {% include "mail/<name>.mjml" %}.

The words of the part stand in the new file as they stood in the mail, so that what the mail is compiled from stays the same.
"""

import re

import msgspec
from jinja2 import meta
from jinja2.exceptions import TemplateError

from nurture.content.catalog import TEMPLATES
from nurture.content.mail_edits import MailEditError
from nurture.content.mjml.spans import LEXER
from nurture.content.outline import Address, Node, NodeKind, Outline, outline, same_length
from nurture.content.promises import GIVEN
from nurture.content.retyped import Splice, spliced
from nurture.content.splices import line_break

FOLDER = "mail/"
NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
PAGE_PARTS = frozenset(
    {"mjml", "mj-head", "mj-body", "mj-attributes", "mj-style", "mj-font", "mj-class", "mj-breakpoint"}
)
"""What a partial that is a block to put in does not hold."""
SHARED_KINDS = (NodeKind.ELEMENT, NodeKind.CONDITION, NodeKind.LOOP)


class SharedBlock(msgspec.Struct, frozen=True):
    """*text* for the new file at *path*, and the splice that puts the include in the place of it in the mail."""

    path: str
    text: str
    splice: Splice

    @property
    def name(self) -> str:
        """As mails include it."""
        return self.path.removeprefix(TEMPLATES)


def block_path(called: str) -> str:
    """The path of the file of a block that people call so. Raises MailEditError for a name without a letter first."""
    name = re.sub(r"[^a-z0-9]+", "-", called.strip().lower()).strip("-")
    if not NAME.fullmatch(name):
        raise MailEditError("name it in letters and digits, a letter first, such as 'case study'")
    return f"{TEMPLATES}{FOLDER}{name}.mjml"


def shared_block(text: str, at: Address, called: str) -> SharedBlock:
    """The node at *at* of the mail *text* as a shared block. Raises MailEditError with what keeps it from being one."""
    tree = outline(text)
    node = tree.find(at)
    if node is None:
        raise MailEditError(
            tree.problem or "there is nothing at this place any more; choose it again in the outline"
        )
    path = block_path(called)
    _can_be_shared(tree, node, at)
    include = f'{{% include "{path.removeprefix(TEMPLATES)}" %}}'
    splice = Splice(node.start, node.end, include)
    put = outline(spliced(text, splice)).find(at)
    if put is None or (put.kind, put.name) != (NodeKind.TAG, "include"):
        raise MailEditError("that would change what stands around it; look at it in the code")
    return SharedBlock(path, text[node.start : node.end] + line_break(text), splice)


def _can_be_shared(tree: Outline, node: Node, at: Address) -> None:
    if node.kind not in SHARED_KINDS or not node.is_closed:
        raise MailEditError("only an element, a condition or a loop can be a block; choose one of them")
    for own in (node, *(each for each in _below(node))):
        if own.name in PAGE_PARTS:
            raise MailEditError(f"<{own.name}> is a part of the whole mail; choose something in it")
        if own.kind is NodeKind.BLOCK or own.name == "extends":
            raise MailEditError(f"it holds {{% {own.name} %}}, which belongs to the layout; choose less")
    missing = sorted(_names(same_length(tree.text)[node.start : node.end]) - GIVEN)
    if "super" in missing:
        raise MailEditError("super() stands for what the layout says there, which no other place can say")
    if missing:
        loops = (tree.find(at[:depth]) for depth in range(1, len(at)))
        is_looped = any(each is not None and each.kind is NodeKind.LOOP for each in loops)
        whence = "by the loop around it; save the whole loop" if is_looped else "outside of it"
        raise MailEditError(f"it uses {missing[0]!r}, which is given {whence}, or write it without")


def _below(node: Node) -> list[Node]:
    return [each for child in node.children for each in (child, *_below(child))]


def _names(source: str) -> set[str]:
    """The names that *source* uses and does not give itself."""
    try:
        return meta.find_undeclared_variables(LEXER.parse(source))
    except TemplateError as error:
        raise MailEditError(f"its Jinja cannot be read: {error.message}") from None
