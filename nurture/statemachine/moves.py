"""Temperature and stage: every move is a row of the tables, and every move is recorded with what decided it."""

from datetime import timedelta

from msgspec.structs import replace

from nurture.scoring.bands import temperature_of
from nurture.statemachine.hand_off import concerns_latest, concluded, handed_over
from nurture.statemachine.machine import STAGES, TEMPERATURES
from nurture.statemachine.sla import started, stopped
from nurture.statemachine.table import EARNING, SETTING, WITH_SALES, StageQuestion, TemperatureQuestion
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, Temperature


def temperature(turn: Turn, state: LeadState) -> LeadState:
    """Up at once, down only after the dwell."""
    policy = turn.programme.temperature
    wanted = temperature_of(policy, state.temperature, turn.interest(state))
    if wanted is state.temperature:
        return state
    since = state.temperature_since
    question = TemperatureQuestion(
        wanted=wanted,
        dwelt=timedelta.max if since is None else turn.now - since,
        min_dwell=policy.min_dwell.elapsed,
    )
    return becomes_temperature(turn, state, TEMPERATURES.move("score", state.temperature, question))


def becomes_temperature(turn: Turn, state: LeadState, after: Temperature) -> LeadState:
    """The lead at temperature *after*, which is recorded if it is new."""
    if after is state.temperature:
        return state
    turn.record(
        EventKind.TEMPERATURE_CHANGED,
        before=state.temperature.value,
        after=after.value,
        interest=round(turn.interest(state), 2),
    )
    return replace(state, temperature=after, temperature_since=turn.now)


def stage(turn: Turn, state: LeadState) -> LeadState:
    """Where people put the lead, then where its own conduct takes it."""
    match turn.event.kind:
        case EventKind.HAND_OFF_ACCEPTED if concerns_latest(turn, state):
            state = pulled(turn, state, "accept", Stage.SAL)
        case EventKind.STAGE_SET:
            state = put(turn, state)
        case _:
            pass
    return qualified(turn, state)


def put(turn: Turn, state: LeadState) -> LeadState:
    """A person sets the stage: along the path and its detours, or, an admin with a reason, anywhere."""
    named = turn.event.text("stage")
    target = next((stage for stage in Stage if stage == named), state.stage)
    moved = pulled(turn, state, SETTING.get(target, ""), target)
    return moved if moved is not state else pulled(turn, state, f"correct_to_{target}", target)


def qualified(turn: Turn, state: LeadState) -> LeadState:
    """`enter_when` moves a lead when it becomes true, not while it stays true."""
    held = tuple(
        target
        for target, policy in turn.programme.stages.items()
        if policy.enter_when is not None and turn.ask(state, policy.enter_when)
    )
    fresh = [target for target in held if target not in state.held]
    if held != state.held:
        state = replace(state, held=held)
    for target in fresh:
        state = pulled(turn, state, EARNING.get(target, ""), target, became_true=True)
    return state


def pulled(
    turn: Turn, state: LeadState, trigger: str, target: Stage, *, became_true: bool = False
) -> LeadState:
    """The lead after *trigger*: at *target* with what entering it starts, or where it was."""
    event = turn.event
    question = StageQuestion(
        source=state.stage,
        target=turn.programme.stages.get(target),
        became_true=became_true,
        reason=event.text("reason") or "",
        admin=event.text("role") == "admin",
    )
    after = STAGES.move(trigger, state.stage, question)
    return state if after is state.stage else entered(turn, state, after, trigger)


def record_stage(turn: Turn, before: Stage, after: Stage, trigger: str) -> None:
    """Write down that the stage changed, by what, and who said so and why."""
    turn.record(
        EventKind.STAGE_CHANGED,
        before=before.value,
        after=after.value,
        by=trigger,
        actor=turn.event.text("by"),
        reason=turn.event.text("reason"),
    )


def entered(turn: Turn, state: LeadState, after: Stage, trigger: str) -> LeadState:
    """The lead at stage *after*: recorded, its clock started, handed over where the stage says so."""
    record_stage(turn, state.stage, after, trigger)
    policy = turn.programme.stages[after]
    clock = started(turn, policy.sla, after)
    state = replace(stopped(turn, state), stage=after, stage_since=turn.now, clock=clock)
    if policy.hand_off:
        return handed_over(turn, state, None if clock is None else clock.due_at)
    return state if after in WITH_SALES else concluded(turn, state)
