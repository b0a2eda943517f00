"""The first gates: may the lead have this mail at all?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nurture.content.conditions import holds
from nurture.content.model import Programme
from nurture.statemachine.allocation import is_held_out
from nurture.statemachine.consent import implied_until, is_asked, is_lapsed, is_sales_own, wants_topic
from nurture.statemachine.facts import PASS, Answer, Facts, campaign_of, enrolment_of, step_of
from nurture.statemachine.scope import Scope
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass, Verdict

UNHEARD = "the lead has said something about our mail that could not be taken in yet"
LISTENS_AGAIN = timedelta(minutes=10)


def suppressed(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Suppressed or without consent: never; snoozed or resting after a reply: later."""
    state = facts.state
    cause = facts.suppressed or state.suppressed
    if state.lead.email is None:
        return Answer(Verdict.STOP, "the lead has no address")
    if cause is not None and (touch.mail_class is MailClass.MARKETING or cause.scope == "all"):
        return Answer(Verdict.STOP, f"the address is suppressed: {cause}")
    if touch.mail_class is MailClass.OPERATIONAL:
        return PASS
    if facts.unheard:
        return Answer(Verdict.DEFER, UNHEARD, now + LISTENS_AGAIN)
    if state.unconfirmed:
        return Answer(Verdict.STOP, "the lead has not confirmed that it wants to hear from us")
    campaign, enrolment = campaign_of(touch, facts), enrolment_of(touch, facts)
    if campaign is not None and not wants_topic(facts.programme, state, campaign.topic):
        return Answer(Verdict.STOP, f"the lead does not want the topic {campaign.topic}")
    if campaign is not None and is_asked(state, campaign):
        return Answer(Verdict.STOP, asked_whether(facts.programme, state))
    if is_lapsed(facts.programme, state, now):
        until = implied_until(facts.programme, state)
        ended = "" if until is None else day_of(facts.programme, until)
        return Answer(
            Verdict.STOP,
            f"the lead has agreed to nothing, and what its inquiry implied ended on {ended}",
        )
    if state.snoozed_until is not None and now < state.snoozed_until:
        return Answer(Verdict.DEFER, "the lead asked for a pause", state.snoozed_until)
    if enrolment is not None and enrolment.paused_until is not None and now < enrolment.paused_until:
        return Answer(Verdict.DEFER, "the campaign rests, as after a reply", enrolment.paused_until)
    return PASS


def asked_whether(programme: Programme, state: LeadState) -> str:
    due = state.sunset.due_at if state.sunset is not None else None
    if due is None:
        return "the lead is asked whether we should go on: nothing else"
    until = day_of(programme, due)
    return f"the lead is asked whether we should go on: nothing else until {until}"


def goal_or_exit(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """A lead that is out of the campaign, or is about to be, gets no more of it."""
    campaign, enrolment = campaign_of(touch, facts), enrolment_of(touch, facts)
    if campaign is None or enrolment is None or step_of(touch, facts) is None:
        return Answer(Verdict.STOP, "the lead is not in this step any more")
    scope = Scope(facts.programme, facts.state, None, now)
    if campaign.goal is not None and holds(campaign.goal.when, scope).value:
        return Answer(Verdict.STOP, f"the goal is reached: {campaign.goal.name}")
    for leaving in campaign.exit:
        if holds(leaving.when, scope).value:
            return Answer(Verdict.STOP, f"an exit is reached: {leaving.when}")
    return PASS


def sales_owned(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001 every gate is asked alike
    """While sales owns the lead, marketing is silent."""
    if touch.mail_class is MailClass.OPERATIONAL or not is_sales_own(facts.programme, facts.state):
        return PASS
    return Answer(Verdict.STOP, f"sales owns the lead: stage {facts.state.stage}")


def already_had(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """No content twice, in any track or campaign, unless the step says so."""
    had = facts.state.had.get(touch.mail)
    step = step_of(touch, facts)
    if had is None or (step is not None and step.repeat):
        return PASS
    at = day_of(facts.programme, had)
    return Answer(Verdict.SKIP, f"the lead had {touch.mail} on {at}")


def day_of(programme: Programme, at: datetime) -> str:
    """The day on the programme's wall clock, as ISO 8601 writes it."""
    return at.astimezone(ZoneInfo(programme.time_zone)).date().isoformat()


def condition(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """The step's own `when` and `unless`."""
    step = step_of(touch, facts)
    if step is None or (step.when is None and step.unless is None):
        return PASS
    scope = Scope(facts.programme, facts.state, None, now)
    if step.when is not None:
        outcome = holds(step.when, scope)
        if not outcome.value:
            return Answer(Verdict.SKIP, _because(f"does not hold: {step.when}", outcome.unknown))
    if step.unless is not None and holds(step.unless, scope).value:
        return Answer(Verdict.SKIP, f"holds: {step.unless}")
    return PASS


def holdout(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """Some leads are deliberately not mailed."""
    if touch.mail_class is MailClass.MARKETING and is_held_out(facts.programme, touch.lead_id):
        return Answer(Verdict.SKIP, "the lead is held out to measure what mail causes")
    return PASS


def _because(what: str, unknown: Sequence[str]) -> str:
    return f"{what} ({', '.join(unknown)} unknown)" if unknown else what
