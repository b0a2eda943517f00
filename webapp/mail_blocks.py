"""Which element of a previewed mail is which block of its outline: `data-at="2.1"` on what a browser shows, nothing else changed.

The mail is made twice: as it is, and with a class on each block. Where both have the same tags, the first gets the addresses
that the classes of the second tell. The second is never shown: a block with a class of its own loses the one that it has from
`mj-class`, and would look different from what is sent.
"""

import re
from collections.abc import Iterator

from nurture.content.mjml.schema import ATTRIBUTES
from nurture.content.outline import Address, Node, NodeKind, Outline, outline
from nurture.content.retyped import Splice, spliced

SIGN = "nurture-at-"
UNSEEN = frozenset(("mjml", "mj-body", "mj-raw"))
"""Elements that a browser shows no box of."""
TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>")
SIGNED = re.compile(rf"(?<![\w-]){SIGN}(\d+(?:-\d+)*)(?![\w-])")


def signed(text: str) -> str:
    """The mail *text* with a class on each block, which tells its address."""
    splices = [_sign(address, node) for address, node in _blocks(outline(text))]
    for splice in sorted(splices, key=lambda each: each.start, reverse=True):
        text = spliced(text, splice)
    return text


def with_addresses(html: str, told: str) -> str:
    """*html* with an address on each element that has one in *told*, what ``signed`` was made into; or as it is, where they differ."""
    tags, others = list(TAG.finditer(html)), list(TAG.finditer(told))
    if [tag[1] for tag in tags] != [tag[1] for tag in others]:
        return html
    pieces, done = [], 0
    for tag, other in zip(tags, others, strict=True):
        if (found := SIGNED.search(other[2])) is not None:
            pieces += [html[done : tag.end(1)], f' data-at="{found[1].replace("-", ".")}"']
            done = tag.end(1)
    return "".join([*pieces, html[done:]])


def _blocks(tree: Outline) -> Iterator[tuple[Address, Node]]:
    """The elements of *tree* that stand in a mail's body and can take a class."""
    heads: list[Node] = []
    for address, node in tree.walk():
        if node.name == "mj-head":
            heads.append(node)
        shows = node.kind is NodeKind.ELEMENT and node.name in ATTRIBUTES and node.name not in UNSEEN
        if shows and not any(head.start <= node.start < head.end for head in heads):
            has = node.attribute("css-class")
            if has is None or has.quote:
                yield address, node


def _sign(address: Address, node: Node) -> Splice:
    sign = SIGN + "-".join(map(str, address))
    has = node.attribute("css-class")
    if has is not None:
        return Splice(has.value_end, has.value_end, f" {sign}")
    at = node.start + 1 + len(node.name)
    return Splice(at, at, f' css-class="{sign}"')
