"""Fields from outside as a lead can keep them: whoever tells us something else is not believed, and stops nobody."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue

PLAIN = (str, int, float, bool)
IDENTITY = frozenset(IDENTITY_FIELDS)
NUL = "\0"
"""PostgreSQL keeps no text with it, and nobody's name has one."""


def plain_fields(fields: Mapping[str, Any]) -> dict[str, FieldValue | None]:
    """Those of *fields* that are plain values: identity is text, nothing is nested. None forgets a field."""
    plain: dict[str, FieldValue | None] = {}
    for name, value in fields.items():
        if isinstance(value, str):
            plain[name] = value.replace(NUL, "")
        elif value is None or (isinstance(value, PLAIN) and name not in IDENTITY):
            plain[name] = value
    return plain


def plain_event(event: Event) -> Event:
    """The event, its fields plain."""
    if "fields" not in event.properties:
        return event
    return replace(event, properties={**event.properties, "fields": plain_fields(event.table("fields"))})
