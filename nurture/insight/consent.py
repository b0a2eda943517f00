"""What a lead has agreed to, as the pages behind a mail's footer show it: also what it said a moment ago."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.statemachine.facts_in import preferring
from nurture.store.mapping import event_of, unpacked
from nurture.store.records import event, lead_state, suppression
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

SAID = (EventKind.PREFERENCES_CHANGED, EventKind.CONSENT_GIVEN, EventKind.SNOOZED)


class TopicChoice(msgspec.Struct, frozen=True):
    """Whether the lead hears about a topic."""

    key: str
    name: str
    wanted: bool


class Standing(msgspec.Struct, frozen=True):
    """What a lead has agreed to.

    unsubscribed   no marketing mail at all.
    snoozed_until  None where it did not ask for a pause, or the pause is over.
    """

    state: LeadState
    unsubscribed: bool
    snoozed_until: datetime | None
    topics: tuple[TopicChoice, ...]


def standing(connection: Connection, programme: Programme, lead_id: int, now: datetime) -> Standing | None:
    """The lead's standing, with what it has said and the engine has not taken in yet; None for no such lead."""
    packed = connection.execute(select(lead_state.c.state).where(lead_state.c.lead_id == lead_id)).scalar()
    if packed is None:
        return None
    state = _as_said(connection, unpacked(packed))
    unsubscribed = _is_suppressed(connection, state.lead.email)
    snoozed = state.snoozed_until
    return Standing(
        state=state,
        unsubscribed=unsubscribed,
        snoozed_until=snoozed if snoozed is not None and snoozed > now else None,
        topics=tuple(
            TopicChoice(key, topic.name, not unsubscribed and _wants(state, key, asks=topic.opt_in))
            for key, topic in programme.topics.items()
        ),
    )


def _as_said(connection: Connection, state: LeadState) -> LeadState:
    rows = connection.execute(
        select(event)
        .where(
            event.c.absorbed_at.is_(None),
            event.c.lead_id == state.lead.id,
            event.c.kind.in_([kind.value for kind in SAID]),
        )
        .order_by(event.c.id)
    )
    for each in map(event_of, rows):
        if each.kind is not EventKind.SNOOZED:
            state = preferring(state, each)
        else:
            until = each.text("until")
            moment = None if until is None else datetime.fromisoformat(until)
            state = msgspec.structs.replace(state, snoozed_until=moment)
    return state


def _is_suppressed(connection: Connection, address: str | None) -> bool:
    found = connection.execute(select(suppression.c.cause).where(suppression.c.address == address).limit(1))
    return found.first() is not None


def _wants(state: LeadState, topic: str, *, asks: bool) -> bool:
    return topic not in state.opted_out and (not asks or topic in state.opted_in)
