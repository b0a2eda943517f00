"""What is told a lead anew that stands on its own again: what had come for it, and what anybody refused while the two were one."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from nurture.vocabulary.event import TOLD_AGAIN, Event
from nurture.vocabulary.words import EventKind

SPEAKING = frozenset(
    {
        EventKind.UNSUBSCRIBED,
        EventKind.MAIL_COMPLAINED,
        EventKind.PREFERENCES_CHANGED,
        EventKind.CONSENT_GIVEN,
        EventKind.SNOOZED,
        EventKind.SUPPRESSED,
        EventKind.SUPPRESSION_LIFTED,
    }
)
"""What says whether a person may be mailed."""
WHOSE = "came_for"
"""The property that says for which merged lead a list or form brought an event."""


def agreed_to(events: Iterable[Event]) -> tuple[str, ...]:
    """The topics that these events agree to; the last word on each counts."""
    said: dict[str, bool] = {}
    for each in events:
        if each.kind in (EventKind.PREFERENCES_CHANGED, EventKind.CONSENT_GIVEN):
            said |= {topic: bool(wants) for topic, wants in each.table("topics").items()}
    return tuple(sorted(topic for topic, wants in said.items() if wants))


def anew(
    returned: Iterable[Event], others: Iterable[Event], lead_id: int, undone_by: int, now: datetime
) -> Iterator[Event]:
    """The events for the lead that stands again.

    returned  what had come for it.
    others    what came for the survivor meanwhile: its refusals hold for both, its agreements are of its own address.
    """
    shared = (_refusal(each) for each in others)
    for each in sorted([*returned, *(each for each in shared if each is not None)], key=lambda each: each.id):
        yield replace(
            each,
            id=0,
            lead_id=lead_id,
            received_at=now,
            source=TOLD_AGAIN,
            source_id=f"{each.id}:{undone_by}",
            properties={name: value for name, value in each.properties.items() if name != WHOSE},
        )


def _refusal(event: Event) -> Event | None:
    """What *event* refuses, without the rest of it; None for what refuses nothing."""
    match event.kind:
        case EventKind.UNSUBSCRIBED | EventKind.MAIL_COMPLAINED:
            return event
        case EventKind.SNOOZED if event.text("until") is not None:
            return event
        case EventKind.PREFERENCES_CHANGED:
            refused = {topic: False for topic, wants in event.table("topics").items() if not wants}
            tracking = {"tracking": False} if event.properties.get("tracking") is False else {}
            if not refused and not tracking:
                return None
            told = {"topics": refused, "told_by": f"lead {event.lead_id}", **tracking}
            return replace(event, properties=told)
        case _:
            return None
