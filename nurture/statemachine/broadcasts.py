"""A broadcast comes to a lead: it enters for one mail, or is told why not. Waiting is for campaigns, not for broadcasts."""

from datetime import datetime
from enum import StrEnum

from nurture.content.model import Campaign, Programme
from nurture.statemachine.consent import is_asked, is_lapsed, is_sales_own, rests, wants_topic
from nurture.statemachine.enrol import enrolled
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, MailClass


class Missed(StrEnum):
    """Why a lead of the segment gets no mail."""

    NO_ADDRESS = "no address"
    SUPPRESSED = "suppressed"
    SALES_OWNED = "owned by sales"
    UNCONFIRMED = "has not confirmed"
    SUNSET = "is asked whether to go on"
    LAPSED = "has never agreed, and turned to us too long ago"
    TOPIC = "does not want the topic"
    HAD = "already had the mail"


def broadcast(turn: Turn, state: LeadState) -> LeadState:
    """The lead inside the broadcast that has come to it; outside, with the reason, where it may not have the mail."""
    if turn.event.kind is not EventKind.BROADCAST_REACHED:
        return state
    campaign = turn.programme.campaigns.get(turn.event.text("campaign") or "")
    if campaign is None or campaign.broadcast is None:
        return state
    why = why_missed(turn.programme, state, campaign, turn.now)
    if why is not None:
        turn.record(EventKind.BROADCAST_MISSED, campaign=campaign.key, why=why.value)
        return state
    return enrolled(turn, state, campaign, once=True)


def why_missed(programme: Programme, state: LeadState, campaign: Campaign, now: datetime) -> Missed | None:
    """Why a broadcast that came to the lead now would miss it; None where it would not."""
    assert campaign.broadcast is not None
    why = why_silent(programme, state, campaign, now)
    if why is not None:
        return why
    return Missed.HAD if campaign.mail_ref(campaign.broadcast.mail) in state.had else None


def why_silent(programme: Programme, state: LeadState, campaign: Campaign, now: datetime) -> Missed | None:
    """Why the lead may get nothing of *campaign*, whatever it holds; None where it may."""
    if state.lead.email is None:
        return Missed.NO_ADDRESS
    if not rests(programme, state, campaign, now):
        return None
    if campaign.class_ is MailClass.OPERATIONAL or state.suppressed is not None:
        return Missed.SUPPRESSED
    if is_sales_own(programme, state):
        return Missed.SALES_OWNED
    if state.unconfirmed:
        return Missed.UNCONFIRMED
    if is_asked(state, campaign):
        return Missed.SUNSET
    if is_lapsed(programme, state, now):
        return Missed.LAPSED
    assert not wants_topic(programme, state, campaign.topic)
    return Missed.TOPIC
