"""What a lead did and what it received: remembered for conditions, and for how receptive it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from nurture.statemachine.consent import is_tracked
from nurture.statemachine.effects import Answered
from nurture.statemachine.scope import act_key
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState, Reception
from nurture.vocabulary.touch import number_in
from nurture.vocabulary.words import EventKind, MailClass

RECEPTION = timedelta(days=5)
REPLY_PAUSE = timedelta(days=14)
ACTS_KEPT = 400
"""The newest acts that conditions can ask for; a lead with more has long answered every question about the others."""


def answered(turn: Turn, state: LeadState) -> LeadState:
    """A person acted: remember it, and count the mails before it as received.

    An open says nothing of a lead whose opens cannot be told from its proxy's.
    """
    touch = turn.event.number("touch")
    if touch is not None and turn.event.kind in (EventKind.MAIL_OPENED, EventKind.MAIL_CLICKED):
        turn.add(Answered(int(touch), turn.event.kind, turn.at))
    acts = with_act(state.acts, turn.event, turn.at)
    if state.blind and turn.event.kind is EventKind.MAIL_OPENED:
        return replace(state, acts=acts)
    return replace(state, acts=acts, unreceived=0, ignored=0, receptions=())


def with_act(acts: Mapping[str, datetime], event: Event, at: datetime) -> dict[str, datetime]:
    """The acts with one more, that of *event* at the moment *at*."""
    known = dict(acts)
    for key in act_keys(event):
        last = known.pop(key, at)  # so that the newest stands last
        known[key] = max(last, at)
    while len(known) > ACTS_KEPT:
        del known[next(iter(known))]
    return known


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
    mail = event.text("mail")
    had = {**state.had, mail: turn.at} if mail else state.had
    reception = awaited(turn, state, event, turn.at)
    if reception is None:
        return replace(state, had=had)
    receptions = sorted((*state.receptions, reception), key=lambda each: each.due_at)
    return replace(state, had=had, receptions=tuple(receptions))


def awaited(turn: Turn, state: LeadState, event: Event, at: datetime) -> Reception | None:
    """The answer that is awaited of a mail that arrived *at* this moment; none of one that only tells."""
    touch = event.number("touch")
    # It was unknown first; then a person says that it arrived, or the worker that was thought dead has its answer.
    told_twice = event.text("by") is not None
    campaign = turn.programme.campaigns.get(event.text("campaign") or "")
    unseen = not is_tracked(state, campaign)  # nobody can tell whether it was answered
    if touch is None or told_twice or unseen or event.text("class") == MailClass.OPERATIONAL:
        return None
    return Reception(number_in(state.lead.id, int(touch)), at + RECEPTION)


def lost(turn: Turn, state: LeadState) -> LeadState:
    """A mail of unknown fate did not leave: it was not had, and nobody ignored it."""
    state = returned(turn, state)
    mail = turn.event.text("mail")
    return replace(state, had={had: at for had, at in state.had.items() if had != mail})


def returned(turn: Turn, state: LeadState) -> LeadState:
    """A mail came back after it had been accepted: nobody received it, so nobody ignored it."""
    touch = turn.event.number("touch")
    if touch is None:
        return state
    number = number_in(state.lead.id, int(touch))
    return replace(state, receptions=tuple(each for each in state.receptions if each.touch != number))


def unreceived(turn: Turn, state: LeadState) -> LeadState:
    """Mails whose five days have passed without a human act count against the persona."""
    late = sum(reception.due_at <= turn.now for reception in state.receptions)
    if not late:
        return state
    return replace(
        state,
        receptions=state.receptions[late:],
        unreceived=state.unreceived + late,
        ignored=state.ignored + late,
    )


def paused(turn: Turn, state: LeadState) -> LeadState:
    """A human reply rests the marketing campaign that it answers."""
    campaign = turn.programme.campaigns.get(turn.event.text("campaign") or "")
    if campaign is None or campaign.class_ is MailClass.OPERATIONAL:
        return state
    until = turn.at + REPLY_PAUSE
    enrolments = tuple(
        replace(each, paused_until=max(until, each.paused_until or until))
        if each.is_live and each.campaign == campaign.key
        else each
        for each in state.enrolments
    )
    return replace(state, enrolments=enrolments)
