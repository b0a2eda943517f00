"""What happens to a lead when something happens: one event in, the next state out, and what must be done about it.

    take in the fact  →  its worth  →  what an overturned verdict changes, or a merge  →  fit, persona, grade
                      →  what sales answered  →  temperature  →  stage  →  the touch it settles
                      →  campaigns left and entered  →  where a person moved it  →  tracks and steps  →  SLA clock

Each part takes the turn and the lead as the part before left it, and gives the lead on. The whole is a pure function: the
same programme, state, event and moment give the same answer, in production, in a simulation and in a test.
"""

from datetime import datetime

import msgspec

from nurture.content.model import Programme
from nurture.statemachine.broadcasts import broadcast
from nurture.statemachine.by_hand import moved_by_hand
from nurture.statemachine.effects import Effect
from nurture.statemachine.enrol import enrolments
from nurture.statemachine.facts_in import take_in
from nurture.statemachine.former_keys import known_by
from nurture.statemachine.hand_back import handed_back
from nurture.statemachine.hand_off import answered_by_sales
from nurture.statemachine.merge import merge
from nurture.statemachine.moves import stage, temperature
from nurture.statemachine.overturn import overturn
from nurture.statemachine.past import NOTHING, Past
from nurture.statemachine.score import award, grade, profile
from nurture.statemachine.settle import touched
from nurture.statemachine.sla import clock
from nurture.statemachine.sunset import sunset
from nurture.statemachine.tracks import tracks
from nurture.statemachine.turn import Turn
from nurture.statemachine.wake import wake_at
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState

PARTS = (
    known_by,
    take_in,
    award,
    overturn,
    merge,
    profile,
    grade,
    answered_by_sales,
    handed_back,
    temperature,
    stage,
    touched,
    enrolments,
    moved_by_hand,
    sunset,
    broadcast,
    tracks,
    clock,
)


class Advance(msgspec.Struct, frozen=True):
    """The outcome of a turn.

    effects  what the engine must do, in order.
    wake_at  when to look at the lead again if nothing happens; None for never.
    """

    state: LeadState
    effects: tuple[Effect, ...]
    wake_at: datetime | None


def advance(
    programme: Programme, state: LeadState, event: Event, now: datetime, past: Past = NOTHING
) -> Advance:
    """Take *event* in.

    state  the lead before; for a lead that has just been created, ``LeadState(lead=...)``.
    past   what the lead did and earned before; only what overturns a verdict, or merges leads, asks for it.
    now    the moment of deciding, not before anything that *state* was decided at. Scores use the event's own time.
    """
    turn = Turn(programme, state, event, now, past)
    for part in PARTS:
        state = part(turn, state)
    return Advance(state=state, effects=tuple(turn.effects), wake_at=wake_at(turn, state))
