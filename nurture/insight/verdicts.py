"""How opens and clicks are judged now, whatever was said when they were told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.store.mapping import Fetched
from nurture.store.records import verdict
from nurture.vocabulary.event import Event


class Verdict(msgspec.Struct, frozen=True):
    """What holds of one open or click.

    pattern        what gave a machine away; None for a person.
    overturned_at  when it was judged otherwise than at first; None for never.
    overruled_by   the person who said so; None where a later hit showed it.
    """

    humanity: float
    pattern: str | None
    overturned_at: datetime | None
    overruled_by: str | None


def verdicts_on(connection: Connection, event_ids: Sequence[int]) -> Mapping[int, Verdict]:
    """The verdicts on those of the events on which there is one; what nobody ever doubted has none."""
    if not event_ids:
        return {}
    rows = connection.execute(select(verdict).where(verdict.c.event_id.in_(event_ids)))
    return {row.event_id: verdict_of(row) for row in rows}


def verdict_of(row: Fetched) -> Verdict:
    return Verdict(row.humanity, row.pattern, row.overturned_at, row.overruled_by)


def as_judged(event: Event, found: Verdict | None) -> Event:
    """The event as if it had been judged so at first."""
    if found is None:
        return event
    said = {name: value for name, value in event.properties.items() if name != "machine_pattern"}
    said["humanity"] = found.humanity
    if found.pattern is not None:
        said["machine_pattern"] = found.pattern
    return replace(event, properties=said)
