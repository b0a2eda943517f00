"""Whether a lead may be mailed at all: by its address, by what it agreed to, and by who owns it."""

from datetime import datetime

from nurture.content.model import Campaign, Programme
from nurture.statemachine.scope import act_key
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import SUNSET, EventKind, MailClass, Stage, StageOwner

INQUIRED = act_key("event", EventKind.FORM_SUBMITTED)


def rests(programme: Programme, state: LeadState, campaign: Campaign, now: datetime) -> bool:
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
        or is_lapsed(programme, state, now)
        or not wants_topic(programme, state, campaign.topic)
    )


def is_asked(state: LeadState, campaign: Campaign) -> bool:
    """Whether *campaign* is silent because the lead is asked if we should go on."""
    return state.sunset is not None and campaign.key != SUNSET


def is_lapsed(programme: Programme, state: LeadState, now: datetime) -> bool:
    """Whether the lead has agreed to nothing, and that it once turned to us is too long ago."""
    ends_at = implied_until(programme, state)
    return ends_at is not None and now >= ends_at


def implied_until(programme: Programme, state: LeadState) -> datetime | None:
    """Until when it may be mailed because it once turned to us; None where it has agreed, or nothing ends."""
    policy = programme.sending.implied_consent
    if policy is None or state.opted_in:
        return None
    if policy.countries and state.lead.country not in policy.countries:
        return None
    inquired_at = state.acts.get(INQUIRED, state.lead.created_at)
    ends_at = max(inquired_at, state.lead.created_at) + policy.inquiry.elapsed
    if state.stage is Stage.CUSTOMER and state.stage_since is not None:
        return max(ends_at, state.stage_since + policy.customer.elapsed)
    return ends_at


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
