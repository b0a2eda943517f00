"""What a lead has agreed to, as the pages behind a mail's footer and its own page show it: also what it said a moment ago."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.engine.aliases import survivor_of
from nurture.statemachine.consent import wants_topic
from nurture.statemachine.facts_in import preferring
from nurture.store.mapping import event_of, unpacked
from nurture.store.records import event, lead_state, suppression
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, SuppressionCause

SAID = (EventKind.PREFERENCES_CHANGED, EventKind.CONSENT_GIVEN, EventKind.SNOOZED)


class TopicChoice(msgspec.Struct, frozen=True):
    """Whether the lead hears about a topic.

    asks  whether only those hear of it who asked for it.
    """

    key: str
    name: str
    wanted: bool
    asks: bool


class Standing(msgspec.Struct, frozen=True):
    """What a lead has agreed to.

    cause          why no marketing mail at all may reach its address; None where some may.
    snoozed_until  None where it did not ask for a pause, or the pause is over.
    """

    state: LeadState
    cause: SuppressionCause | None
    snoozed_until: datetime | None
    topics: tuple[TopicChoice, ...]

    @property
    def unsubscribed(self) -> bool:
        return self.cause is not None


def standing(connection: Connection, programme: Programme, lead_id: int, now: datetime) -> Standing | None:
    """The lead's standing, with what it has said and the engine has not taken in yet; None for no such lead.

    Of a lead that was merged into another: where that one stands.
    """
    person = survivor_of(connection, lead_id)
    packed = connection.execute(select(lead_state.c.state).where(lead_state.c.lead_id == person)).scalar()
    if packed is None:
        return None
    state = _as_said(connection, unpacked(packed))
    cause = _cause(connection, state.lead.email) or (state.suppressed if state.merged else None)
    snoozed = state.snoozed_until
    return Standing(
        state=state,
        cause=cause,
        snoozed_until=snoozed if snoozed is not None and snoozed > now else None,
        topics=tuple(
            TopicChoice(key, topic.name, cause is None and wants_topic(programme, state, key), topic.opt_in)
            for key, topic in programme.topics.items()
        ),
    )


def _as_said(connection: Connection, state: LeadState) -> LeadState:
    rows = connection.execute(
        select(event)
        .where(
            event.c.absorbed_at.is_(None),
            event.c.lead_id.in_([state.lead.id, *state.merged]),
            event.c.kind.in_([kind.value for kind in SAID]),
        )
        .order_by(event.c.id)
    )
    for each in map(event_of, rows):
        if each.kind is EventKind.SNOOZED:
            until = each.text("until")
            moment = None if until is None else datetime.fromisoformat(until)
            state = msgspec.structs.replace(state, snoozed_until=moment)
            continue
        state = preferring(state, each)
        language = each.table("fields").get("language")
        if isinstance(language, str):
            state = msgspec.structs.replace(
                state, lead=msgspec.structs.replace(state.lead, language=language)
            )
    return state


def _cause(connection: Connection, address: str | None) -> SuppressionCause | None:
    """The gravest of the causes for which the address stands on the list."""
    found = connection.execute(select(suppression.c.cause).where(suppression.c.address == address)).scalars()
    return max(map(SuppressionCause, found), key=lambda cause: cause.gravity, default=None)
