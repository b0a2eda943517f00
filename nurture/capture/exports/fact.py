"""One thing that an export states of a person, as the event that it will be."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.words import EventKind, SuppressionCause


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an export states of a person.

    at      when it happened; None where the export does not say.
    detail  tells facts of one kind and time apart.
    cause   why no mail may go to the person from now on; None if it may.
    """

    kind: EventKind
    at: datetime | None
    properties: Mapping[str, PropertyValue]
    detail: str = ""
    cause: SuppressionCause | None = None
