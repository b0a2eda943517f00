"""The campaigns of two leads that are one: of each the furthest enrolment, and what the other had planned is cancelled."""

from msgspec.structs import replace

from nurture.statemachine.effects import CancelTouch
from nurture.statemachine.enrol import cancel_planned
from nurture.statemachine.past import Merge
from nurture.statemachine.settle import passed
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.touch import touch_id, whole
from nurture.vocabulary.words import ExitReason

OVER = (ExitReason.GOAL, ExitReason.FINISHED, ExitReason.STOPPED)
"""Ends that are further than to be inside: what was to be said is said, or one of us said enough."""


def furthest(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """The lead in each campaign as far as either was; what is on its way to the other counts as had, whatever comes of it."""
    other = found.other
    for theirs in other.live_enrolments:
        if theirs.planned is not None and theirs.planned.touch:
            touch = touch_id(other.lead.id, theirs.planned.touch)
            turn.add(CancelTouch(touch, f"merged into lead {state.lead.id}"))
    on_its_way = dict.fromkeys(found.leaving.values(), turn.now)
    state = replace(state, had={**on_its_way, **state.had}) if on_its_way else state
    for theirs in other.enrolments:
        mine = next((each for each in state.enrolments if each.campaign == theirs.campaign), None)
        if mine is None or furthest_first(theirs) > furthest_first(mine):
            state = taken_over(turn, state, mine, theirs, found)
    return state


def furthest_first(enrolment: Enrolment) -> tuple[int, int]:
    """How far an enrolment is: over, inside, or outside without an end; then how many steps are behind it."""
    inside = 2 if enrolment.left_because in OVER else 1 if enrolment.is_live else 0
    return inside, sum(map(len, enrolment.passed.values()))


def taken_over(
    turn: Turn, state: LeadState, mine: Enrolment | None, theirs: Enrolment, found: Merge
) -> LeadState:
    """The lead with the other's enrolment for its own, under a new serial: its next step is planned anew."""
    others = state.enrolments
    if mine is not None:
        cancel_planned(turn, state, mine, "merged: the other lead was further")
        others = tuple(each for each in others if each.serial != mine.serial)
    serial = state.enrolled + 1
    planned = theirs.planned
    if planned is not None and whole(found.other.lead.id, planned.touch) in found.leaving:
        theirs = replace(passed(theirs, planned.step, turn.now), last_mail_at=turn.now)
    fresh = replace(theirs, serial=serial, planned=None)
    return replace(state, enrolments=(*others, fresh), enrolled=serial)
