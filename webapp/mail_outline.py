"""A mail's outline as its editor draws it: each node with what it is called, what it says, and what of it can be edited."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from nurture.content.mjml.spans import SpanKind
from nurture.content.outline import Address, Node, NodeKind, Outline, jinja_of, same_length
from nurture.content.printing import data_of
from nurture.content.yaml_reader import parse
from webapp.said import said

TITLES = {
    "mjml": "Mail", "mj-head": "Head", "mj-body": "Body", "mj-section": "Section", "mj-column": "Column",
    "mj-group": "Group", "mj-wrapper": "Wrapper", "mj-hero": "Hero", "mj-text": "Text", "mj-button": "Button",
    "mj-image": "Image", "mj-divider": "Divider", "mj-spacer": "Space", "mj-table": "Table", "mj-raw": "HTML",
    "mj-social": "Social links", "mj-social-element": "Social link", "mj-navbar": "Menu", "mj-navbar-link": "Menu link",
    "mj-accordion": "Accordion", "mj-carousel": "Carousel", "mj-style": "Style", "mj-preview": "Preheader",
    "mj-title": "Title", "mj-attributes": "Defaults", "mj-font": "Font", "mj-class": "Class", "mj-all": "All",
}  # fmt: skip
BRACKETS = {"if": "If", "elif": "Else if", "else": "Else", "for": "For each"}
EXCERPT = 60
FIELD = re.compile(r"\{\{-?\s*(?:lead\.)?([\w.]+).*?\}\}", re.DOTALL)


class Drawn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node.

    at          its address.
    says        an excerpt of what it says, or its condition.
    text        its content as written, where that can be edited; else None.
    attributes  as written, in their order.
    parts       where it ends and which of its deeds make sense: see the editor.
    """

    at: Address
    kind: NodeKind
    name: str
    title: str
    says: str = ""
    text: str | None = None
    attributes: dict[str, str] = {}
    children: "tuple[Drawn, ...]" = ()
    holds: bool = False
    stays: bool = False


def drawn(tree: Outline, nodes: Sequence[Node] | None = None, above: Address = ()) -> tuple[Drawn, ...]:
    """The nodes of *tree* as the editor draws them."""
    nodes = tree.nodes if nodes is None else nodes
    return tuple(_drawn(tree, node, (*above, index)) for index, node in enumerate(nodes))


def _drawn(tree: Outline, node: Node, at: Address) -> Drawn:
    text = tree.text
    tag = text[node.start : node.inner_start]
    inner = text[node.inner_start : node.inner_end]
    alone = node.kind in (NodeKind.TAG, NodeKind.VALUE, NodeKind.COMMENT)
    editable = not (alone or node.children or node.is_empty) and (
        node.is_leaf or (node.kind is NodeKind.BLOCK and bool(inner.strip()))
    )
    return Drawn(
        at=at,
        kind=node.kind,
        name=node.name,
        title=said(_title(node, tag)),
        says=_says(node, tag, inner if editable else ""),
        text=inner if editable else None,
        attributes={each.name: text[each.value_start : each.value_end] for each in node.attributes},
        children=drawn(tree, node.children, at),
        holds=not (alone or node.is_leaf or editable),
        stays=node.kind is NodeKind.OTHERWISE or (node.kind is NodeKind.TAG and node.name != "include"),
    )


def _title(node: Node, tag: str) -> str:
    match node.kind:
        case NodeKind.ELEMENT:
            return TITLES.get(node.name, node.name)
        case NodeKind.CONDITION | NodeKind.OTHERWISE | NodeKind.LOOP:
            return BRACKETS[node.name]
        case NodeKind.BLOCK:
            return _words(tag).capitalize() or "Block"
        case NodeKind.COMMENT:
            return "Comment"
        case NodeKind.VALUE:
            return "Value"
        case NodeKind.TAG:
            return {"extends": "Layout", "include": "Shared block"}.get(
                node.name, node.name.capitalize() or "Tag"
            )


def _says(node: Node, tag: str, inner: str) -> str:
    match node.kind:
        case NodeKind.CONDITION | NodeKind.OTHERWISE | NodeKind.LOOP:
            return _words(tag)
        case NodeKind.TAG if node.name in ("extends", "include"):
            return re.sub(r"mail/|\.mjml|[\"']", "", _words(tag))
        case NodeKind.COMMENT:
            return tag.strip("{#-!<> \n")[:EXCERPT]
        case NodeKind.VALUE | NodeKind.TAG:
            return excerpt(tag)
        case NodeKind.ELEMENT if node.name == "mj-image":
            found = re.search(r"alt=\"([^\"]*)\"", tag) or re.search(r"src=\"[^\"]*?([^/\"]*)\"", tag)
            return found[1] if found else ""
        case _:
            return excerpt(inner)


def _words(tag: str) -> str:
    """What a tag of Jinja says behind its keyword."""
    return re.sub(r"^\{%[-+]?\s*\w+\s*|\s*[-+]?%\}$", "", tag)


def excerpt(source: str) -> str:
    """What *source* says, without tags, a value by the name of its field."""
    plain = FIELD.sub(lambda found: "‹" + found[1].rpartition(".")[2].replace("_", " ") + "›", source)
    plain = "".join(
        plain[span.start : span.end] for span in jinja_of(same_length(plain)) if span.kind is SpanKind.DATA
    )
    words = " ".join(re.sub(r"<[^>]*>", " ", plain).replace("&nbsp;", " ").replace("&amp;", "&").split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"


def head_of(tree: Outline) -> dict[str, Any] | None:
    """The front matter as plain values; None where there is none or it cannot be read."""
    if tree.front is None:
        return None
    root, problems = parse(tree.text[slice(*tree.front)], "front matter")
    found = None if root is None or problems else data_of(root)
    return found if isinstance(found, dict) else None


def units(text: str, offset: int) -> int:
    """Where a browser counts *offset*, in UTF-16."""
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


def offset_of(text: str, line: int, column: int) -> int:
    """The character at *line* and *column*, both from 1."""
    lines = same_length(text).split("\n")
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
