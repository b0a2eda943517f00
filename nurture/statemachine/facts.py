"""What the gates know about a touch, and what one of them answers."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from nurture.content.model import Campaign, Programme, Step
from nurture.scheduling.spans import Span
from nurture.statemachine.known import known_of
from nurture.statemachine.steps import step_named
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import SuppressionCause, Verdict


class Rival(msgspec.Struct, frozen=True):
    """Another touch of the same lead that waits."""

    touch_id: int
    priority: int
    due_at: datetime


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the gates need to know, as loaded for the batch.

    suppressed     cause for which the lead's address stands in the suppression list, beside the lead's own state.
    recent         when the lead's marketing touches of the last eight days were claimed, sent or became unknown.
    rivals         the lead's other touches that wait.
    domain_free    when the recipient's domain may be written to again; None for now.
    warm_up_left   mails that today's ramp still allows; None where there is no ramp.
    warm_up_free   when the next day's ramp begins.
    away           when nothing left for an hour or more, by no gate's doing; none for a touch that was spread for it before.
    paused         who has paused the mail, and why; None for nobody.
    unheard        whether the lead has said something about our mail that could not be taken in.
    """

    programme: Programme
    state: LeadState
    suppressed: SuppressionCause | None = None
    recent: Sequence[datetime] = ()
    rivals: Sequence[Rival] = ()
    domain_free: datetime | None = None
    warm_up_left: int | None = None
    warm_up_free: datetime | None = None
    away: Sequence[Span] = ()
    paused: str | None = None
    unheard: bool = False


class Answer(msgspec.Struct, frozen=True):
    """One gate's verdict, why, and when to ask again where it defers."""

    verdict: Verdict
    why: str = ""
    next_at: datetime | None = None


PASS = Answer(Verdict.PASS)


def campaign_of(touch: Touch, facts: Facts) -> Campaign | None:
    """The campaign as the touch's enrolment follows it; None for one that was removed."""
    for each in facts.state.enrolments:
        if each.serial == touch.enrolment:
            return facts.programme.followed(touch.campaign, each.entered_at)
    return facts.programme.named(touch.campaign)


def enrolment_of(touch: Touch, facts: Facts) -> Enrolment | None:
    """The live enrolment in the visit that the touch belongs to; None once the lead has left it."""
    for each in facts.state.live_enrolments:
        if each.serial == touch.enrolment:
            return each if each.visit == touch.visit and each.track == touch.track else None
    return None


def step_of(touch: Touch, facts: Facts) -> Step | None:
    campaign = campaign_of(touch, facts)
    if campaign is facts.programme.campaigns.get(touch.campaign):
        return known_of(facts.programme).step(touch.campaign, touch.track, touch.step)
    track = None if campaign is None else campaign.track(touch.track)
    return None if track is None else step_named(track, touch.step)
