"""Whether a lead may be mailed at all: by its address, by what it agreed to, and by who owns it."""

from nurture.content.model import Campaign, Programme
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import SUNSET, MailClass, StageOwner


def rests(programme: Programme, state: LeadState, campaign: Campaign) -> bool:
    """Whether nothing of *campaign* may be planned: the lead is sales' own, unreachable, or does not want it."""
    if state.lead.email is None:
        return True
    if campaign.class_ is MailClass.OPERATIONAL:
        return state.suppressed is not None and state.suppressed.scope == "all"
    return (
        state.suppressed is not None
        or state.unconfirmed
        or is_sales_own(programme, state)
        or is_asked(state, campaign)
        or not wants_topic(programme, state, campaign.topic)
    )


def is_asked(state: LeadState, campaign: Campaign) -> bool:
    """Whether *campaign* is silent because the lead is asked if we should go on."""
    return state.sunset is not None and campaign.key != SUNSET


def is_tracked(state: LeadState, campaign: Campaign | None) -> bool:
    """Whether it may be measured what the lead does with a mail of *campaign*."""
    return not state.untracked and (campaign is None or campaign.tracking)


def is_sales_own(programme: Programme, state: LeadState) -> bool:
    """Whether sales owns the lead's stage."""
    policy = programme.stages.get(state.stage)
    return policy is not None and policy.owner is StageOwner.SALES


def wants_topic(programme: Programme, state: LeadState, topic: str | None) -> bool:
    """Whether the lead may hear about *topic*: not refused, and asked for where it must be."""
    if topic is None:
        return True
    declared = programme.topics.get(topic)
    needs_asking = declared is not None and declared.opt_in
    return topic not in state.opted_out and (not needs_asking or topic in state.opted_in)
