"""Who is in which campaign: goals and exits first, then entries."""

from msgspec.structs import replace

from nurture.content.model import Campaign
from nurture.statemachine.consent import rests
from nurture.statemachine.effects import CancelTouch
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.touch import touch_id
from nurture.vocabulary.words import EventKind, ExitReason


def enrolments(turn: Turn, state: LeadState) -> LeadState:
    """The lead after every campaign has been asked whether it still wants it, and whether it wants it now."""
    for enrolment in state.live_enrolments:
        campaign = turn.programme.named(enrolment.campaign)
        reason = why_leave(turn, state, enrolment, campaign)
        if reason is not None:
            state = left(turn, state, enrolment, reason)
    state = put_in(turn, state)
    if state.lead.email is None:  # nothing could reach it; it is scored all the same
        return state
    inside = {each.campaign for each in state.enrolments if each.is_live}
    for campaign in turn.known.entered:
        if campaign.key not in inside and may_enter(turn, state, campaign):
            state = enrolled(turn, state, campaign)
    return state


def put_in(turn: Turn, state: LeadState) -> LeadState:
    """The lead in the campaign that a person of ours puts it into, whatever its entry asks; not where it would leave at once."""
    if turn.event.kind is not EventKind.CAMPAIGN_STARTED or state.lead.email is None:
        return state
    wanted = turn.event.text("campaign")
    campaign = next((each for each in turn.known.entered if each.key == wanted), None)
    if campaign is None or live_in(state, campaign.key) is not None or is_over(turn, state, campaign):
        return state
    return enrolled(turn, state, campaign)


def is_over(turn: Turn, state: LeadState, campaign: Campaign) -> bool:
    """Whether the lead, which is outside, has reached the goal or an exit of *campaign* already."""
    goal = campaign.goal
    return reached_exit(turn, state, campaign) or (goal is not None and turn.ask(state, goal.when))


def why_leave(
    turn: Turn, state: LeadState, enrolment: Enrolment, campaign: Campaign | None
) -> ExitReason | None:
    """The goal or exit that is reached; None for a lead that stays. A goal reached too late is an exit."""
    if campaign is None:
        return ExitReason.REMOVED
    if enrolment.once:  # one that waits until the lead may be mailed again would be old news
        cancelled = turn.event.kind is EventKind.BROADCAST_CANCELLED
        gone = cancelled and turn.event.text("campaign") == campaign.key
        return ExitReason.EXIT if gone or rests(turn.programme, state, campaign, turn.now) else None
    if turn.event.kind is EventKind.CAMPAIGN_STOPPED and turn.event.text("campaign") == campaign.key:
        return ExitReason.STOPPED
    goal = campaign.goal
    if goal is not None and turn.ask(state, goal.when):
        in_time = goal.within is None or turn.now <= turn.later(enrolment.entered_at, goal.within)
        return ExitReason.GOAL if in_time else ExitReason.EXIT
    return ExitReason.EXIT if reached_exit(turn, state, campaign) else None


def reached_exit(turn: Turn, state: LeadState, campaign: Campaign) -> bool:
    return any(turn.ask(state, leaving.when) for leaving in campaign.exit)


def may_enter(turn: Turn, state: LeadState, campaign: Campaign) -> bool:
    """Whether the lead, which is outside, meets the entry, would not leave at once, and was not inside too recently."""
    if not turn.ask(state, campaign.entry.when) or is_over(turn, state, campaign):
        return False
    last = next((each.left_at for each in state.enrolments if each.campaign == campaign.key), None)
    rest = campaign.entry.again_after
    return last is None or (rest is not None and turn.now >= turn.later(last, rest))


def enrolled(turn: Turn, state: LeadState, campaign: Campaign, *, once: bool = False) -> LeadState:
    """The lead inside *campaign*: a new enrolment, which carries over what the last one passed.

    once  whether it is for one mail, and forgotten after it.
    """
    serial = state.enrolled + 1
    last = next((each for each in state.enrolments if each.campaign == campaign.key), None)
    fresh = Enrolment(
        serial=serial,
        campaign=campaign.key,
        revision="",
        entered_at=turn.now,
        passed={} if last is None else last.passed,
        chosen={} if last is None else last.chosen,
        variants={} if last is None else last.variants,
        last_mail_at=None if last is None else last.last_mail_at,
        once=once,
    )
    turn.record(EventKind.CAMPAIGN_ENTERED, campaign=campaign.key, enrolment=serial)
    others = tuple(each for each in state.enrolments if each is not last)
    return replace(state, enrolments=(*others, fresh), enrolled=serial)


def left(turn: Turn, state: LeadState, enrolment: Enrolment, reason: ExitReason) -> LeadState:
    """The lead outside: what was planned is cancelled."""
    cancel_planned(turn, state, enrolment, f"left the campaign: {reason}")
    turn.record(
        EventKind.CAMPAIGN_LEFT, campaign=enrolment.campaign, enrolment=enrolment.serial, reason=reason.value
    )
    if enrolment.once:
        others = tuple(each for each in state.enrolments if each.serial != enrolment.serial)
        return replace(state, enrolments=others)
    gone = replace(enrolment, track=None, planned=None, left_at=turn.now, left_because=reason, by_hand=None)
    return with_enrolment(state, gone)


def cancel_planned(turn: Turn, state: LeadState, enrolment: Enrolment, why: str) -> None:
    """Take the enrolment's planned mail off the queue, if there is one."""
    planned = enrolment.planned
    if planned is not None and planned.touch:
        turn.add(CancelTouch(touch_id(state.lead.id, planned.touch), why))


def with_enrolment(state: LeadState, changed: Enrolment) -> LeadState:
    """The state with the enrolment of this serial replaced."""
    return replace(
        state,
        enrolments=tuple(changed if each.serial == changed.serial else each for each in state.enrolments),
    )


def live_in(state: LeadState, campaign: str) -> Enrolment | None:
    """The lead's live enrolment of *campaign*, if any."""
    return next((each for each in state.live_enrolments if each.campaign == campaign), None)
