"""Each enrolment in its track: chosen by persona, temperature and stage, or by a person; one step planned at a time."""

from msgspec.structs import replace

from nurture.content.model import Campaign, Step, StepKind, Track
from nurture.statemachine.by_hand import behind, holding, record_visit
from nurture.statemachine.consent import rests
from nurture.statemachine.effects import CallWebhook, CreateTask
from nurture.statemachine.enrol import cancel_planned, left, live_in, with_enrolment
from nurture.statemachine.plan import due, plan, replanned
from nurture.statemachine.settle import passed
from nurture.statemachine.steps import choice_key, next_step, step_named
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.words import EventKind, ExitReason


def tracks(turn: Turn, state: LeadState) -> LeadState:
    """Every live enrolment in the track that is the lead's now, with its next step planned."""
    for enrolment in state.live_enrolments:
        state = in_its_track(turn, state, enrolment)
        after = live_in(state, enrolment.campaign)
        if after is not None and after.by_hand is not None and after.finished_at is not None:
            state = in_its_track(turn, state, after)  # the move by hand has ended with its track
    return state


def in_its_track(turn: Turn, state: LeadState, enrolment: Enrolment) -> LeadState:
    """The lead in the track in which a person has put it, else in the one that fits; in none while it rests."""
    campaign = turn.campaign_of(enrolment)
    chosen = turn.known.track_for(campaign, state)
    hand = holding(campaign, enrolment, chosen)
    if hand is not enrolment.by_hand:
        enrolment = replace(enrolment, by_hand=hand)
        state = with_enrolment(state, enrolment)
    track = chosen if hand is None else campaign.track(hand.track)
    if rests(turn.programme, state, campaign, turn.now):
        track = None
    is_new = hand is not None and enrolment.visit_since is None
    if (track.key if track else None) != enrolment.track or (track is not None and is_new):
        enrolment = changed_track(turn, state, enrolment, track)
        state = with_enrolment(state, enrolment)
    return state if track is None else followed(turn, state, enrolment, campaign, track)


def changed_track(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track | None) -> Enrolment:
    """A new visit: what the old track had planned is cancelled, tasks and webhooks of the new one may run again."""
    cancel_planned(turn, state, enrolment, "changed track" if track else "rests")
    if track is None:
        return replace(enrolment, track=None, planned=None)
    record_visit(turn, enrolment, track.key, before=enrolment.track, visit=enrolment.visit + 1)
    once_a_visit = {step.key for step in track.walk() if step.kind in (StepKind.TASK, StepKind.WEBHOOK)}
    if enrolment.by_hand is not None:  # who says where it begins does not want what stands before
        once_a_visit.difference_update(behind(track, enrolment, enrolment.by_hand.step))
    kept = tuple(key for key in enrolment.passed.get(track.key, ()) if key not in once_a_visit)
    return replace(
        enrolment,
        track=track.key,
        visit=enrolment.visit + 1,
        visit_since=turn.now,
        passed={**enrolment.passed, track.key: kept},
        planned=None,
        chose=False,
        exhausted_at=None,
        finished_at=None,
    )


def followed(
    turn: Turn, state: LeadState, enrolment: Enrolment, campaign: Campaign, track: Track
) -> LeadState:
    """The lead further along *track*: steps that need no mail are taken as they fall due, the next is planned."""
    planned = enrolment.planned
    step = None if planned is None else step_named(track, planned.step)
    if planned is not None and (step is None or turn.event.kind is EventKind.PROGRAMME_APPLIED):
        state, enrolment = migrated(turn, state, enrolment, track, step)
    while True:
        planned = enrolment.planned
        if planned is None or step is None:
            step = next_step(campaign, track, enrolment, state.had)
            if step is None:
                return at_the_end(turn, state, enrolment, track)
            due_at = due(turn, enrolment, track, step)
            state, enrolment = plan(turn, state, enrolment, track, step, due_at=due_at)
            planned = enrolment.planned
        if planned is None or planned.touch or planned.due_at > turn.now:
            return with_enrolment(state, enrolment)
        enrolment = taken(turn, state, enrolment, track, step)


def migrated(
    turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step | None
) -> tuple[LeadState, Enrolment]:
    """The enrolment under an edited campaign: moved by step key, so that a step that is gone gives way to the next."""
    if step is not None:
        return replanned(turn, state, enrolment, track, step)
    cancel_planned(turn, state, enrolment, "the step was removed")
    # Another visit number: should the step come back, its touch would else be planned twice in this visit.
    return state, replace(enrolment, visit=enrolment.visit + 1, planned=None)


def taken(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track, step: Step) -> Enrolment:
    """The enrolment after a task, a webhook or a choice that was due; a step whose condition fails is passed."""
    if not applies(turn, state, step):
        return passed(enrolment, step.key, turn.now, chose=step.kind is StepKind.CHOOSE)
    serial, visit = enrolment.serial, enrolment.visit
    match step.kind:
        case StepKind.TASK:
            assignee = None if step.for_ == "owner" else step.for_
            turn.add(CreateTask(step.task or "", assignee, step.note, serial, visit, step.key))
        case StepKind.WEBHOOK:
            turn.add(CallWebhook(step.webhook or "", serial, visit, step.key))
        case StepKind.CHOOSE:
            branch = next((each for each in step.choose if turn.ask(state, each.when)), None)
            if branch is not None:
                key = choice_key(track.key, step.key)
                enrolment = replace(enrolment, chosen={**enrolment.chosen, key: branch.key})
        case StepKind.MAIL:
            raise AssertionError("a mail leaves by its touch")
    return passed(enrolment, step.key, turn.now, chose=step.kind is StepKind.CHOOSE)


def applies(turn: Turn, state: LeadState, step: Step) -> bool:
    """Whether the step's own conditions let it happen."""
    return turn.ask(state, step.when) and not turn.ask(state, step.unless, otherwise=False)


def at_the_end(turn: Turn, state: LeadState, enrolment: Enrolment, track: Track) -> LeadState:
    """The lead has had everything: it rests, then the track is finished; new content revives it."""
    exhausted_at = enrolment.exhausted_at or turn.now
    enrolment = replace(enrolment, exhausted_at=exhausted_at)
    if enrolment.finished_at is None and turn.now >= turn.later(exhausted_at, track.exhausted.wait):
        turn.record(EventKind.TRACK_FINISHED, campaign=enrolment.campaign, track=track.key)
        enrolment = replace(enrolment, finished_at=turn.now)
        if track.exhausted.then == "exit":
            return left(turn, state, enrolment, ExitReason.FINISHED)
    return with_enrolment(state, enrolment)
