"""Template inheritance resolved before anything else, with a line map back into the author's files.

``{% extends %}``, ``{% block %}``, ``{{ super() }}`` and ``{% include %}`` are gone from what :func:`flatten` returns;
every other character stands as some author wrote it, and ``Flat.at`` says where.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from jinja2.exceptions import TemplateSyntaxError

from nurture.content.flat import Flat, Piece, Source, alone, joined
from nurture.content.mails import MailFile
from nurture.content.mjml.spans import Span, SpanKind, spans

DEPTH_MAX = 10
"""Layouts that extend layouts, and partials that include partials."""
SIZE_MAX = 512 * 1024
"""Characters after flattening (SEC2)."""
PARTS_MAX = 1_000
"""Blocks and partials put in; without a bound, partials that include each other twice double ten times over."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000\ufffe\uffff]")
TEXT_BLOCK = "text"
"""The block that holds a mail's own plain text; it is never part of the HTML."""


class Flattened(msgspec.Struct, frozen=True):
    """A mail's body, and its own plain text if it has written one."""

    html: Flat
    text: Flat | None


def flatten(mail: MailFile, templates: Mapping[str, str]) -> Flattened:
    """The body of *mail* with every layout and partial of *templates* put in. Raises ProgrammeError."""
    reader = _Reader(templates)
    source = Source(mail.path, normal(mail.body), mail.body_line)
    chain = reader.chain(source)
    blocks = _blocks(chain)
    text = blocks.pop(TEXT_BLOCK, None)
    pieces = list(_bounded(reader.pieces(chain[-1], blocks), source))
    html = joined(pieces or [Piece(source, 0, 0)])
    return Flattened(html, joined(_bounded(reader.overridable(text, blocks), source)) if text else None)


# ---------------------------------------------------------------- reading


class _Block(msgspec.Struct):
    """A block, or a whole template: its spans and inner blocks in order."""

    name: str
    source: Source
    children: list["Span | _Block"]
    extends: Span | None = None


class _Reader:
    """Reads templates by name from a mapping; there is no path that leads anywhere else."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates
        self.parts = 0

    def chain(self, source: Source) -> list[_Block]:
        """*source* and the layouts that it extends, the outermost last."""
        found = [_parsed(source)]
        while (tag := found[-1].extends) is not None:
            child = found[-1]
            if len(found) > DEPTH_MAX:
                raise child.source.problem(
                    tag.start, f"more than {DEPTH_MAX} layouts extend each other", "extend fewer"
                ).error
            found.append(_parsed(self._named(child.source, tag)))
        return found

    def pieces(self, block: _Block, blocks: Mapping[str, list[_Block]], *, depth: int = 0) -> Iterator[Piece]:
        """What *block* shows, its inner blocks by their most derived definition."""
        for child in block.children:
            if isinstance(child, _Block):
                if child.name in blocks:
                    yield from self.overridable(blocks[child.name], blocks, depth=depth)
            elif child.keyword == "include":
                yield from self._included(block.source, child, depth=depth + 1)
            else:
                yield Piece(block.source, child.start, child.end)

    def overridable(
        self, definitions: Sequence[_Block], blocks: Mapping[str, list[_Block]], *, depth: int = 0
    ) -> Iterator[Piece]:
        """The first of *definitions*, the others where it says super()."""
        first, *rest = definitions
        self._count(first.source)
        for child in first.children:
            if isinstance(child, Span) and _is_super(child):
                if not rest:
                    raise first.source.problem(
                        child.start, f"block '{first.name}' has no layout's content to show", "remove super()"
                    ).error
                yield from self.overridable(rest, blocks, depth=depth)
            else:
                alone_block = _Block(first.name, first.source, [child])
                yield from self.pieces(alone_block, blocks, depth=depth)

    def _included(self, source: Source, tag: Span, *, depth: int) -> Iterator[Piece]:
        if depth > DEPTH_MAX:
            raise source.problem(
                tag.start, f"partials include each other more than {DEPTH_MAX} deep", "include fewer"
            ).error
        self._count(source)
        chain = self.chain(self._named(source, tag))
        yield from self.pieces(chain[-1], _blocks(chain), depth=depth)

    def _count(self, source: Source) -> None:
        self.parts += 1
        if self.parts > PARTS_MAX:
            message = f"the mail is put together from more than {PARTS_MAX} blocks and partials"
            raise source.problem(0, message, "use fewer").error

    def _named(self, source: Source, tag: Span) -> Source:
        kinds = [kind for kind, _ in tag.tokens]
        if kinds != ["name", "string"]:
            message = f"'{tag.keyword}' takes one constant name"
            raise source.problem(tag.start, message, 'write such as {% extends "mail/layout.mjml" %}').error
        name = tag.tokens[1][1][1:-1]
        if name not in self.templates:
            known = ", ".join(sorted(self.templates)) or "none"
            message = f"there is no template '{name}', expected one of: {known}"
            raise source.problem(tag.start, message, "mend the name or add the template").error
        return Source(name, normal(self.templates[name]))


def normal(text: str) -> str:
    """*text* with every line ended by a bare newline, as the line map counts them, and no other control character."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub(" ", text)


def _parsed(source: Source) -> _Block:
    """*source* as nested blocks. Raises ProgrammeError where they do not nest."""
    root = _Block("", source, [])
    stack: list[tuple[_Block, Span | None]] = [(root, None)]
    for span in _lexed(source):
        keyword = span.keyword
        if keyword == "extends":
            if root.extends is not None or len(stack) > 1:
                raise source.problem(
                    span.start, "a template extends one layout, at its start", "remove this"
                ).error
            root.extends = span
        elif keyword == "block":
            name = span.tokens[1][1] if len(span.tokens) > 1 else ""
            if not name or any(name == block.name for block in _inner_blocks(root)):
                raise source.problem(span.start, f"block {name!r} needs a name of its own", "rename it").error
            block = _Block(name, source, [])
            stack[-1][0].children.append(block)
            stack.append((block, span))
        elif keyword == "endblock":
            if len(stack) == 1:
                raise source.problem(span.start, "no block begins before this 'endblock'", "remove it").error
            stack.pop()
        else:
            stack[-1][0].children.append(span)
    block, opened = stack[-1]
    if opened is not None:
        raise source.problem(opened.start, f"block '{block.name}' has no end", "write {% endblock %}").error
    if root.extends is not None:
        _nothing_outside_blocks(root)
    return root


def _lexed(source: Source) -> list[Span]:
    try:
        return spans(source.text)
    except TemplateSyntaxError as error:
        raise alone(source).syntax_problem(error).error from None


def _nothing_outside_blocks(template: _Block) -> None:
    for child in template.children:
        if isinstance(child, Span) and child.kind is not SpanKind.COMMENT:
            text = template.source.text[child.start : child.end]
            if text.strip():
                offset = child.start + len(text) - len(text.lstrip())
                message = "this stands outside every block, so the layout never shows it"
                raise template.source.problem(offset, message, "move it into {% block body %}").error


def _inner_blocks(template: _Block) -> Iterator[_Block]:
    for child in template.children:
        if isinstance(child, _Block):
            yield child
            yield from _inner_blocks(child)


def _blocks(chain: Sequence[_Block]) -> dict[str, list[_Block]]:
    """Every definition of each block, the most derived first."""
    found: dict[str, list[_Block]] = {}
    for template in chain:
        for block in _inner_blocks(template):
            found.setdefault(block.name, []).append(block)
    return found


def _is_super(span: Span) -> bool:
    values = [value for _, value in span.tokens]
    return span.kind is SpanKind.VARIABLE and values == ["super", "(", ")"]


def _bounded(pieces: Iterator[Piece], source: Source) -> Iterator[Piece]:
    size = 0
    for piece in pieces:
        size += piece.end - piece.start
        if size > SIZE_MAX:
            message = f"the mail is over {SIZE_MAX // 1024} KiB with its layouts"
            raise source.problem(0, message, "shorten it").error
        yield piece
