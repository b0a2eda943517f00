"""Who would enter a campaign if it went live now, and get mail of it; and of those who meet its entry, why others would not."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from nurture.content.model import Campaign, Expression, Programme
from nurture.statemachine.allocation import is_held_out
from nurture.statemachine.broadcasts import Missed, why_silent
from nurture.statemachine.enrol import live_in, reached_exit
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, MailClass


class Kept(StrEnum):
    """What keeps a lead from a campaign, beside what keeps it from all mail (``broadcasts.Missed``)."""

    INSIDE = "in it already"
    WAS_INSIDE = "were in it before"
    GOAL = "have reached its goal"
    EXIT = "would leave at once"
    HELD_OUT = "held out, to measure what mail causes"
    NO_TRACK = "none of its tracks is for them"


COMES_IN = frozenset(Missed) - {Missed.NO_ADDRESS} | {Kept.HELD_OUT, Kept.NO_TRACK}
"""Who is kept from its mail by one of these is in the campaign all the same, and is mailed should that end."""


class Entrance(msgspec.Struct, frozen=True):
    """A lead that meets the entry. *why* it would get nothing; None for one that enters and is mailed."""

    why: Missed | Kept | None


def gone_live(programme: Programme, key: str) -> Programme:
    """The programme in which campaign *key* is no draft."""
    campaign = replace(programme.campaigns[key], draft=False)
    return replace(programme, campaigns={**programme.campaigns, key: campaign})


def entrance(programme: Programme, state: LeadState, campaign: Campaign, now: datetime) -> Entrance | None:
    """How the lead would come into *campaign*; None where it does not meet the entry.

    programme  the one in which the campaign is live.
    """
    turn = Turn(programme, state, told(state, now), now)
    if not turn.ask(state, campaign.entry.when):
        return None
    return Entrance(_why_kept(turn, state, campaign))


def meets(programme: Programme, state: LeadState, asked: Expression, now: datetime) -> bool:
    """Whether *asked* holds for the lead at the turn in which it learns of the revision."""
    return Turn(programme, state, told(state, now), now).ask(state, asked)


def told(state: LeadState, now: datetime) -> Event:
    """What each lead is told of a revision that has gone live."""
    return Event(
        lead_id=state.lead.id,
        kind=EventKind.PROGRAMME_APPLIED,
        occurred_at=now,
        received_at=now,
        source="programme",
        source_id="tried",
    )


def _why_kept(turn: Turn, state: LeadState, campaign: Campaign) -> Missed | Kept | None:
    if state.lead.email is None:
        return Missed.NO_ADDRESS
    if live_in(state, campaign.key) is not None:
        return Kept.INSIDE
    last = next((each.left_at for each in state.enrolments if each.campaign == campaign.key), None)
    rest = campaign.entry.again_after
    if last is not None and (rest is None or turn.now < turn.later(last, rest)):
        return Kept.WAS_INSIDE
    if campaign.goal is not None and turn.ask(state, campaign.goal.when):
        return Kept.GOAL
    if reached_exit(turn, state, campaign):
        return Kept.EXIT
    silent = why_silent(turn.programme, state, campaign, turn.now)
    if silent is not None:
        return silent
    if campaign.class_ is MailClass.MARKETING and is_held_out(turn.programme, state.lead.id):
        return Kept.HELD_OUT
    return Kept.NO_TRACK if turn.known.track_for(campaign, state) is None else None
