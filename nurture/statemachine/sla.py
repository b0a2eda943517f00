"""Agreed times in business hours: one clock for the stage that a lead is in; warned, breached and escalated once each."""

from datetime import datetime

from msgspec.structs import replace

from nurture.statemachine.effects import Notify
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState, SlaClock
from nurture.vocabulary.words import EventKind, Stage, StageOwner


def started(turn: Turn, name: str | None, stage: Stage) -> SlaClock | None:
    """The clock of a stage that is entered now, where it has one."""
    sla = turn.programme.sla.get(name or "")
    if name is None or sla is None:
        return None
    return SlaClock(
        name=name,
        stage=stage,
        started_at=turn.now,
        due_at=turn.later(turn.now, sla.within),
        warn_at=None if sla.warn_after is None else turn.later(turn.now, sla.warn_after),
    )


def clock(turn: Turn, state: LeadState) -> LeadState:
    """The running clock after the event: stopped by a contact, else warned or breached when its time has come."""
    running = state.clock
    if running is None:
        return state
    stage = turn.programme.stages.get(running.stage)
    if turn.event.kind is EventKind.CONTACTED and stage is not None and stage.owner is StageOwner.SALES:
        return stopped(turn, state)
    if running.warn_at is not None and running.warned_at is None and turn.now >= running.warn_at:
        turn.record(EventKind.SLA_WARNED, sla=running.name, stage=running.stage.value)
        turn.add(Notify(to=None, what="sla warning"))
        running = replace(running, warned_at=turn.now)
    running = breached(turn, running, turn.now)
    return state if running is state.clock else replace(state, clock=running)


def stopped(turn: Turn, state: LeadState) -> LeadState:
    """Without its clock: sales has done what was agreed, in time or too late."""
    if state.clock is not None:
        breached(turn, state.clock, turn.at)
    return replace(state, clock=None)


def breached(turn: Turn, running: SlaClock, at: datetime) -> SlaClock:
    """The clock as it stands at *at*; a breach is recorded and escalated once, also when nobody looked in between."""
    if running.breached_at is not None or at < running.due_at:
        return running
    turn.record(EventKind.SLA_BREACHED, sla=running.name, stage=running.stage.value)
    sla = turn.programme.sla.get(running.name)
    if sla is not None and sla.escalate_to is not None:
        turn.add(Notify(to=sla.escalate_to, what="sla breach"))
    return replace(running, breached_at=turn.now)
