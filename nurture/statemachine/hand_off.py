"""Marketing to sales: routing, and what sales answers."""

from datetime import datetime

from msgspec.structs import replace

from nurture.statemachine.effects import CloseHandOff, HandOver
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import HandOffState, LeadState
from nurture.vocabulary.words import EventKind


def handed_over(turn: Turn, state: LeadState, respond_by: datetime | None) -> LeadState:
    """To the team of the first route that holds; the engine finds the rep, who stays the same on a return.

    What the lead left unread before does not count against its persona afterwards.

    respond_by  when sales must have answered; None where nothing is agreed.
    """
    state = concluded(turn, state)
    serial = state.handed_off + 1
    team = next((route.to for route in turn.programme.routing if turn.ask(state, route.when)), "")
    turn.add(HandOver(serial=serial, team=team, owner=state.lead.owner))
    turn.record(
        EventKind.HAND_OFF_MADE,
        hand_off=serial,
        team=team,
        respond_by=None if respond_by is None else respond_by.isoformat(),
    )
    return replace(
        state,
        handed_off=serial,
        hand_off=HandOffState(serial=serial, made_at=turn.now),
        unreceived=0,
        receptions=(),
    )


def answered_by_sales(turn: Turn, state: LeadState) -> LeadState:
    """Sales took the lead, or gave it back: noted on the hand-off before stages are decided."""
    hand_off = state.hand_off
    if hand_off is None or hand_off.closed_at is not None or not concerns_latest(turn, state):
        return state
    match turn.event.kind:
        case EventKind.HAND_OFF_ACCEPTED if hand_off.accepted_at is None:
            rep = turn.event.text("rep") or turn.event.text("by") or state.lead.owner
            turn.add(CloseHandOff(hand_off.serial, accepted=True, rep=rep))
            lead = replace(state.lead, owner=rep)  # whoever takes the lead owns it
            return replace(state, lead=lead, hand_off=replace(hand_off, accepted_at=turn.now))
        case EventKind.HAND_OFF_REJECTED:
            turn.add(CloseHandOff(hand_off.serial, accepted=False, reason=turn.event.text("reason")))
            return replace(state, hand_off=replace(hand_off, closed_at=turn.now))
        case _:
            return state


def concerns_latest(turn: Turn, state: LeadState) -> bool:
    """Whether an answer is about the latest hand-off: a link in an old mail must not answer a new one."""
    answers = turn.event.number("hand_off")
    return answers is None or (state.hand_off is not None and answers == state.hand_off.serial)


def concluded(turn: Turn, state: LeadState) -> LeadState:
    """Without an open hand-off: the lead was won, lost or disqualified, and the rep has room again."""
    hand_off = state.hand_off
    if hand_off is None or hand_off.closed_at is not None:
        return state
    turn.add(CloseHandOff(hand_off.serial, accepted=False))
    return replace(state, hand_off=replace(hand_off, closed_at=turn.now))
