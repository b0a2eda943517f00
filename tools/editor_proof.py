"""Proves that the mail editor loses nothing: `make editor-proof`, or `python -m tools.editor_proof EDITS [FOLDER ...]`.

Every file is opened and saved without an edit, then edited at random places in random ways, each edit on what the one
before it left. Each must change nothing but its own span, undo to the bytes before, and leave every other node as it was;
at the end all of them are undone, and the file is what it was.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter

import msgspec

from nurture.content.mail_edits import (
    Add,
    Delete,
    Duplicate,
    MailEdit,
    MailEditError,
    Move,
    Retype,
    SetAttribute,
    SetHead,
    SetText,
    SetWords,
    Unwrap,
    Wrap,
    edited,
)
from nurture.content.outline import Address, Node, NodeKind, Outline, outline
from nurture.content.places_in_mail import Where, own_lines
from nurture.content.retyped import Splice, inverse, retyped, spliced

EDITS = 1_000
SIZE_MAX = 100_000
"""Characters up to which a file may grow: duplicates of duplicates would only slow the rest down."""
ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "campaigns", ROOT / "templates")
WORDS = (
    "Zürich",
    "🚀 up",
    "a &amp; b",
    "{{ lead.company|default('you', true) }}",
    "<b>bold</b>",
    "two\nlines",
    "",
)
ADDED = (
    "<mj-text>new</mj-text>",
    "<mj-spacer />",
    "<mj-button>\n  Go\n</mj-button>",
    "{# later #}",
    '{% include "x" %}',
)
CONDITIONS = ("lead.temperature == 'hot'", "lead.company", "lead.persona in ['a', 'b']")


def main() -> None:
    """Print what was proven; exit with the first file and edit that disprove it."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else EDITS
    paths = sorted(files([*SHIPPED, *map(Path, sys.argv[2:])]))
    made: Counter[str] = Counter()
    began = perf_counter()
    for path in paths:
        text = path.read_bytes().decode()
        assert opened_and_saved(text) == text, f"{path}: saving it unedited changes it"
        try:
            made += proven(text, edits, seed=path.name)
        except Exception as error:
            error.add_note(f"in {path}")
            raise
    done = sum(count for name, count in made.items() if name != "refused")
    print(f"{len(paths)} files saved unedited: not a byte differs")
    print(f"{done} edits, each within its span and undone to the byte, in {perf_counter() - began:.0f} s:")
    print(", ".join(f"{name} {count}" for name, count in sorted(made.items())))


def files(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from folder.rglob("*.mjml")


def opened_and_saved(text: str) -> str:
    """*text* after a page showed it in a field, and a browser sent that back with its own line ends."""
    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    return spliced(text, retyped(text, shown.replace("\n", "\r\n")))


def proven(text: str, edits: int, *, seed: str) -> Counter[str]:
    """How many edits of each kind were made and undone. Raises AssertionError at one that does more than it says."""
    random, made = Random(seed), Counter[str]()  # noqa: S311 - the same edits each time
    now, undo = text, list[Splice]()
    while sum(made.values()) < edits:
        tree = outline(now)
        edit = any_edit(random, tree)
        name = type(edit).__name__
        try:
            splice = edited(now, edit)
        except MailEditError:
            made["refused"] += 1
            continue
        after = spliced(now, splice)
        if isinstance(edit, Retype):
            assert splice.start == splice.end, f"{seed}: typing took something away"
        else:
            low, high = span_of(tree, edit)
            assert low <= splice.start <= splice.end <= high, f"{seed}: {edit} reaches to {splice}"
            changed = splice.start, splice.start + len(splice.put)
            assert others(tree, splice.start, splice.end) <= others(outline(after), *changed), (
                f"{seed}: {edit} changes other nodes"
            )
        back = inverse(now, splice)
        assert spliced(after, back) == now, f"{seed}: {edit} is not undone"
        made[name] += 1
        if len(after) < SIZE_MAX:
            now, undo = after, [*undo, back] if len(undo) < edits else undo
    for back in reversed(undo):
        now = spliced(now, back)
    assert now == text, f"{seed}: all edits undone do not give the file"
    return made


class Spot(msgspec.Struct, frozen=True):
    """Where somebody edits."""

    random: Random
    tree: Outline
    address: Address
    node: Node


def any_edit(random: Random, tree: Outline) -> MailEdit:
    """One of the ways in which a person edits, at one of the places there are."""
    places = list(tree.walk())
    if not places or (tree.front and random.random() < 0.1):
        return head(random, tree)
    return random.choice(WAYS)(Spot(random, tree, *random.choice(places)))


def head(random: Random, tree: Outline) -> MailEdit:
    if tree.front is None:
        return Retype(tree.text + random.choice(WORDS))
    path: tuple[str, ...] = random.choice(
        [("subject",), ("preheader",), ("links", "new"), ("variants", "b", "subject")]
    )
    return SetHead(path, random.choice([*WORDS[:5], "yes", "it's: “quoted” #1", None]))


def attribute(spot: Spot) -> MailEdit:
    names = [each.name for each in spot.node.attributes] or ["color"]
    name = spot.random.choice([*names, "padding", "css-class"])
    value = spot.random.choice(["#123456", 'say "so"', "{{ link('docs') }}", None])
    return SetAttribute(spot.address, name, value)


def retype(spot: Spot) -> MailEdit:
    text = spot.tree.text
    cut = spot.random.randint(spot.node.start, spot.node.end)
    return Retype((text[:cut] + spot.random.choice(WORDS) + text[cut:]).replace("\r\n", "\n"))


def add(spot: Spot) -> MailEdit:
    where: Where = spot.random.choice(("before", "after", "inside"))
    return Add(spot.address, spot.random.choice(ADDED), where)


WAYS: tuple[Callable[[Spot], MailEdit], ...] = (
    lambda spot: SetText(spot.address, spot.random.choice(WORDS)),
    attribute,
    lambda spot: SetWords(spot.address, spot.random.choice(CONDITIONS)),
    add,
    lambda spot: Delete(spot.address),
    lambda spot: Duplicate(spot.address),
    lambda spot: Move(spot.address, spot.random.choice((-3, -1, 1, 2))),
    lambda spot: Wrap(spot.address, spot.random.choice(CONDITIONS)),
    lambda spot: Unwrap(spot.address),
    retype,
)


def span_of(tree: Outline, edit: MailEdit) -> tuple[int, int]:
    """Where *edit* may change something: its node, with its neighbour for a move, or the front matter."""
    assert not isinstance(edit, Retype)
    if isinstance(edit, SetHead):
        assert tree.front is not None
        return tree.front
    node = tree.find(edit.node)
    assert node is not None
    if isinstance(edit, Delete):
        return own_lines(tree.text, node)
    if isinstance(edit, Move):
        other = tree.find((*edit.node[:-1], edit.node[-1] + edit.by))
        assert other is not None
        return min(node.start, other.start), max(node.end, other.end)
    return node.start, node.end


def others(tree: Outline, start: int, end: int) -> Counter[tuple[NodeKind, str, str]]:
    """Every node that lies wholly outside [start, end), as it is written."""
    return Counter(
        (node.kind, node.name, tree.text[node.start : node.end])
        for _, node in tree.walk()
        if node.end <= start or node.start >= end
    )


if __name__ == "__main__":
    main()
