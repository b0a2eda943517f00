"""Typed edits of a mail, each as one splice of its text: what was not edited stays as it is, byte for byte.

    splice = edited(text, SetText(node=(1, 0), text="Dear {{ lead.first_name }},"))
    text = spliced(text, splice)                      # and inverse(text, splice) undoes it

An edit that would change more than it names, such as words that end their own element, is refused.
"""

import re

import msgspec
from jinja2.exceptions import TemplateSyntaxError

from nurture.content import edit as yaml_edit
from nurture.content.mjml.spans import LEXER, SpanKind
from nurture.content.outline import (
    Address,
    Node,
    NodeKind,
    Outline,
    is_paired,
    jinja_of,
    outline,
    same_length,
)
from nurture.content.places_in_mail import Where, around, beside, own_lines, unwrapped
from nurture.content.retyped import Splice, between, retyped, same_words, spliced
from nurture.errors import ProgrammeError

NAME = re.compile(r"[a-zA-Z][\w:-]*")


class SetText(msgspec.Struct, frozen=True, tag="text", tag_field="do"):
    """Write *text*, as it stands in a file, for the content of a node that holds no other nodes."""

    node: Address
    text: str


class SetAttribute(msgspec.Struct, frozen=True, tag="attribute", tag_field="do"):
    """Write an attribute of an element; None takes it out."""

    node: Address
    name: str
    value: str | None


class SetWords(msgspec.Struct, frozen=True, tag="words", tag_field="do"):
    """Write another condition of {% if %} or {% elif %}, or another list for {% for %}."""

    node: Address
    words: str


class Add(msgspec.Struct, frozen=True, tag="add", tag_field="do"):
    """Put whole elements beside a node, or at the end of what is in it."""

    node: Address
    text: str
    where: Where = "after"


class Delete(msgspec.Struct, frozen=True, tag="delete", tag_field="do"):
    """Take a node out, with its lines where it stands alone on them."""

    node: Address


class Duplicate(msgspec.Struct, frozen=True, tag="duplicate", tag_field="do"):
    """Put a copy of a node after it."""

    node: Address


class Move(msgspec.Struct, frozen=True, tag="move", tag_field="do"):
    """Let a node change places with the next *by* of its level, or with as many before it where that is negative."""

    node: Address
    by: int


class Wrap(msgspec.Struct, frozen=True, tag="wrap", tag_field="do"):
    """Show a node only where *words* hold."""

    node: Address
    words: str


class Unwrap(msgspec.Struct, frozen=True, tag="unwrap", tag_field="do"):
    """Take a condition or loop away and leave what is in it."""

    node: Address


class SetHead(msgspec.Struct, frozen=True, tag="head", tag_field="do"):
    """Write a value of the front matter, such as ('subject',) or ('links', 'docs'); None takes it out."""

    path: tuple[str, ...]
    value: str | None


class Retype(msgspec.Struct, frozen=True, tag="retype", tag_field="do"):
    """The whole text as somebody typed it in a field that shows every line end as a newline."""

    text: str


MailEdit = (
    SetText | SetAttribute | SetWords | Add | Delete | Duplicate | Move | Wrap | Unwrap | SetHead | Retype
)


class MailEditError(ProgrammeError):
    """An edit that does not fit the text."""


def edited(text: str, edit: MailEdit) -> Splice:
    """The splice that *edit* is. Raises MailEditError with what does not fit, and what to do."""
    match edit:
        case Retype():
            return retyped(text, edit.text)
        case SetHead():
            return _head(text, edit)
        case _:
            tree = outline(text)
            node = tree.find(edit.node)
            if node is None:
                raise MailEditError(
                    tree.problem or "there is nothing at this place any more; choose it again in the outline"
                )
            if not node.is_closed:
                raise MailEditError(f"<{node.name}> has no end; write </{node.name}> in its code first")
            splice = _of_node(tree, node, edit)
            _keeps_the_rest(tree, splice, edit)
            return splice


def _of_node(
    tree: Outline,
    node: Node,
    edit: SetText | SetAttribute | SetWords | Add | Delete | Duplicate | Move | Wrap | Unwrap,
) -> Splice:
    text = tree.text
    match edit:
        case SetText():
            if (
                node.children
                or node.is_empty
                or node.kind in (NodeKind.TAG, NodeKind.VALUE, NodeKind.COMMENT)
            ):
                raise MailEditError(f"{node.name or 'this'} holds no text of its own; choose what is in it")
            before = text[node.inner_start : node.inner_end]
            if not is_paired(edit.text) and is_paired(before):
                raise MailEditError("a condition or loop in it has lost its other half; write both")
            within = retyped(before, edit.text)
            return Splice(within.start + node.inner_start, within.end + node.inner_start, within.put)
        case SetAttribute():
            return _attribute(text, node, edit)
        case SetWords():
            return _words(text, node, edit.words)
        case Add():
            _is_whole(edit.text)
            if edit.where != "inside":
                return beside(text, node, edit.text, edit.where)
            if node.is_leaf or node.kind in (NodeKind.TAG, NodeKind.VALUE, NodeKind.COMMENT):
                raise MailEditError("this holds no other elements; add after it")
            return beside(text, node, edit.text, "inside")
        case Delete():
            start, end = own_lines(text, node)
            return Splice(start, end, "")
        case Duplicate():
            copy = text[node.start : node.end]
            put = around(text, node) + copy if own_lines(text, node) != (node.start, node.end) else copy
            return Splice(node.end, node.end, put)
        case Move():
            return _moved(tree, node, edit)
        case Wrap():
            _is_condition("if", edit.words)
            gap = around(text, node)
            put = f"{{% if {edit.words} %}}{gap}{text[node.start : node.end]}{gap}{{% endif %}}"
            return Splice(node.start, node.end, put)
        case Unwrap():
            if node.kind not in (NodeKind.CONDITION, NodeKind.LOOP):
                raise MailEditError("this is no condition and no loop")
            if any(child.kind is NodeKind.OTHERWISE for child in node.children):
                raise MailEditError("this has an 'else'; delete that first")
            return unwrapped(text, node)


def _attribute(text: str, node: Node, edit: SetAttribute) -> Splice:
    if node.kind is not NodeKind.ELEMENT:
        raise MailEditError("only an element has attributes")
    found = node.attribute(edit.name)
    if edit.value is None:
        if found is None:
            return Splice(node.start, node.start, "")
        start = found.start
        while text[start - 1].isspace():
            start -= 1
        return Splice(start, found.end, "")
    if not NAME.fullmatch(edit.name):
        raise MailEditError(f"{edit.name!r} is no name of an attribute")
    if found is not None and found.quote:
        within = between(text[found.value_start : found.value_end], _quoted(edit.value, found.quote))
        return Splice(within.start + found.value_start, within.end + found.value_start, within.put)
    whole = f'{edit.name}="{_quoted(edit.value, chr(34))}"'
    if found is not None:
        return Splice(found.start, found.end, whole)
    at = max((each.end for each in node.attributes), default=node.start + 1 + len(node.name))
    return Splice(at, at, f" {whole}")


def _quoted(value: str, quote: str) -> str:
    """*value* as it may stand between two *quote*: its own are written as entities, except those inside Jinja."""
    escaped = {'"': "&quot;", "'": "&#39;"}[quote]
    plain = same_length(value)
    return "".join(
        value[span.start : span.end]
        if span.kind is not SpanKind.DATA
        else value[span.start : span.end].replace(quote, escaped).replace("<", "&lt;")
        for span in jinja_of(plain)
    )


def _words(text: str, node: Node, words: str) -> Splice:
    if node.name not in ("if", "elif", "for"):
        raise MailEditError("this has no words to change")
    _is_condition(node.name, words)
    tag = re.match(r"\{%[-+]?\s*\w+(\s*)", text[node.start : node.inner_start])
    assert tag is not None, "the lexer has found the keyword there"
    start = node.start + tag.end()
    end = node.start + len(text[node.start : node.inner_start - 2].rstrip("-+ \t\r\n"))
    gap = "" if tag[1] else " "  # {%if(lead.company)%} has none
    return Splice(start, max(start, end), gap + words)


def _is_condition(keyword: str, words: str) -> None:
    """Raises MailEditError where *words* would not be one tag of Jinja."""
    opening = {"for": "{% for " + words + " %}{% endfor %}"}.get(keyword, "{% if " + words + " %}{% endif %}")
    try:
        LEXER.parse(opening)
    except TemplateSyntaxError as error:
        raise MailEditError(f"{words!r} is no condition: {error.message}") from None
    if "%}" in words or "\n" in words:
        raise MailEditError("a condition is one line of Jinja, without its brackets")


def _moved(tree: Outline, node: Node, edit: Move) -> Splice:
    text = tree.text
    parent = tree.find(edit.node[:-1])
    siblings = tree.nodes if parent is None else parent.children
    own, index = edit.node[-1], edit.node[-1] + edit.by
    if not 0 <= index < len(siblings) or not edit.by:
        raise MailEditError("there is no place further in this direction")
    passed = siblings[own + 1 : index + 1] if edit.by > 0 else siblings[index:own]
    for each in (node, *passed):
        if each.kind is NodeKind.OTHERWISE or (each.kind is NodeKind.TAG and each.name != "include"):
            raise MailEditError(f"'{each.name}' keeps its place")
    spans = [(node.start, node.end), (passed[0].start, passed[-1].end)]
    (start, first_end), (second, end) = sorted(spans)
    return Splice(start, end, text[second:end] + text[first_end:second] + text[start:first_end])


def _is_whole(text: str) -> None:
    """Raises MailEditError where *text* is not made of whole elements."""
    tree = outline(text)
    alone = outline(f"<mj-raw>{text}</mj-raw>")
    if tree.front or tree.problem or not tree.nodes or len(alone.nodes) != 1:
        raise MailEditError(tree.problem or "what is added has to be whole elements")
    for _, node in tree.walk():
        closes = same_length(text)[: node.end].endswith((f"</{node.name}>", "/>"))
        if node.kind is NodeKind.ELEMENT and not closes:
            raise MailEditError(f"<{node.name}> has no end; write </{node.name}>")
        if node.kind is NodeKind.TAG and node.name not in ("include", "set"):
            raise MailEditError(f"'{node.name}' stands alone; add it with its other half")


def _keeps_the_rest(tree: Outline, splice: Splice, edit: MailEdit) -> None:
    """Raises MailEditError where the tags outside the splice would come to mean something else."""
    if splice.is_nothing:
        return
    after = outline(spliced(tree.text, splice))
    shift = len(splice.put) - (splice.end - splice.start)
    put = Splice(splice.start, splice.start + len(splice.put), "")
    if after.problem or not _kept(tree, splice, 0) <= _kept(after, put, shift):
        raise MailEditError(
            "that would change what stands around it: a tag or a brace in it has lost its other half"
        )
    if isinstance(edit, SetText):
        node = after.find(edit.node)
        if (
            node is None
            or node.children
            or not same_words(after.text[node.inner_start : node.inner_end], edit.text)
        ):
            raise MailEditError("the text would end its own element; write &lt; for <")


def _kept(tree: Outline, splice: Splice, shift: int) -> set[tuple[NodeKind, str, int, int]]:
    """Every node that the splice lies outside of, or wholly inside of: its kind, name, and place less *shift*."""
    found = set()
    for _, node in tree.walk():
        if node.end <= splice.start:
            found.add((node.kind, node.name, node.start, node.end))
        elif node.start >= splice.end:
            found.add((node.kind, node.name, node.start - shift, node.end - shift))
        elif node.start < splice.start and splice.end < node.end:
            found.add((node.kind, node.name, node.start, node.end - shift))
    return found


def _head(text: str, edit: SetHead) -> Splice:
    front = outline(text).front
    if front is None:
        raise MailEditError("the file has no front matter; begin it with a line '---' and 'subject: ...'")
    start, end = front
    before = text[start:end]
    change = yaml_edit.Remove(edit.path) if edit.value is None else _write(before, edit.path, edit.value)
    try:
        within = between(before, yaml_edit.apply(before, [change]))
    except yaml_edit.EditError as error:
        raise MailEditError(str(error)) from None
    splice = Splice(within.start + start, within.end + start, within.put)
    after = outline(spliced(text, splice))
    if after.front is None or after.body - after.front[1] != outline(text).body - end:
        raise MailEditError("the value would end the front matter; write it without a line of dashes")
    return splice


def _write(front: str, path: tuple[str, ...], value: str) -> yaml_edit.Edit:
    try:
        yaml_edit.apply(front, [yaml_edit.Remove(path)])
    except yaml_edit.EditError:
        return yaml_edit.Insert(path, value)
    return yaml_edit.Replace(path, value)
