"""The stage of two leads that are one: the further one, with what sales has of it; and what becomes of it when that is undone."""

from msgspec.structs import replace

from nurture.statemachine.effects import CloseHandOff, MoveHandOff, ReopenHandOff
from nurture.statemachine.hand_off import concluded
from nurture.statemachine.machine import STAGES
from nurture.statemachine.moves import record_stage
from nurture.statemachine.past import Merge
from nurture.statemachine.sla import stopped
from nurture.statemachine.table import StageQuestion
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import HandOffState, LeadState
from nurture.vocabulary.words import Stage

MERGED = "merged"
"""Why a hand-off of the one is closed: sales has the other, or the survivor is further."""


MERGE_TO, PART_TO = "merge_to_", "part_to_"
BY_MERGE = (MERGE_TO, PART_TO)
"""How the triggers begin by which a stage changes with a merge, and with its undoing."""


def further_stage(turn: Turn, state: LeadState, other: LeadState) -> LeadState:
    """The lead where either was further, its clock running on; the rep who has the other goes on with this one."""
    after = moved(turn, state, f"{MERGE_TO}{other.stage}", other.stage)
    theirs = open_one(other)
    if after is state.stage:
        if theirs is not None:
            turn.add(CloseHandOff(theirs.serial, accepted=False, reason=MERGED, lead_id=other.lead.id))
        return state
    state = concluded(turn, stopped(turn, state))
    state = replace(state, stage=after, stage_since=other.stage_since, clock=other.clock)
    if theirs is None:
        return state
    serial = state.handed_off + 1
    turn.add(MoveHandOff((other.lead.id, theirs.serial), (state.lead.id, serial)))
    lead = replace(state.lead, owner=other.lead.owner or state.lead.owner)
    return replace(state, lead=lead, handed_off=serial, hand_off=replace(theirs, serial=serial))


def stage_before(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """The lead where it was, and what sales had of each is each one's again; a lead that has moved on since stays."""
    before, after = found.sides
    theirs, mine, given = open_one(found.other), open_one(before), open_one(after)
    other = found.other.lead.id
    goes_back = went(found)
    if theirs is not None and not goes_back:
        turn.add(ReopenHandOff(other, theirs.serial))
    if before.stage is after.stage or moved_on(state, found):
        return state
    stage = moved(turn, state, f"{PART_TO}{before.stage}", before.stage)
    if theirs is not None and goes_back:
        turn.add(MoveHandOff((state.lead.id, after.handed_off), (other, theirs.serial)))
    elif given is not None and given != mine:
        turn.add(CloseHandOff(given.serial, accepted=False, reason=MERGED))
    if mine is not None and given != mine:
        turn.add(ReopenHandOff(state.lead.id, mine.serial))
    return replace(
        state, stage=stage, stage_since=before.stage_since, clock=before.clock, hand_off=before.hand_off
    )


def keeps_hand_off(state: LeadState, found: Merge) -> bool:
    """Whether the survivor goes on with the rep of the other although the merge is undone: sales has answered since."""
    return went(found) and moved_on(state, found)


def went(found: Merge) -> bool:
    """Whether the hand-off of the other became the survivor's, under a serial of its own."""
    before, after = found.sides
    theirs = open_one(found.other)
    if theirs is None or after.handed_off == before.handed_off:
        return False
    return open_one(after) == replace(theirs, serial=after.handed_off)


def moved_on(state: LeadState, found: Merge) -> bool:
    """Whether the lead has left the stage that a merge had given it, or sales has answered since."""
    _, after = found.sides
    return (state.stage, state.hand_off) != (after.stage, after.hand_off)


def open_one(state: LeadState) -> HandOffState | None:
    """The hand-off that sales has of the lead, if any."""
    hand_off = state.hand_off
    return None if hand_off is None or hand_off.closed_at is not None else hand_off


def moved(turn: Turn, state: LeadState, trigger: str, target: Stage) -> Stage:
    """Where the trigger takes the lead, recorded."""
    question = StageQuestion(source=state.stage, target=turn.programme.stages.get(target))
    after = STAGES.move(trigger, state.stage, question)
    if after is not state.stage:
        record_stage(turn, state.stage, after, trigger)
    return after
