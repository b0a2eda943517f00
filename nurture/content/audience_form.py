"""Who enters, as a form asks for it: personas, stages, temperatures and tags to tick, and beside them one more condition.

lead.stage in ['inquiry', 'recycled'] and lead.plan == 'none'
->  stages inquiry and recycled; and besides: lead.plan == 'none'

What was not changed stays as it is written, in its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from nurture.content.condition_parts import has_choice, parts_of
from nurture.content.model import Expression

TICKED = ("persona", "stage", "temperature")
"""Fields whose few values are ticked."""
EVERYBODY = "true"
WORD = r"'([\w.-]+)'"
ONE = re.compile(rf"lead\.(persona|stage|temperature) == {WORD}")
SEVERAL = re.compile(rf"lead\.(persona|stage|temperature) in \[({WORD}(?:, {WORD})*)\]")
TAG = re.compile(rf"{WORD} in lead\.tags")


class Picked(msgspec.Struct, frozen=True):
    """What a form says of who enters; all of it must hold.

    ticked  values of each of TICKED, any of which will do; nothing for any.
    tags    which the lead has, all of them.
    rest    what else must hold, as an expression; "" for nothing.
    """

    ticked: Mapping[str, tuple[str, ...]] = {}
    tags: tuple[str, ...] = ()
    rest: str = ""


def picked_of(expression: str) -> Picked:
    """What a form shows of *expression*."""
    parts = list(_parts(expression))
    return Picked(
        ticked={part.field: part.values for part in parts if part.field in TICKED},
        tags=tuple(part.values[0] for part in parts if part.field == "tags"),
        rest=" and ".join(part.source for part in parts if not part.field),
    )


def expression_with(before: str, picked: Picked) -> str:
    """The expression *before*, so that it says what is *picked*."""
    was = picked_of(before)
    said: list[str] = []
    done: set[str] = set()
    for part in _parts(before):
        if part.field in TICKED:
            wanted = picked.ticked.get(part.field, ())
            said += [part.source if set(wanted) == set(part.values) else _ticked(part.field, wanted)]
        elif part.field == "tags":
            said += [part.source] if part.values[0] in picked.tags else []
        elif picked.rest == was.rest:
            said.append(part.source)
        elif "rest" not in done:
            said.append(picked.rest)
        done.add(part.field or "rest")
    said += [_ticked(field, picked.ticked.get(field, ())) for field in TICKED if field not in done]
    said += [f"'{tag}' in lead.tags" for tag in picked.tags if tag not in was.tags]
    if "rest" not in done:
        said.append(picked.rest)
    return joined(said) or EVERYBODY


def joined(expressions: Iterable[str]) -> str:
    """The expression that asks all of these; "" among them asks nothing."""
    said = [each for each in expressions if each]
    return " and ".join(map(_bracketed, said)) if len(said) > 1 else "".join(said)


class _Part(msgspec.Struct, frozen=True):
    """One thing that is asked; *field* is "" for what a form does not tick."""

    source: str
    field: str = ""
    values: tuple[str, ...] = ()


def _parts(expression: str) -> Iterator[_Part]:
    if expression in ("", EVERYBODY):
        return
    seen: set[str] = set()
    for each in parts_of(Expression(expression)):
        part = _read(each.source)
        # A field that is asked for twice is ticked once; the other stays what it is.
        yield _Part(part.source) if part.field in seen else part
        seen |= {part.field} - {"", "tags"}


def _read(source: str) -> _Part:
    if found := ONE.fullmatch(source):
        return _Part(source, found[1], (found[2],))
    if found := SEVERAL.fullmatch(source):
        return _Part(source, found[1], tuple(re.findall(WORD, found[2])))
    if found := TAG.fullmatch(source):
        return _Part(source, "tags", (found[1],))
    return _Part(source)


def _ticked(field: str, values: tuple[str, ...]) -> str:
    if not values:
        return ""
    if len(values) == 1:
        return f"lead.{field} == '{values[0]}'"
    listed = ", ".join(f"'{each}'" for each in values)
    return f"lead.{field} in [{listed}]"


def _bracketed(expression: str) -> str:
    return f"({expression})" if has_choice(expression) else expression
