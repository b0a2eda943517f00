"""What happened to the lead itself: who it is, what it did, what it agreed to. The first part of a turn."""

from datetime import datetime

from msgspec.structs import replace

from nurture.statemachine.acts import answered, lost, paused, received, returned, unreceived
from nurture.statemachine.effects import Notify
from nurture.statemachine.suppressing import agreed_anew, bounced, by_hand, lifted, suppressed
from nurture.statemachine.tags import labelled
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue, known
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import OF_THE_ADDRESS, EventKind, SuppressionCause


def take_in(turn: Turn, state: LeadState) -> LeadState:
    """The lead after the event, before anything is decided."""
    event = turn.event
    if event.table("fields"):
        state = changed(turn, state)
    if turn.is_human:
        state = answered(turn, state)
    match event.kind:
        case EventKind.MAIL_SENT | EventKind.MAIL_UNKNOWN:
            state = received(turn, state)
        case EventKind.MAIL_LOST:
            state = lost(turn, state)
        case EventKind.MAIL_OPENED if not turn.is_human or event.properties.get("proxied"):
            state = replace(state, blind=True)
        case EventKind.MAIL_REPLIED if turn.is_human:
            turn.add(Notify(to=None, what="reply"))
            state = paused(turn, state)
        case EventKind.MAIL_BOUNCED:
            state = bounced(turn, returned(turn, state))
        case EventKind.MAIL_COMPLAINED:
            state = suppressed(turn, state, SuppressionCause.COMPLAINT)
        case EventKind.UNSUBSCRIBED:
            state = suppressed(turn, state, SuppressionCause.UNSUBSCRIBED)
        case EventKind.SUPPRESSED:
            state = by_hand(turn, state)
        case EventKind.SUPPRESSION_LIFTED:
            state = lifted(turn, state)
        case EventKind.LEAD_TAGGED | EventKind.LEAD_UNTAGGED:
            state = labelled(turn, state)
        case EventKind.PREFERENCES_CHANGED:
            state = preferring(state, event)
        case EventKind.LEAD_CREATED if event.properties.get("unconfirmed"):
            state = replace(state, unconfirmed=True)
        case EventKind.CONSENT_GIVEN:
            state = preferring(state, event)
        case EventKind.SNOOZED:
            until = event.text("until")
            state = replace(state, snoozed_until=None if until is None else datetime.fromisoformat(until))
        case _:
            pass
    return unreceived(turn, state)


def changed(turn: Turn, state: LeadState) -> LeadState:
    """The lead with the event's fields: an empty value forgets, a field that nobody declared is left out.

    Of an event that may only add ("fills"), what is known already is not taken.
    """
    fills = bool(turn.event.properties.get("fills"))
    identity: dict[str, FieldValue | None] = {}
    fields = dict(state.lead.fields)
    for name, value in turn.event.table("fields").items():
        if fills and known(state.lead, name):
            continue
        if name in IDENTITY_FIELDS:
            identity[name] = None if value == "" else value
        elif value is None or value == "":
            fields.pop(name, None)
        elif name in turn.programme.fields:
            fields[name] = value
    lead = replace(state.lead, fields=fields, **identity)
    if lead.email != state.lead.email:
        state = replace(state, soft_bounces=())
        if state.suppressed in OF_THE_ADDRESS:
            kept = SuppressionCause.UNSUBSCRIBED if state.unsubscribed else None
            return replace(state, lead=lead, suppressed=kept)
    return replace(state, lead=lead)


def preferring(state: LeadState, event: Event) -> LeadState:
    """Topics chosen on the preference page or agreed to, and whether it may be measured what the lead does; agreeing to any lifts an earlier unsubscription, never a bounce.

    Who chose there, or followed a link in a mail ("proven"), has the address: then nothing waits to be confirmed.
    """
    choices = event.table("topics")
    wanted = {topic for topic, wants in choices.items() if wants}
    refused = set(choices) - wanted
    return replace(
        agreed_anew(state) if wanted and event.text("by") is None else state,
        opted_in=tuple(sorted((set(state.opted_in) | wanted) - refused)),
        opted_out=tuple(sorted((set(state.opted_out) | refused) - wanted)),
        unconfirmed=state.unconfirmed and not _proves_address(event),
        untracked=not event.properties.get("tracking", not state.untracked),
    )


def _proves_address(event: Event) -> bool:
    """Whether who spoke has the address: followed a link in a mail, or chose here itself, rather than in another product."""
    here = event.text("told_by") is None and event.text("by") is None
    chose_here = event.kind is EventKind.PREFERENCES_CHANGED and here
    return chose_here or bool(event.properties.get("proven"))
