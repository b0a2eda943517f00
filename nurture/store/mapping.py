"""Values to rows and back. A row is what one execution of a statement binds or fetches."""

from datetime import datetime
from typing import Any

import msgspec

from nurture.scoring.ledger import interest_score
from nurture.vocabulary.event import Event
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, MailClass, TouchStatus

Fetched = Any
"""A fetched row: its columns by name, as the statement that fetched it says."""

_packer = msgspec.msgpack.Encoder()
_unpacker = msgspec.msgpack.Decoder(LeadState)


def packed(state: LeadState) -> bytes:
    """The state as one value; equal states pack equally."""
    return _packer.encode(state)


def unpacked(value: bytes) -> LeadState:
    return _unpacker.decode(value)


def state_row(state: LeadState, now: datetime) -> dict[str, Any]:
    """The row of a lead's state: the value itself, and what lists are filtered and sorted by."""
    return {
        "lead_id": state.lead.id,
        "state": packed(state),
        "temperature": state.temperature.value,
        "stage": state.stage.value,
        "grade": state.grade.value,
        "persona": state.persona,
        "owner": state.lead.owner,
        "suppressed": state.suppressed,
        "clock_due_at": None if state.clock is None else state.clock.due_at,
        "fit_score": state.fit_score,
        "interest_score": interest_score(state.accumulators, now),
        "scored_at": now,
    }


def event_row(event: Event) -> dict[str, Any]:
    """The row of an event that waits to be absorbed."""
    return {
        "lead_id": event.lead_id or None,
        "visitor": event.text("visitor"),
        "kind": event.kind.value,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "source": event.source,
        "source_id": event.source_id,
        "properties": event.properties,
        "revision": None,
        "absorbed_at": None,
    }


def event_of(row: Fetched) -> Event:
    return Event(
        lead_id=row.lead_id or 0,
        kind=EventKind(row.kind),
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        source=row.source,
        source_id=row.source_id,
        properties=row.properties,
        id=row.id,
    )


def entry_row(entry: ScoreEntry) -> dict[str, Any]:
    return {
        "lead_id": entry.lead_id,
        "event_id": entry.event_id,
        "kind": entry.kind.value,
        "rule": entry.rule,
        "group_name": entry.group,
        "half_life": entry.half_life,
        "offered": entry.offered,
        "credited": entry.credited,
        "at": entry.at,
    }


def entry_of(row: Fetched) -> ScoreEntry:
    return ScoreEntry(
        lead_id=row.lead_id,
        event_id=row.event_id,
        kind=EntryKind(row.kind),
        rule=row.rule,
        group=row.group_name,
        half_life=row.half_life,
        offered=row.offered,
        credited=row.credited,
        at=row.at,
    )


def touch_row(touch: Touch) -> dict[str, Any]:
    """The row of a touch that has just been planned."""
    return {
        "id": touch.id,
        "lead_id": touch.lead_id,
        "enrolment": touch.enrolment,
        "visit": touch.visit,
        "campaign": touch.campaign,
        "track": touch.track,
        "step": touch.step,
        "mail": touch.mail,
        "mail_class": touch.mail_class.value,
        "variant": touch.variant,
        "priority": touch.priority,
        "status": TouchStatus.PLANNED.value,
        "due_at": touch.due_at,
        "planned_at": touch.planned_at,
    }


def touch_of(row: Fetched) -> Touch:
    return Touch(
        id=row.id,
        lead_id=row.lead_id,
        enrolment=row.enrolment,
        visit=row.visit,
        campaign=row.campaign,
        track=row.track,
        step=row.step,
        mail=row.mail,
        mail_class=MailClass(row.mail_class),
        due_at=row.due_at,
        planned_at=row.planned_at,
        priority=row.priority,
        variant=row.variant,
    )
