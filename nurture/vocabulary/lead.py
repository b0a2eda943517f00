"""Who a lead is: identity and the fields that a company keeps about it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

FieldValue = str | int | float | bool
"""A known field value; a date is its ISO form. What is not known has no entry (never an empty string)."""

ShownValue = FieldValue | tuple[str, ...]
"""A value as conditions and mails see it: tags are several."""

BUILT_IN_FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "country",
    "time_zone",
    "language",
    "source",
    "created_at",
    "owner",
    "persona",
    "temperature",
    "stage",
    "grade",
    "fit_score",
    "interest_score",
    "completeness",
    "tags",
)

IDENTITY_FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "country",
    "time_zone",
    "language",
    "source",
    "owner",
)
"""The built-in fields that an import, a form or a person may set; the others are decided."""

FORM_FIELDS = tuple(name for name in IDENTITY_FIELDS if name != "owner")
"""The built-in fields that a person may fill in of itself."""


class Lead(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person who may buy.

    email      normalised address; None for a lead that cannot be mailed.
    country    ISO 3166 alpha-2; None when unknown, as with all that follow.
    time_zone  IANA name.
    owner      the rep's e-mail address.
    fields     the programme's declared fields that are known, by key.
    tags       its labels, sorted.
    """

    id: int
    created_at: datetime
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    country: str | None = None
    time_zone: str | None = None
    language: str | None = None
    source: str | None = None
    owner: str | None = None
    fields: Mapping[str, FieldValue] = {}
    tags: tuple[str, ...] = ()


def known(lead: Lead, name: str) -> bool:
    """Whether the lead's identity or declared field of this name is known."""
    value = getattr(lead, name) if name in IDENTITY_FIELDS else lead.fields.get(name)
    return value not in (None, "")
