"""Where leads can be moved by hand: the tracks of live campaigns, and why a lead can be moved nowhere."""

from datetime import datetime

from nurture.content.model import Campaign, Programme
from nurture.statemachine.broadcasts import why_silent
from nurture.statemachine.known import known_of
from nurture.vocabulary.state import LeadState


def moved_in(programme: Programme) -> tuple[Campaign, ...]:
    """The campaigns in whose tracks a person may put leads: no drafts, and no broadcasts."""
    return known_of(programme).entered


def move_held(programme: Programme, state: LeadState, campaign: Campaign, now: datetime) -> str | None:
    """Why the lead can be moved to no track of *campaign*, whichever; None where it can."""
    why = why_silent(programme, state, campaign, now)
    return None if why is None else why.value
