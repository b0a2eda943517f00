"""A YAML file as a small tree of nodes that know where they stand; ``yaml_reader`` builds it."""

import re

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a node stands: from *start* to before *end*, quotes and brackets included; line and column from 1."""

    start: int
    end: int
    line: int
    column: int


class Scalar(Place, frozen=True, kw_only=True):
    """A value without parts. *style* is '' (plain), one of the two quotes, '|' or '>'."""

    value: str
    style: str


class Sequence(Place, frozen=True, kw_only=True):
    """A list; *flow* when it is written in brackets."""

    items: "tuple[Node, ...]"
    flow: bool


class Entry(msgspec.Struct, frozen=True):
    """One key of a table, with its value."""

    key: Scalar
    value: "Node"


class Table(Place, frozen=True, kw_only=True):
    """A mapping; *flow* when it is written in braces. Keys are unique."""

    entries: tuple[Entry, ...]
    flow: bool

    def get(self, key: str) -> "Node | None":
        return next((entry.value for entry in self.entries if entry.key.value == key), None)


Node = Scalar | Sequence | Table


YAML_1_1: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"y|Y|yes|Yes|YES|on|On|ON"), "true"),
    (re.compile(r"n|N|no|No|NO|off|Off|OFF"), "false"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "a number in base 60"),
    (re.compile(r"[-+]?0[0-9_]+"), "an octal number"),
    (re.compile(r"0o[0-7]+|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+"), "a number in another base"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "a number"),
    (re.compile(r"[-+]?([0-9]+\.?|[0-9]*\.[0-9]+)[eE][-+]?[0-9]+"), "a number, or text"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"), "a date"),
    (re.compile(r"<<|="), "an instruction to merge"),
)
"""Plain values that YAML 1.1 and 1.2 read differently (YAML 1.1 types: bool, int, float, timestamp, merge, value)."""


def read_otherwise(scalar: Scalar) -> str | None:
    """As what YAML 1.1 would read this plain scalar, where that differs from what we read."""
    if scalar.style:
        return None
    return next((reading for pattern, reading in YAML_1_1 if pattern.fullmatch(scalar.value)), None)
