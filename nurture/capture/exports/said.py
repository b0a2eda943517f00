"""The sayings of one row, and how they are asked."""

from collections.abc import Mapping
from datetime import datetime

from nurture.capture.rows import LeadRow
from nurture.capture.sayings import Saying
from nurture.capture.values import NO

Said = Mapping[str, object]
"""By saying: text, or an aware UTC moment. What the row leaves empty has no entry."""


def said_by(row: LeadRow) -> Said:
    """What the row says, also by a column of the company's own that was taken for an opt-out."""
    return {**row.said, Saying.UNSUBSCRIBED: "yes"} if row.opted_out else row.said


def is_yes(value: object) -> bool:
    """Whether a cell says yes, or anything that is no clear no."""
    return isinstance(value, str) and value.casefold() not in NO


def moment(said: Said, saying: Saying) -> datetime | None:
    value = said.get(saying)
    return value if isinstance(value, datetime) else None
