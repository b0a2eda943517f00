"""A persona that has another key now: a lead that knows it by one of before is written down with the one of today."""

from msgspec.structs import replace

from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState


def known_by(turn: Turn, state: LeadState) -> LeadState:
    """The lead with the keys that its personas have now: another key is no other persona, so nothing is recorded."""
    former = turn.programme.former_keys
    if not former or not (state.persona in former or former.keys() & state.tried.keys()):
        return state
    tried = {former.get(key, key): at for key, at in state.tried.items()}
    return replace(state, persona=former.get(state.persona or "", state.persona), tried=tried)
