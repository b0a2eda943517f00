"""What people write or choose in a form, as values: anything else is nobody's choice."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from nurture.scheduling.zones import moments_of

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def choice_of(form: Mapping[str, str], kind: type[ChoiceT], name: str) -> ChoiceT | None:
    """The choice under *name*; None for none, or for one that there is not."""
    try:
        return kind(form.get(name, ""))
    except ValueError:
        return None


def moment_in(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment of a field for date and time, by the wall clock of *zone*; None where it holds none.

    What the clock skips is the end of the gap; of what it shows twice, the first showing that is still to come.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    first, second = moments_of(wall.date(), wall.time(), zone)
    return first if first > now else second
