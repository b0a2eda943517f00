"""Marketing to sales, and back: routing, acceptance, and what a hand-back's reason does."""

from math import inf

from msgspec.structs import replace

from nurture.content.model import RecycleReason
from nurture.scoring.credit import Cause, lower
from nurture.statemachine.effects import CloseHandOff, HandOver, WriteEntry
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import HandOffState, LeadState
from nurture.vocabulary.words import EventKind, Temperature

JUST_BELOW = 0.01
FACTOR = {"keep": 1.0, "halve": 0.5, "zero": 0.0}


def handed_over(turn: Turn, state: LeadState) -> LeadState:
    """To the team of the first route that holds; the engine finds the rep, who stays the same on a return."""
    serial = state.handed_off + 1
    team = next((route.to for route in turn.programme.routing if turn.ask(state, route.when)), "")
    turn.add(HandOver(serial=serial, team=team, owner=state.lead.owner))
    turn.record(EventKind.HAND_OFF_MADE, hand_off=serial, team=team)
    return replace(
        state, handed_off=serial, hand_off=HandOffState(serial=serial, made_at=turn.now), unreceived=0
    )


def answered_by_sales(turn: Turn, state: LeadState) -> LeadState:
    """Sales took the lead, or gave it back: noted on the hand-off before stages are decided."""
    hand_off = state.hand_off
    if hand_off is None or hand_off.closed_at is not None:
        return state
    match turn.event.kind:
        case EventKind.HAND_OFF_ACCEPTED:
            turn.add(CloseHandOff(hand_off.serial, accepted=True))
            return replace(state, hand_off=replace(hand_off, accepted_at=turn.now))
        case EventKind.HAND_OFF_REJECTED:
            turn.add(CloseHandOff(hand_off.serial, accepted=False, reason=turn.event.text("reason")))
            return replace(state, hand_off=replace(hand_off, closed_at=turn.now))
        case _:
            return state


def rescored(turn: Turn, state: LeadState, reason: RecycleReason) -> LeadState:
    """The lead with the interest that *reason* leaves it, each loss in the ledger.

    A forced temperature lowers interest to just below the next `enter`, so that the lead does not rise again at once.
    """
    accumulators, entries = lower(
        state.accumulators,
        factor=FACTOR[reason.score],
        ceiling=_ceiling(turn, reason.temperature),
        at=turn.now,
        reason=turn.event.text("reason") or "",
        cause=Cause(state.lead.id, turn.event.id),
    )
    for entry in entries:
        turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators)


def _ceiling(turn: Turn, temperature: Temperature | None) -> float:
    policy = turn.programme.temperature
    match temperature:
        case Temperature.WARM:
            return policy.hot.enter - JUST_BELOW
        case Temperature.COLD:
            return policy.warm.enter - JUST_BELOW
        case Temperature.HOT | None:
            return inf
