"""What came of a touch, as the event that its lead learns of it by."""

from datetime import datetime
from typing import Any

from nurture.store.mapping import event_row
from nurture.vocabulary.event import Event
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind


def outcome_event(
    touch: Touch, kind: EventKind, at: datetime, now: datetime, attempt: int = 1, /, **values: str | None
) -> dict[str, Any]:
    """The row of the event that says what happened to *touch* at *at*; each outcome of a touch is told once.

    attempt  told once for each: a mail that is sent again may be lost again.
    """
    again = f":{attempt}" if attempt > 1 else ""
    return event_row(
        Event(
            lead_id=touch.lead_id,
            kind=kind,
            occurred_at=at,
            received_at=now,
            source="transport",
            source_id=f"{touch.id}:{kind}{again}",
            properties={
                "touch": touch.id,
                "mail": touch.mail,
                "campaign": touch.campaign,
                "track": touch.track,
                "step": touch.step,
                "enrolment": touch.enrolment,
                "visit": touch.visit,
                "class": touch.mail_class.value,
                **{name: value for name, value in values.items() if value is not None},
            },
        )
    )
