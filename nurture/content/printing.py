"""Values as YAML text that every reader of YAML takes for the same: plain where that is safe, else in double quotes."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from nurture.content.scalars import plain_value
from nurture.content.yaml_tree import Node, Scalar, Table, read_otherwise
from nurture.content.yaml_tree import Sequence as SequenceNode

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"
"""What a file can say, without marks: the values of JSON."""

SAFE = re.compile(r"[^\W_](?:[\w .@/+%()<>=-]*[\w.@/+%()<>=-])?")
"""Text that needs no quotes anywhere, in brackets neither; YAML would allow more, and readers differ there."""

CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ud800-\\udfff\\ufffe\\uffff]")


def flow(value: Value) -> str:
    """*value* on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
        case str() | int() | float() | None:
            return scalar(value)
        case Sequence():
            return "[" + ", ".join(flow(inner) for inner in value) + "]"


def scalar(value: str | float | bool | None) -> str:
    """*value* as one plain or quoted word."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            # Never an exponent: YAML 1.1 reads 1e3 as text.
            return format(Decimal(repr(value)), "f") if value % 1 else f"{value:.1f}"
        case str():
            return value if is_plain(value) else quoted(value)


def is_plain(text: str) -> bool:
    """Whether *text* means itself without quotes, to every reader."""
    node = Scalar(value=text, style="", start=0, end=0, line=0, column=0)
    return bool(SAFE.fullmatch(text)) and plain_value(node) == text and read_otherwise(node) is None


def quoted(text: str) -> str:
    """*text* in double quotes, on one line. JSON's escapes are YAML's; what JSON leaves as it is and YAML breaks at is added."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def data_of(node: Node) -> Value:
    """What a tree says, without marks."""
    match node:
        case Scalar():
            return plain_value(node)
        case SequenceNode():
            return [data_of(item) for item in node.items]
        case Table():
            return {entry.key.value: data_of(entry.value) for entry in node.entries}
