"""Labels put on leads and taken off: of one at once, of many by a walk that yesterday's code began. Each is an event that the state machine takes in."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection

from nurture.engine.intake import add_events, say
from nurture.engine.lead_filter import LeadFilter, matching
from nurture.engine.live import Live
from nurture.engine.sweep_rows import Sweep
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.tags import tag_name
from nurture.vocabulary.words import EventKind

SOURCE = "tags"


def tags_in(text: str) -> tuple[str, ...]:
    """The tags that a person has written, apart by commas."""
    named = (tag_name(part) for part in text.split(","))
    return tuple(dict.fromkeys(name for name in named if name is not None))


def tag(
    connection: Connection, lead_id: int, tags: Collection[str], *, on: bool, by: str, now: datetime
) -> None:
    """Put tags on one lead, or take them off."""
    say(connection, SOURCE, lead_id, _kind(on=on), now, tags=dict.fromkeys(tags, True), by=by or None)


def concerned(sweep: Sweep) -> ColumnElement[bool]:
    """Whom a walk concerns, as things stand at each batch."""
    return matching(msgspec.convert(sweep.asked["filter"], LeadFilter))


def tag_some(
    connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime
) -> int:
    """A batch of a walk; a lead that has the tag already is left alone."""
    del live
    tags, on = sorted(sweep.asked["tags"]), bool(sweep.asked["on"])
    changed = [each.lead.id for each in states if any((name in each.lead.tags) is not on for name in tags)]
    properties: dict[str, PropertyValue] = {"tags": dict.fromkeys(tags, True)}
    if sweep.actor:
        properties["by"] = sweep.actor
    add_events(
        connection,
        [
            Event(
                lead_id=lead_id,
                kind=_kind(on=on),
                occurred_at=now,
                received_at=now,
                source=SOURCE,
                source_id=f"{sweep.id}:{lead_id}",
                properties=properties,
            )
            for lead_id in changed
        ],
    )
    return len(changed)


def _kind(*, on: bool) -> EventKind:
    return EventKind.LEAD_TAGGED if on else EventKind.LEAD_UNTAGGED
