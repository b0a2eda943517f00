"""The schemas and the reference say what the model says, and the committed files are current."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from nurture.content.codec import read_campaign, read_programme
from nurture.content.keys import keys_of, structs
from nurture.content.model import ASSEMBLED, Campaign, Programme, Step
from nurture.content.printing import Value, data_of
from nurture.content.schema import GENERATED, schema_of

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "campaigns"


@pytest.mark.parametrize("path", GENERATED)
def test_the_committed_file_is_current(path):
    assert (ROOT / path).read_text("utf-8") == GENERATED[path](), f"make docs writes {path} anew"


@pytest.mark.parametrize(
    "struct", dict.fromkeys((*structs(Programme), *structs(Campaign))), ids=lambda s: s.__name__
)
def test_every_key_is_told_in_its_docstring(struct):
    written = {field.encode_name for field in msgspec.structs.fields(struct)} - ASSEMBLED
    assert {key.name for key in keys_of(struct)} == written


def test_defaults_and_meanings_come_from_the_docstring():
    keys = {key.name: key for key in keys_of(Step)}
    assert (keys["wait"].meaning, keys["wait"].default) == (
        "how long after the previous touch.",
        "the track's cadence",
    )
    assert keys["for"].default == "owner"


def fits(schema, value: Value, defs) -> bool:
    """Whether *value* fits *schema*, by the keywords that the generator uses and no others."""
    if "$ref" in schema:
        return fits(defs[schema["$ref"].rpartition("/")[2]], value, defs)
    known = {"$schema", "$defs", "title", "description", "type", "properties", "required", "additionalProperties",
             "propertyNames", "items", "prefixItems", "minItems", "maxItems", "enum", "pattern", "minLength", "anyOf", "oneOf"}  # fmt: skip
    assert schema.keys() <= known
    types = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
             "object": dict, "array": list}  # fmt: skip
    if "type" in schema and not isinstance(value, types[schema["type"]]):
        return False
    if isinstance(value, bool) and schema.get("type") in ("integer", "number"):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if "anyOf" in schema and not any(fits(one, value, defs) for one in schema["anyOf"]):
        return False
    if "oneOf" in schema and sum(fits(one, value, defs) for one in schema["oneOf"]) != 1:
        return False
    if isinstance(value, dict):
        properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        names = schema.get("propertyNames", {})
        return all(key in value for key in schema.get("required", ())) and all(
            fits(names, key, defs)
            and (
                fits(properties[key], inner, defs)
                if key in properties
                else more is True or (more and fits(more, inner, defs))
            )
            for key, inner in value.items()
        )
    if isinstance(value, list):
        if "prefixItems" in schema:
            return len(value) == schema["minItems"] == schema["maxItems"] and all(
                map(lambda s, v: fits(s, v, defs), schema["prefixItems"], value)
            )
        return all(fits(schema.get("items", {}), inner, defs) for inner in value)
    return True


def fits_file(root, text: str, read) -> bool:
    schema = schema_of(root)
    return bool(fits(schema, data_of(read(text, "f").marks.root), schema["$defs"]))


def test_the_shipped_files_fit_their_schemas():
    assert fits_file(Programme, (SHIPPED / "programme.yaml").read_text("utf-8"), read_programme)
    for path in SHIPPED.glob("*/campaign.yaml"):
        assert fits_file(Campaign, path.read_text("utf-8"), read_campaign), path


CAMPAIGN = """\
format: 1
key: a
name: A
entry: {when: "true"}
tracks: [{key: t, steps: [{mail: m, wait: 3 days}, {key: c, choose: [{key: x, mail: later}]}]}]
"""


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("", ""),
        ("3 days", "3 dayz"),
        ("name: A", "nmae: A"),
        ("mail: m,", "mail: m, task: call,"),
        ("mail: later", "when: later"),
        ("format: 1", "format: 2"),
        ("name: A", "name: [A]"),
        ("steps:", "stages: [mqls], steps:"),
        ("{mail: m, wait: 3 days}", "{wait: 3 days}"),
    ],
)
def test_schema_and_reader_agree(was, now):
    text = CAMPAIGN.replace(was, now, 1)
    assert fits_file(Campaign, text, read_campaign) is (read_campaign(text, "f").problems == ())


def test_the_schema_files_are_json():
    assert json.loads(GENERATED["schemas/campaign.schema.json"]())["title"] == "Campaign"
