"""What happened to the lead itself: who it is, what it did, what it agreed to. The first part of a turn."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from nurture.statemachine.effects import Notify, Suppress
from nurture.statemachine.scope import act_key
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue, Lead
from nurture.vocabulary.state import LeadState, Reception
from nurture.vocabulary.touch import serial_of
from nurture.vocabulary.words import EventKind, MailClass, SuppressionCause

RECEPTION = timedelta(days=5)
REPLY_PAUSE = timedelta(days=14)
ACTS_KEPT = 400
"""The newest acts that conditions can ask for; a lead with more has long answered every question about the others."""


def take_in(turn: Turn, state: LeadState) -> LeadState:
    """The lead after the event, before anything is decided."""
    event = turn.event
    if event.table("fields"):
        state = replace(state, lead=changed(turn, state.lead))
    if turn.is_human:
        state = answered(state, event)
    match event.kind:
        case EventKind.MAIL_SENT | EventKind.MAIL_UNKNOWN:
            state = received(turn, state)
        case EventKind.MAIL_OPENED if not turn.is_human:
            state = replace(state, blind=True)
        case EventKind.MAIL_REPLIED:
            turn.add(Notify(to=None, what="reply"))
            state = paused(state, event)
        case EventKind.MAIL_BOUNCED if event.text("bounce") == "hard":
            state = suppressed(turn, state, SuppressionCause.HARD_BOUNCE)
        case EventKind.MAIL_COMPLAINED:
            state = suppressed(turn, state, SuppressionCause.COMPLAINT)
        case EventKind.UNSUBSCRIBED:
            state = suppressed(turn, state, SuppressionCause.UNSUBSCRIBED)
        case EventKind.PREFERENCES_CHANGED:
            state = preferring(state, event)
        case EventKind.SNOOZED:
            until = event.text("until")
            state = replace(state, snoozed_until=None if until is None else datetime.fromisoformat(until))
        case _:
            pass
    return unreceived(turn, state)


def changed(turn: Turn, lead: Lead) -> Lead:
    """The lead with the event's fields: an empty value forgets, a field that nobody declared is left out."""
    identity: dict[str, FieldValue | None] = {}
    fields = dict(lead.fields)
    for name, value in turn.event.table("fields").items():
        if name in IDENTITY_FIELDS:
            identity[name] = value
        elif value is None or value == "":
            fields.pop(name, None)
        elif name in turn.programme.fields:
            fields[name] = value
    return msgspec.structs.replace(lead, fields=fields, **identity)


def answered(state: LeadState, event: Event) -> LeadState:
    """A person acted: remember it, and count the mails before it as received."""
    at = event.occurred_at
    acts = dict(state.acts)
    for key in act_keys(event):
        acts.pop(key, None)  # so that the newest stands last
        acts[key] = at
    while len(acts) > ACTS_KEPT:
        del acts[next(iter(acts))]
    return replace(state, acts=acts, unreceived=0, receptions=())


def act_keys(event: Event) -> tuple[str, ...]:
    """The keys under which conditions find an act."""
    keys = [act_key("event", event.kind.value)]
    mail, link = event.text("mail"), event.text("link")
    match event.kind:
        case EventKind.MAIL_OPENED if mail:
            keys += (act_key("opened", name) for name in both_names(mail))
        case EventKind.MAIL_CLICKED if mail:
            for name in both_names(mail):
                keys += (act_key("opened", name), act_key("clicked", name))
                keys += (act_key("clicked", name, link),) if link else ()
        case EventKind.PAGE_VISITED:
            keys.append(act_key("visited", event.text("path") or ""))
        case EventKind.FORM_SUBMITTED:
            keys.append(act_key("submitted", event.text("form") or ""))
        case _:
            pass
    return tuple(keys)


def both_names(mail: str) -> tuple[str, str]:
    """A mail is asked for by its full name, or within its campaign by the short one."""
    return mail, mail.rpartition("/")[2]


def received(turn: Turn, state: LeadState) -> LeadState:
    """A mail reached the lead: it was had, and has five days to be answered."""
    event = turn.event
    mail, touch = event.text("mail"), event.number("touch")
    had = {**state.had, mail: event.occurred_at} if mail else state.had
    if touch is None or event.text("class") == MailClass.OPERATIONAL:
        return replace(state, had=had)
    reception = Reception(serial_of(int(touch)), event.occurred_at + RECEPTION)
    return replace(state, had=had, receptions=(*state.receptions, reception))


def unreceived(turn: Turn, state: LeadState) -> LeadState:
    """Mails whose five days have passed without a human act count against the persona."""
    late = sum(reception.due_at <= turn.now for reception in state.receptions)
    if not late:
        return state
    waiting = tuple(reception for reception in state.receptions if reception.due_at > turn.now)
    return replace(state, receptions=waiting, unreceived=state.unreceived + late)


def paused(state: LeadState, event: Event) -> LeadState:
    """A human reply rests the campaign that it answers."""
    until = event.occurred_at + REPLY_PAUSE
    enrolments = tuple(
        replace(each, paused_until=until)
        if each.is_live and each.campaign == event.text("campaign")
        else each
        for each in state.enrolments
    )
    return replace(state, enrolments=enrolments)


def suppressed(turn: Turn, state: LeadState, cause: SuppressionCause) -> LeadState:
    turn.add(Suppress(cause))
    return replace(state, suppressed=cause)


def preferring(state: LeadState, event: Event) -> LeadState:
    """Topics chosen on the preference page; agreeing to any lifts an earlier unsubscription, never a bounce."""
    choices = event.table("topics")
    wanted = {topic for topic, wants in choices.items() if wants}
    refused = set(choices) - wanted
    lifted = wanted and state.suppressed is SuppressionCause.UNSUBSCRIBED
    return replace(
        state,
        opted_in=tuple(sorted((set(state.opted_in) | wanted) - refused)),
        opted_out=tuple(sorted((set(state.opted_out) | refused) - wanted)),
        suppressed=None if lifted else state.suppressed,
    )
