"""The reference of programme files as a page: every key, its type, default and meaning, from the model's docstrings."""

import re
from collections.abc import Iterator
from datetime import time
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

from nurture.content.filters import FILTERS
from nurture.content.keys import Key, alternatives, is_mapping, is_struct, keys_of, structs, summary
from nurture.content.language import FUNCTIONS, OUR_TESTS
from nurture.content.model import Campaign, Expression, FieldType, Programme
from nurture.content.wall_clock import WallClock
from nurture.durations import Count, Duration, Percent, Rate
from nurture.vocabulary.lead import BUILT_IN_FIELDS
from nurture.vocabulary.words import EventKind, Stage

INLINE = 5
"""As many words as a table's cell may list."""

HEAD = """# Programme files

Generated from `nurture/content/` by `make docs`.

`campaigns/programme.yaml` holds a company's agreed definitions, `campaigns/<slug>/campaign.yaml` one campaign, and
`campaigns/<slug>/mails/` its mails. The shipped ones are meant to be copied. `nurture check campaigns/` tells every broken
promise at `file:line:column`, with a remedy. Editors with a YAML language server complete and check as one writes, by
`schemas/programme.schema.json` and `schemas/campaign.schema.json`.

## Rules

- The file is YAML 1.2 and begins with `format: 1`. Anchors, aliases, tags, merge keys and duplicate keys are refused.
- A plain key or value that YAML 1.1 reads as something else is refused: `on`, `NO`, `12:30`, `2026-10-01`, `010`. Quote it.
- Steps, rules, branches, routes and personas are known by their key, never by their position. A step's key is the name of
  its mail, task or webhook unless it carries `key`; of `campaign/mail`, the last part. Keys are unique where they stand.
- `nurture fmt` writes the canonical form and keeps comments; the web editor changes only what was edited.

## Amounts

| Written | Means |
| --- | --- |
| `3 days`, `90 minutes`, `1 week` | elapsed time; a day is 24 hours |
| `2 business hours`, `1 business day` | working time, by `business_hours`; for waits, cadences and SLA |
| `20 per second`, `3 per day` | a rate |
| `5 percent` | a share |
| `4 mails`, `12 unreceived mails` | a number of mails |
| `"09:00"` | a time of day, in quotes |
| `"2026-12-01 09:00"` | a day and a time, in quotes, in the programme's time zone |
"""

CONDITIONS = """## Conditions

A condition is a Jinja expression, the language of the mails: comparisons (also chained), `in`, `and`, `or`, `not`, arithmetic,
`x if y else z`, filters and tests. It may name `lead`, `event`, `hand_off` and `enrolment`; fit rules only `lead`.

What nobody has told us is unknown, and so is whatever is made of it: `lead.company_size > 3` does not hold where the size is
unknown, and neither does `not (lead.company_size > 3)`. `and` is false as soon as one side is, `or` true as soon as one side
is. Say what should hold with `lead.company_size|default(0)` or `lead.company_size is defined`. A name that is not declared is
an error of `nurture check`.
"""


def reference_markdown() -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            *_file("programme.yaml", Programme),
            *_file("campaign.yaml", Campaign, but=structs(Programme)),
            *_words(),
            *_conditions(),
        ]
    )


def _file(name: str, root: type[msgspec.Struct], but: tuple[type[msgspec.Struct], ...] = ()) -> Iterator[str]:
    yield f"## {name}\n"
    for struct in structs(root):
        if struct in but:
            continue
        yield f"### {struct.__name__}\n\n{summary(struct)}\n"
        yield "| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |"
        yield from (_row(key) for key in keys_of(struct))
        yield ""


def _row(key: Key) -> str:
    default = "**required**" if key.required else key.default
    return f"| `{key.name}` | {_kind(key.kind)} | {default} | {key.meaning} |"


def _words() -> Iterator[str]:
    """The closed sets that are too long for a table's cell."""
    yield "## Words\n\n| What | Words |\n| --- | --- |"
    for kind in (Stage, FieldType, EventKind):
        yield f"| {_enum_name(kind)} | {_names(member.value for member in kind)} |"
    yield ""


def _conditions() -> Iterator[str]:
    yield CONDITIONS
    yield "| What | Names |\n| --- | --- |"
    yield f"| fields that every lead has | {_names(BUILT_IN_FIELDS)} |"
    calls = [f"{name}({', '.join(arguments)})" for name, arguments in FUNCTIONS.items()]
    yield f"| what a person did | {_names(calls)} |"
    yield f"| filters | {_names(sorted(FILTERS))} |"
    yield f"| tests | {_names(sorted(name for name in ('defined', *OUR_TESTS) if name[0].isalpha()))} |"
    yield ""


def _names(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


SAID: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    time: "time",
    Expression: "[condition](#conditions)",
    WallClock: "[day and time](#amounts)",
    Duration: "[duration](#amounts)",
    Rate: "[rate](#amounts)",
    Percent: "[share](#amounts)",
    Count: "[number of mails](#amounts)",
}


def _kind(kind: Any) -> str:
    """A type in words."""
    many = [one for one in alternatives(kind) if one is not type(None)]
    if len(many) > 1:
        return ", ".join(_kind(one) for one in many)
    kind = many[0]
    if kind in SAID:
        return SAID[kind]
    if is_struct(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    if is_mapping(kind):
        key, value = get_args(kind)
        return f"{_kind(value)} by {'name' if key is str else _kind(key)}"
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        return f"list of {_kind(kinds[0])}" if kinds[-1] is Ellipsis else " and ".join(map(_kind, kinds))
    if get_origin(kind) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = [f"`{member.value}`" for member in kind]
        return " or ".join(values) if len(values) <= INLINE else f"[{_enum_name(kind)}](#words)"
    raise AssertionError(f"the model has a type without words: {kind}")


def _enum_name(kind: type[Enum]) -> str:
    """EventKind is 'event kind'."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
