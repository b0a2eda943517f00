"""Something that happened: the only way in which anything reaches a lead."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from nurture.vocabulary.words import EventKind

TOLD_AGAIN = "merge"
"""The source of a merge, and of what is told a lead anew that it had been taken from: it has happened once."""
HUMAN = 0.5
"""From this humanity on, an act is a person's."""

PropertyValue = str | int | float | bool | None | Mapping[str, str | int | float | bool | None]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact about one lead, idempotent on (source, source_id).

    id           order of arrival; 0 until stored.
    occurred_at  when it happened in the lead's world; scores use it.
    received_at  when we learned of it.
    source       who says so: "import", "form", "tracking", "transport", "sales", "engine", a provider's name.
    properties   plain values by name; what each kind carries stands in docs/reference/events.md.
    """

    lead_id: int
    kind: EventKind
    occurred_at: datetime
    received_at: datetime
    source: str
    source_id: str
    properties: Mapping[str, PropertyValue] = {}
    id: int = 0

    @property
    def by_person(self) -> bool:
        """Whether a person did it, as it was judged when it was told; what nobody judged, nobody doubts."""
        humanity = self.number("humanity")
        return humanity is None or humanity >= HUMAN

    def text(self, name: str) -> str | None:
        """The property if it is text, else None."""
        value = self.properties.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> float | None:
        """The property if it is a number, else None."""
        value = self.properties.get(name)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def table(self, name: str) -> Mapping[str, str | int | float | bool | None]:
        """The property if it is a mapping (such as the fields of a change), else an empty one."""
        value = self.properties.get(name)
        return value if isinstance(value, Mapping) else {}
