"""JSON Schema of programme and campaign files, from the model, so that editors complete and check while one writes.

Draft 2020-12. Editors read YAML as JSON, so text grammars become patterns; what only the whole programme can tell (that
a mail exists, that a track can be reached) stays with ``nurture check``.
"""

import json
from collections.abc import Callable, Mapping
from datetime import time
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

from nurture.content.keys import Key, alternatives, is_mapping, is_struct, keys_of, structs, summary
from nurture.content.model import Branch, Broadcast, Campaign, Expression, Programme, Step
from nurture.content.reference import reference_markdown
from nurture.content.wall_clock import WALL_CLOCK, WallClock
from nurture.durations import COUNT, DURATION, PERCENT, RATE, Count, Duration, Percent, Rate

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SCALARS: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    time: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    Expression: {"type": "string", "minLength": 1},
    WallClock: {"type": "string", "pattern": f"^{WALL_CLOCK.pattern}$"},
    Duration: {"type": "string", "pattern": f"^{DURATION.pattern}$"},
    Rate: {"type": "string", "pattern": f"^{RATE.pattern}$"},
    Percent: {"type": "string", "pattern": f"^{PERCENT.pattern}$"},
    Count: {"type": "string", "pattern": f"^{COUNT.pattern}$"},
}

ALSO: Mapping[type[msgspec.Struct], dict[str, Any]] = {
    Step: {"oneOf": [{"required": [kind]} for kind in ("mail", "task", "webhook", "choose")]},
    Broadcast: {"oneOf": [{"required": ["to"]}, {"required": ["tag"]}]},
    Campaign: {"oneOf": [{"required": ["broadcast"]}, {"required": ["entry", "tracks"]}]},
    Branch: {"anyOf": [{"required": ["steps"]}, {"required": ["mail"]}]},
}
"""What a struct promises beyond the types of its keys."""


def schema_of(root: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of files that hold a *root*."""
    first, *others = structs(root)
    return {
        "$schema": DIALECT,
        **_struct(first),
        "$defs": {struct.__name__: _struct(struct) for struct in others},
    }


def _struct(struct: type[msgspec.Struct]) -> dict[str, Any]:
    keys = keys_of(struct)
    return {
        "title": struct.__name__,
        "description": summary(struct),
        "type": "object",
        "properties": {key.name: _property(key) for key in keys},
        "required": [key.name for key in keys if key.required],
        "additionalProperties": False,
        **ALSO.get(struct, {}),
    }


def _property(key: Key) -> dict[str, Any]:
    told = f"{key.meaning} Default: {key.default}." if key.default else key.meaning
    return {**_kind(key.kind), "description": told}


def _kind(kind: Any) -> dict[str, Any]:
    """The schema of one type."""
    many = alternatives(kind)
    if len(many) > 1:
        return {"anyOf": [_kind(one) for one in many]}
    if kind in SCALARS:
        return dict(SCALARS[kind])
    if is_struct(kind):
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if is_mapping(kind):
        key, value = get_args(kind)
        names = {"propertyNames": _kind(key)} if key is not str else {}
        return {"type": "object", **names, "additionalProperties": _kind(value)}
    if get_origin(kind) is tuple:
        return _list(get_args(kind))
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    raise AssertionError(f"the model has a type without a schema: {kind}")


def _list(kinds: tuple[Any, ...]) -> dict[str, Any]:
    if kinds[-1] is Ellipsis:
        return {"type": "array", "items": _kind(kinds[0])}
    fixed = [_kind(kind) for kind in kinds]
    return {"type": "array", "prefixItems": fixed, "minItems": len(fixed), "maxItems": len(fixed)}


def _json(root: type[msgspec.Struct]) -> str:
    return json.dumps(schema_of(root), indent=2, ensure_ascii=False) + "\n"


GENERATED: Mapping[str, Callable[[], str]] = {
    "schemas/programme.schema.json": lambda: _json(Programme),
    "schemas/campaign.schema.json": lambda: _json(Campaign),
    "docs/programme-format.md": reference_markdown,
}
"""Each file that the model writes, by its path in the project; a test holds that they are current."""
