"""The keys of the model, as its docstrings tell them: name, type, meaning, default."""

import inspect
import re
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin

import msgspec

from nurture.content.model import ASSEMBLED, Programme

MEANING = re.compile(r"^(\w+)  *(\S.*?)$", re.MULTILINE)
DEFAULT = re.compile(r"^(?P<before>.*?)\s*\((?P<default>[^()]*)\)(?P<after>[.;].*)$", re.DOTALL)


class Key(msgspec.Struct, frozen=True):
    """One key of a struct.

    default   the words that its docstring has for it; '' for a key that must be written.
    """

    name: str
    kind: Any
    required: bool
    meaning: str
    default: str


def keys_of(struct: type[msgspec.Struct]) -> tuple[Key, ...]:
    """The keys that a file may write for *struct*, in the order of its docstring."""
    fields = {
        field.encode_name: field
        for field in msgspec.structs.fields(struct)
        if not (struct is Programme and field.name in ASSEMBLED)
    }
    told = {found[1]: found[2] for found in MEANING.finditer(_lines(struct)) if found[1] in fields}
    return tuple(_key(fields[name], meaning) for name, meaning in told.items())


def summary(struct: type[msgspec.Struct]) -> str:
    """The first paragraph of a struct's docstring."""
    return " ".join((inspect.getdoc(struct) or "").partition("\n\n")[0].split())


def structs(root: type[msgspec.Struct]) -> tuple[type[msgspec.Struct], ...]:
    """*root* and every struct that its keys lead to, in reading order."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(struct: type[msgspec.Struct]) -> None:
        if struct not in found:
            found[struct] = None
            for key in keys_of(struct):
                for inner in structs_in(key.kind):
                    visit(inner)

    visit(root)
    return tuple(found)


def structs_in(kind: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs that a type speaks of, through lists, mappings and alternatives."""
    if is_struct(kind):
        yield kind
    for inner in get_args(kind):
        yield from structs_in(inner)


def is_struct(kind: Any) -> bool:
    """Whether a type is written as keys and values, rather than in a grammar of its own."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not hasattr(kind, "parse")


def is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The types of a union, None among them where it may be written; a single type is its own."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _lines(struct: type[msgspec.Struct]) -> str:
    """The docstring with each key's continuation lines joined to it."""
    return re.sub(r"\n {4,}", " ", inspect.getdoc(struct) or "")


def _key(field: msgspec.structs.FieldInfo, meaning: str) -> Key:
    found = DEFAULT.match(meaning)
    if field.required or found is None:
        return Key(
            field.encode_name,
            field.type,
            field.required,
            meaning,
            "" if field.required else _shown(field.default),
        )
    told = found["before"] + found["after"]
    return Key(field.encode_name, field.type, field.required, told, found["default"])


def _shown(default: Any) -> str:
    """A default that the docstring leaves to the type."""
    if is_struct(type(default)):
        return "its own"
    return str(default) if isinstance(default, str | int | float) and default != "" else "none"
