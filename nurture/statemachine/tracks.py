"""Each enrolment in its track: chosen by persona, temperature and stage; one step planned at a time."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from nurture.content.model import Campaign, Step, StepKind, Track
from nurture.scheduling.business_time import add
from nurture.statemachine.allocation import variant_of
from nurture.statemachine.calendars import working_hours
from nurture.statemachine.effects import CallWebhook, CreateTask, PlanTouch
from nurture.statemachine.enrol import cancel_planned, left, with_enrolment
from nurture.statemachine.steps import choice_key, next_step, step_named
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState, Planned
from nurture.vocabulary.touch import Touch, serial_of, touch_id
from nurture.vocabulary.words import (
    EventKind,
    ExitReason,
    Gate,
    MailClass,
    StageOwner,
    SuppressionCause,
)

STOPPED = timedelta(days=1)
"""How long an enrolment rests whose touch a gate stopped, if nothing happens before."""

OUTCOMES = frozenset(
    {
        EventKind.MAIL_SENT,
        EventKind.MAIL_UNKNOWN,
        EventKind.MAIL_SKIPPED,
        EventKind.MAIL_FAILED,
        EventKind.MAIL_BOUNCED,
        EventKind.MAIL_CANCELLED,
    }
)


def touched(turn: Turn, state: LeadState) -> LeadState:
    """What came of the touch that an enrolment waited for. One of a track that the lead has left changes nothing here."""
    touch = turn.event.number("touch")
    if turn.event.kind not in OUTCOMES or touch is None:
        return state
    if turn.event.text("gate") == Gate.HOLDOUT:
        state = replace(state, had={**state.had, turn.event.text("mail") or "": turn.event.occurred_at})
    for enrolment in state.live_enrolments:
        planned = enrolment.planned
        if planned is not None and planned.touch == serial_of(int(touch)):
            return with_enrolment(state, settled(turn, enrolment, planned))
    return state


def settled(turn: Turn, enrolment: Enrolment, planned: Planned) -> Enrolment:
    """The enrolment after its touch: the step is passed, or, for a touch that a gate stopped, open again."""
    at = turn.event.occurred_at
    match turn.event.kind:
        case EventKind.MAIL_CANCELLED:
            return replace(enrolment, track=None, planned=None, paused_until=turn.now + STOPPED)
        case EventKind.MAIL_SENT | EventKind.MAIL_UNKNOWN:
            return replace(passed(enrolment, planned.step, at), last_mail_at=at)
        case _:
            return passed(enrolment, planned.step, at)


def passed(enrolment: Enrolment, step: str, at: datetime, *, chose: bool = False) -> Enrolment:
    """The enrolment with *step* behind it."""
    track = enrolment.track or ""
    behind = (*enrolment.passed.get(track, ()), step)
    return replace(
        enrolment, passed={**enrolment.passed, track: behind}, planned=None, last_step_at=at, chose=chose
    )


def tracks(turn: Turn, state: LeadState) -> LeadState:
    """Every live enrolment in the track that fits the lead now, with its next step planned."""
    for enrolment in state.live_enrolments:
        campaign = turn.programme.campaigns[enrolment.campaign]
        fitting = (
            None
            if rests(turn, state, campaign)
            else campaign.track_for(state.persona, state.temperature, state.stage)
        )
        if (fitting.key if fitting else None) != enrolment.track:
            enrolment = changed_track(turn, state, enrolment, fitting)  # noqa: PLW2901 the same enrolment, moved
            state = with_enrolment(state, enrolment)
        if fitting is not None:
            state = followed(turn, state, enrolment, campaign, fitting)
    return state


def rests(turn: Turn, state: LeadState, campaign: Campaign) -> bool:
    """Whether nothing of *campaign* may be planned: the lead is sales' own, unreachable, or does not want it."""
    if state.lead.email is None or state.suppressed not in (None, SuppressionCause.UNSUBSCRIBED):
        return True
    if campaign.class_ is MailClass.OPERATIONAL:
        return False
    policy = turn.programme.stages.get(state.stage)
    return (
        state.suppressed is not None
        or (policy is not None and policy.owner is StageOwner.SALES)
        or not wants_topic(turn, state, campaign.topic)
    )


def wants_topic(turn: Turn, state: LeadState, topic: str | None) -> bool:
    """Whether the lead may hear about *topic*: not refused, and asked for where it must be."""
    if topic is None:
        return True
    declared = turn.programme.topics.get(topic)
    needs_asking = declared is not None and declared.opt_in
    return topic not in state.opted_out and (not needs_asking or topic in state.opted_in)


def changed_track(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track | None) -> Enrolment:
    """A new visit: what the old track had planned is cancelled, tasks and webhooks of the new one may run again."""
    cancel_planned(turn, state, enrolment, "changed track" if track else "rests")
    if track is None:
        return replace(enrolment, track=None, planned=None)
    turn.record(
        EventKind.TRACK_ENTERED,
        campaign=enrolment.campaign,
        track=track.key,
        before=enrolment.track,
        visit=enrolment.visit + 1,
    )
    once_a_visit = {step.key for step in track.walk() if step.kind in (StepKind.TASK, StepKind.WEBHOOK)}
    behind = tuple(key for key in enrolment.passed.get(track.key, ()) if key not in once_a_visit)
    return replace(
        enrolment,
        track=track.key,
        visit=enrolment.visit + 1,
        visit_since=turn.now,
        passed={**enrolment.passed, track.key: behind},
        planned=None,
        chose=False,
        exhausted_at=None,
        finished_at=None,
    )


def followed(
    turn: Turn, state: LeadState, enrolment: Enrolment, campaign: Campaign, track: Track
) -> LeadState:
    """The lead further along *track*: steps that need no mail are taken as they fall due, the next is planned."""
    while True:
        planned = enrolment.planned
        if planned is not None and step_named(track, planned.step) is None:  # an edit removed it
            cancel_planned(turn, state, enrolment, "the step was removed")
            planned = None
        if planned is None:
            step = next_step(campaign, track, enrolment, state.had)
            if step is None:
                return at_the_end(turn, state, replace(enrolment, planned=None), track)
            state, enrolment = plan(turn, state, enrolment, track, step)
            planned = enrolment.planned
        if planned is None or planned.touch or planned.due_at > turn.now:
            return with_enrolment(state, enrolment)
        step = step_named(track, planned.step)
        assert step is not None
        enrolment = taken(turn, state, enrolment, track, step)


def plan(
    turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step
) -> tuple[LeadState, Enrolment]:
    """*step* as what the enrolment waits for; a mail goes on the due queue."""
    campaign = turn.programme.campaigns[enrolment.campaign]
    due_at = due(turn, enrolment, track, step)
    enrolment = replace(enrolment, exhausted_at=None, finished_at=None)
    if step.kind is not StepKind.MAIL:
        return state, replace(enrolment, planned=Planned(step.key, due_at))
    if step.experiment is not None and step.key not in enrolment.variants:
        chosen = variant_of(step.experiment, campaign=campaign.key, step=step.key, lead_id=state.lead.id)
        enrolment = replace(enrolment, variants={**enrolment.variants, step.key: chosen})
    serial = state.touches + 1
    touch = Touch(
        id=touch_id(state.lead.id, serial),
        lead_id=state.lead.id,
        enrolment=enrolment.serial,
        visit=enrolment.visit,
        campaign=campaign.key,
        track=track.key,
        step=step.key,
        mail=campaign.mail_ref(step.mail or ""),
        mail_class=campaign.class_,
        due_at=due_at,
        planned_at=turn.now,
        priority=campaign.priority,
        variant=enrolment.variants.get(step.key) if step.experiment else None,
    )
    turn.add(PlanTouch(touch))
    return replace(state, touches=serial), replace(enrolment, planned=Planned(step.key, due_at, serial))


def due(turn: Turn, enrolment: Enrolment, track: Track, step: Step) -> datetime:
    """When *step* may happen at the earliest.

    A wait counts from the previous step of this visit, or from its begin. Without one the cadence is the gap, also from
    the last mail of another track; the first step of all, and the first of a branch, are due at once.
    """
    last, since = enrolment.last_step_at, enrolment.visit_since or turn.now
    previous = last if last is not None and last >= since else None
    if step.wait is not None:
        moment = add(previous or since, step.wait, working_hours(turn.programme))
    elif enrolment.chose or (previous is None and enrolment.last_mail_at is None):
        moment = turn.now
    else:
        moment = add(
            previous or enrolment.last_mail_at or since, track.cadence.every, working_hours(turn.programme)
        )
    return max(moment, turn.now, enrolment.paused_until or turn.now)


def taken(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step) -> Enrolment:
    """The enrolment after a task, a webhook or a choice that was due; a step whose condition fails is passed."""
    if applies(turn, state, step):
        match step.kind:
            case StepKind.TASK:
                assignee = None if step.for_ == "owner" else step.for_
                turn.add(
                    CreateTask(
                        step.task or "", assignee, step.note, enrolment.serial, enrolment.visit, step.key
                    )
                )
            case StepKind.WEBHOOK:
                turn.add(CallWebhook(step.webhook or "", enrolment.serial, enrolment.visit, step.key))
            case StepKind.CHOOSE:
                branch = next((each for each in step.choose if turn.ask(state, each.when)), None)
                if branch is not None:
                    key = choice_key(track.key, step.key)
                    enrolment = replace(enrolment, chosen={**enrolment.chosen, key: branch.key})
                    return passed(enrolment, step.key, turn.now, chose=True)
            case StepKind.MAIL:
                raise AssertionError("a mail leaves by its touch")
    return passed(enrolment, step.key, turn.now)


def applies(turn: Turn, state: LeadState, step: Step) -> bool:
    """Whether the step's own conditions let it happen."""
    return turn.ask(state, step.when) and not turn.ask(state, step.unless, otherwise=False)


def at_the_end(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track) -> LeadState:
    """The lead has had everything: it rests, then the track is finished; new content revives it."""
    if enrolment.exhausted_at is None:
        enrolment = replace(enrolment, exhausted_at=turn.now)
    rested = (enrolment.exhausted_at or turn.now) + track.exhausted.wait.elapsed
    if enrolment.finished_at is None and turn.now >= rested:
        turn.record(EventKind.TRACK_FINISHED, campaign=enrolment.campaign, track=track.key)
        enrolment = replace(enrolment, finished_at=turn.now)
        if track.exhausted.then == "exit":
            return left(turn, state, enrolment, ExitReason.FINISHED)
    return with_enrolment(state, enrolment)
