"""Nodes and types walked together: a struct is a mapping, a tuple a list, a type with ``parse`` text in its own grammar.

Nothing here knows what a campaign is, except which keys are filled in where they are left out, and what of a step the
types cannot say.
"""

import types
from collections.abc import Callable, Mapping
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from nurture.content.broadcasts import OF_OTHERS, flattened
from nurture.content.marks import Path, name_of
from nurture.content.model import ASSEMBLED, Branch, Broadcast, Campaign, Exit, Programme, Step
from nurture.content.problems import Problem
from nurture.content.scalars import (
    Refused,
    did_you_mean,
    expected,
    is_null,
    plain_value,
    read_scalar,
)
from nurture.content.yaml_tree import Node, Scalar, Sequence, Table, read_otherwise
from nurture.languages.told import told


class Hole:
    """Stands where a value could not be read; the problem is already noted."""


HOLE: Final = Hole()


class TypedReader:
    """Walks nodes and types together; collects problems."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def refuse_at(self, line: int, column: int, message: str, remedy: str) -> Hole:
        self.problems.append(
            Problem(file=self.file, line=line, column=column, message=message, remedy=remedy)
        )
        return HOLE

    def refuse(self, node: Node, message: str, remedy: str) -> Hole:
        return self.refuse_at(node.line, node.column, message, remedy)

    def expect_format(self, root: Node) -> None:
        if isinstance(root, Table) and root.get("format") and root.entries[0].key.value != "format":
            first = root.entries[0].key
            self.refuse(
                first,
                told("the first key is {value!r}, expected 'format'", value=first.value),
                "write 'format: 1' first",
            )

    def refuse_unstable(self, node: Node) -> None:
        """Refuse plain keys and values that other readers of YAML take for something else."""
        match node:
            case Scalar():
                if reading := read_otherwise(node):
                    message = told(
                        "plain {value} is {reading} to readers of YAML 1.1, expected quotes",
                        value=node.value,
                        reading=reading,
                    )
                    self.refuse(node, message, told('quote it: "{value}"', value=node.value))
            case Sequence():
                for item in node.items:
                    self.refuse_unstable(item)
            case Table():
                for entry in node.entries:
                    self.refuse_unstable(entry.key)
                    self.refuse_unstable(entry.value)

    def read(self, node: Node, kind: Any, path: Path) -> Any:
        """The value of *node* as *kind*, or HOLE."""
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            return self._union(node, get_args(kind), path)
        if origin is tuple:
            return self._tuple(node, get_args(kind), path)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(node, get_args(kind), path)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not hasattr(kind, "parse"):
            return self._struct(node, kind, path)
        return self._scalar(node, path, expected(kind), lambda scalar: read_scalar(scalar, kind))

    def _scalar(self, node: Node, path: Path, what: str, convert: Callable[[Scalar], Any]) -> Any:
        if not isinstance(node, Scalar):
            return self.refuse(
                node,
                told(
                    "{place} is {shape}, expected {what}", place=_place(path), shape=_shape(node), what=what
                ),
                told("write {what}", what=what),
            )
        if read_otherwise(node) is not None:
            return HOLE
        try:
            return convert(node)
        except Refused as no:
            return self.refuse(
                node,
                told(
                    "{place} is {found}, expected {what}",
                    place=_place(path),
                    found=no.found,
                    what=no.expected,
                ),
                no.remedy,
            )

    def _union(self, node: Node, kinds: tuple[Any, ...], path: Path) -> Any:
        real = [kind for kind in kinds if kind is not types.NoneType]
        if isinstance(node, Scalar) and is_null(node) and node.value and len(real) < len(kinds):
            return None
        if len(real) == 1:
            return self.read(node, real[0], path)
        return self._scalar(node, path, "one value", plain_value)

    def _tuple(self, node: Node, kinds: tuple[Any, ...], path: Path) -> Any:
        if not isinstance(node, Sequence):
            return self.refuse(
                node,
                told("{place} is {shape}, expected a list", place=_place(path), shape=_shape(node)),
                "write it as [one, two] or '- one'",
            )
        many = kinds[-1] is Ellipsis
        if not many and len(node.items) != len(kinds):
            message = told(
                "{place} has {amount} values, expected {wanted}",
                place=_place(path),
                amount=len(node.items),
                wanted=len(kinds),
            )
            return self.refuse(node, message, told("write {amount} values in brackets", amount=len(kinds)))
        read = []
        seen: dict[str, Node] = {}
        for index, item in enumerate(node.items):
            name = name_of(item)
            if name is not None and name in seen:
                message = told(
                    "{name!r} stands twice in {place}, first in line {line}",
                    name=name,
                    place=_place(path),
                    line=seen[name].line,
                )
                self.refuse(item, message, "give one of them a key of its own")
                continue
            if name is not None:
                seen[name] = item
            read.append(
                self.read(item, kinds[0] if many else kinds[index], (*path, index if name is None else name))
            )
        if many:
            return tuple(value for value in read if value is not HOLE)
        return HOLE if HOLE in read else tuple(read)

    def _mapping(self, node: Node, kinds: tuple[Any, ...], path: Path) -> Any:
        if not isinstance(node, Table):
            return self.refuse(
                node,
                told("{place} is {shape}, expected a mapping", place=_place(path), shape=_shape(node)),
                "write keys with values",
            )
        read: dict[Any, Any] = {}
        for entry in node.entries:
            inner = (*path, entry.key.value)
            key = self._scalar(
                entry.key, inner, expected(kinds[0]), lambda scalar: read_scalar(scalar, kinds[0])
            )
            value = self.read(entry.value, kinds[1], inner)
            if key is not HOLE and value is not HOLE:
                read[key] = value
        return read

    def _struct(self, node: Node, kind: type[msgspec.Struct], path: Path) -> Any:
        if not isinstance(node, Table):
            return self.refuse(
                node,
                told("{place} is {shape}, expected a mapping", place=_place(path), shape=_shape(node)),
                "write keys with values",
            )
        fields = {
            field.encode_name: field
            for field in msgspec.structs.fields(kind)
            if not (kind is Programme and field.name in ASSEMBLED)
        }
        for entry in node.entries:
            if entry.key.value not in fields:
                message = told(
                    "{place} has an unknown key {value!r}", place=_place(path), value=entry.key.value
                )
                self.refuse(entry.key, message, did_you_mean(entry.key.value, fields))
        read: dict[str, Any] = {}
        whole = True
        for name, field in fields.items():
            written = node.get(name)
            if written is not None:
                value = self.read(written, field.type, (*path, name))
                if value is not HOLE:
                    read[field.name] = value
                    continue
            if field.required or is_asked(kind, name, node):
                whole = False
                if written is None:
                    self.refuse(
                        node,
                        told("{place} has no {name!r}", place=_place(path), name=name),
                        told("write '{name}:' with {wanted}", name=name, wanted=_wanted(field.type)),
                    )
        return self._completed(node, kind(**read), path) if whole else HOLE

    def _completed(self, node: Table, value: msgspec.Struct, path: Path) -> Any:
        """Fill in the keys that may be left out; refuse what the types cannot say."""
        match value:
            case Step():
                return self._step(node, value, path)
            case Campaign():
                return self._campaign(node, value, path)
            case Broadcast():
                return self._broadcast(node, value, path)
            case Exit(key=""):
                return msgspec.structs.replace(value, key=value.when.source)
            case Branch(steps=(), mail=None):
                return self.refuse(
                    node,
                    told("{place} leads nowhere, expected steps or a mail", place=_place(path)),
                    "write 'steps:' or 'mail:'",
                )
            case _:
                return value

    def _campaign(self, node: Table, campaign: Campaign, path: Path) -> Any:
        if node.get("broadcast") is not None:
            for entry in node.entries:
                if entry.key.value in OF_OTHERS:
                    message = told(
                        "{place} has a broadcast and {value!r}, expected one of them",
                        place=_place(path),
                        value=entry.key.value,
                    )
                    return self.refuse(entry.key, message, "remove it, or make a campaign of its own")
            return HOLE if campaign.broadcast is None else flattened(campaign)
        return campaign

    def _broadcast(self, node: Table, broadcast: Broadcast, path: Path) -> Any:
        kinds = [kind for kind in ("to", "tag") if node.get(kind) is not None]
        if len(kinds) == 1:
            return broadcast
        message = told(
            "{place} has {kinds} of to and tag, expected one",
            place=_place(path),
            kinds=" and ".join(kinds) or "none",
        )
        return self.refuse(node, message, "write 'to:' with a segment, or 'tag:' with a tag")

    def _step(self, node: Table, step: Step, path: Path) -> Any:
        kinds = [kind for kind in ("mail", "task", "webhook", "choose") if node.get(kind) is not None]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            message = told(
                "{place} has {found} of mail, task, webhook and choose, expected one",
                place=_place(path),
                found=found,
            )
            return self.refuse(
                node, message, "make a step of each" if kinds else "write 'mail:' with the name of a mail"
            )
        if step.key:
            return step
        name = step.mail if step.mail is not None else step.task if step.task is not None else step.webhook
        if name is None and kinds != ["choose"]:
            return HOLE  # its name could not be read, and that is told
        if not name:
            return self.refuse(
                node, told("{place} has no name to stand for its key", place=_place(path)), "write 'key:'"
            )
        return msgspec.structs.replace(step, key=name.rpartition("/")[2])


def is_asked(kind: type[msgspec.Struct], name: str, node: Table) -> bool:
    """Whether *node* has to write a key that the model could fill in: only a broadcast brings its own entry and tracks."""
    return kind is Campaign and name in ("entry", "tracks") and node.get("broadcast") is None


def _place(path: Path) -> str:
    """A path as people say it: 'wait' of 'case-study'."""
    if not path:
        return "the file"
    *_, inner = words = [
        told("entry {number}", number=part + 1) if isinstance(part, int) else repr(part) for part in path[-2:]
    ]
    return told("{inner} of {outer}", inner=inner, outer=words[0]) if len(words) > 1 else inner


def _shape(node: Node) -> str:
    match node:
        case Scalar():
            return "empty" if is_null(node) else repr(node.value)
        case Sequence():
            return "a list"
        case Table():
            return "a mapping"


def _wanted(kind: Any) -> str:
    origin = get_origin(kind)
    if origin is tuple:
        return "a list"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "keys and values"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not hasattr(kind, "parse"):
        return "keys and values"
    return expected(kind)
