"""The next step of an enrolment, and when."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from nurture.content.model import Experiment, Step, StepKind, Track
from nurture.statemachine.allocation import odds, variant_of
from nurture.statemachine.calendars import spread_over_window
from nurture.statemachine.effects import PlanTouch
from nurture.statemachine.enrol import cancel_planned
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState, Planned
from nurture.vocabulary.touch import Touch, touch_id
from nurture.vocabulary.words import EventKind, Lane, MailClass


def plan(
    turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step, *, due_at: datetime
) -> tuple[LeadState, Enrolment]:
    """*step* as what the enrolment waits for; a mail goes on the due queue."""
    campaign = turn.campaign_of(enrolment)
    enrolment = replace(enrolment, exhausted_at=None, finished_at=None)
    if step.kind is not StepKind.MAIL:
        return state, replace(enrolment, planned=Planned(step.key, due_at))
    if step.experiment is not None and step.key not in enrolment.variants:
        enrolment = assigned(turn, state, enrolment, step.key, step.experiment)
    serial, mail = state.touches + 1, campaign.mail_ref(step.mail or "")
    touch = Touch(
        id=touch_id(state.lead.id, serial),
        lead_id=state.lead.id,
        enrolment=enrolment.serial,
        visit=enrolment.visit,
        campaign=campaign.key,
        track=track.key,
        step=step.key,
        mail=mail,
        mail_class=turn.programme.class_of(campaign, mail),
        due_at=due_at,
        planned_at=turn.now,
        priority=campaign.priority,
        variant=enrolment.variants.get(step.key) if step.experiment else None,
    )
    turn.add(PlanTouch(touch, lane_of(turn, touch)))
    return replace(state, touches=serial), replace(enrolment, planned=Planned(step.key, due_at, serial))


AT_ONCE = timedelta(hours=1)
"""What is due within so much of what a person did answers it; what waits longer has its time like any other."""


def lane_of(turn: Turn, touch: Touch) -> Lane:
    """Which lane of the due queue *touch* takes. A list that is imported, a timer or a mail that was sent triggers nothing."""
    if touch.mail_class is MailClass.OPERATIONAL:
        return Lane.OPERATIONAL
    event = turn.event
    acted = turn.is_human or event.kind is EventKind.CONSENT_GIVEN or event.source == BY_FORM
    return Lane.TRIGGERED if acted and touch.due_at - turn.now <= AT_ONCE else Lane.CADENCE


BY_FORM = "form"
"""The source of leads that have entered themselves."""


def assigned(
    turn: Turn, state: LeadState, enrolment: Enrolment, step: str, experiment: Experiment
) -> Enrolment:
    """The enrolment with its variant, for good; how probable it was is told, for the sample-ratio check needs it."""
    learned = turn.programme.weights.get(f"{enrolment.campaign}/{step}")
    variant = variant_of(
        experiment, campaign=enrolment.campaign, step=step, lead_id=state.lead.id, learned=learned
    )
    turn.record(
        EventKind.VARIANT_ASSIGNED,
        campaign=enrolment.campaign,
        step=step,
        variant=variant,
        probability=odds(experiment, learned)[variant],
    )
    return replace(enrolment, variants={**enrolment.variants, step: variant})


def due(turn: Turn, enrolment: Enrolment, track: Track, step: Step) -> datetime:
    """When *step* may happen at the earliest: not before now, nor within the rest after a reply."""
    moment = counted(turn, enrolment, track, step) or turn.now
    return max(moment, turn.now, enrolment.paused_until or turn.now)


def counted(turn: Turn, enrolment: Enrolment, track: Track, step: Step) -> datetime | None:
    """The moment that the step's wait or the track's cadence counts to; None where it is due at once.

    A wait counts from the previous step of this visit, or from its begin. Without one the cadence is the gap, also from
    the last mail of another track; the first step of all is due at once, and so is what follows a choice, which has
    waited already.
    """
    last, since = enrolment.last_step_at, enrolment.visit_since or turn.now
    previous = last if last is not None and last >= since else None
    if step.wait is not None:
        return turn.later(previous or since, step.wait)
    if previous is None and enrolment.last_mail_at is None:
        return None
    if enrolment.chose:
        return None
    return turn.later(previous or enrolment.last_mail_at or since, track.cadence.every)


def replanned(
    turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step
) -> tuple[LeadState, Enrolment]:
    """What is planned, under an edited campaign: a wait that has changed counts again from the same start.

    What is overdue by the new wait is spread over the next window, so that an edit never makes a burst.
    """
    planned, now = enrolment.planned, turn.now
    moment = counted(turn, enrolment, track, step)
    if planned is None or moment is None:
        return state, enrolment
    moment = max(moment, enrolment.paused_until or moment)
    if moment == planned.due_at or (moment <= now and planned.due_at <= now):
        return state, enrolment
    if moment <= now:
        lead = state.lead
        campaign = turn.campaign_of(enrolment)
        mail_class = turn.programme.class_of(campaign, campaign.mail_ref(step.mail or ""))
        moment = spread_over_window(
            turn.programme, lead, lead.id, now, always_open=mail_class is MailClass.OPERATIONAL
        )
    if not planned.touch:
        return state, replace(enrolment, planned=replace(planned, due_at=moment))
    cancel_planned(turn, state, enrolment, "its wait was changed")
    again = replace(enrolment, visit=enrolment.visit + 1, planned=None)
    return plan(turn, state, again, track, step, due_at=moment)
