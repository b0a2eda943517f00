"""Agreed times in business hours: one clock for the stage that a lead is in; warned, breached and escalated once each."""

from datetime import datetime

from msgspec.structs import replace

from nurture.content.model import Programme
from nurture.scheduling.business_time import add
from nurture.statemachine.calendars import working_hours
from nurture.statemachine.effects import Notify
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState, SlaClock
from nurture.vocabulary.words import EventKind, Stage, StageOwner


def started(programme: Programme, name: str | None, stage: Stage, now: datetime) -> SlaClock | None:
    """The clock of a stage that is entered *now*, where it has one."""
    sla = programme.sla.get(name or "")
    if name is None or sla is None:
        return None
    hours = working_hours(programme)
    return SlaClock(
        name=name,
        stage=stage,
        started_at=now,
        due_at=add(now, sla.within, hours),
        warn_at=None if sla.warn_after is None else add(now, sla.warn_after, hours),
    )


def clock(turn: Turn, state: LeadState) -> LeadState:
    """The running clock after the event: stopped by a contact, else warned or breached when its time has come."""
    running = state.clock
    if running is None:
        return state
    owner = turn.programme.stages[running.stage].owner
    if turn.event.kind is EventKind.CONTACTED and owner is StageOwner.SALES:
        return replace(state, clock=None)
    if running.warn_at is not None and running.warned_at is None and turn.now >= running.warn_at:
        turn.record(EventKind.SLA_WARNED, sla=running.name, stage=running.stage.value)
        turn.add(Notify(to=None, what="sla warning"))
        running = replace(running, warned_at=turn.now)
    if running.breached_at is None and turn.now >= running.due_at:
        turn.record(EventKind.SLA_BREACHED, sla=running.name, stage=running.stage.value)
        turn.add(Notify(to=turn.programme.sla[running.name].escalate_to, what="sla breach"))
        running = replace(running, breached_at=turn.now)
    return state if running is state.clock else replace(state, clock=running)
