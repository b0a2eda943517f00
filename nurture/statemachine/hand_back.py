"""Sales gives a lead back: its reason says with what score, temperature and persona it goes on, and in which campaign."""

from msgspec.structs import replace

from nurture.scoring.bands import temperature_of
from nurture.statemachine.enrol import enrolled, live_in
from nurture.statemachine.hand_off import rescored
from nurture.statemachine.machine import TEMPERATURES
from nurture.statemachine.moves import becomes_temperature, pulled
from nurture.statemachine.score import another_persona, becomes, grade
from nurture.statemachine.table import TemperatureQuestion
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, Temperature


def handed_back(turn: Turn, state: LeadState) -> LeadState:
    """The lead recycled, if the event is a rejection or a return with a declared reason."""
    if turn.event.kind is not EventKind.HAND_OFF_REJECTED:
        return state
    recycled = pulled(turn, state, "hand_back", Stage.RECYCLED)
    reason = turn.programme.recycle_reasons.get(turn.event.text("reason") or "")
    if recycled is state or reason is None:
        return recycled
    state = grade(turn, rescored(turn, recycled, reason))
    if reason.temperature is not None:
        state = forced(turn, state, reason.temperature)
    if reason.persona == "next":
        state = becomes(turn, state, another_persona(turn, state), "hand-back")
    campaign = turn.programme.campaigns.get(reason.campaign or "")
    if campaign is not None and live_in(state, campaign.key) is None:
        state = enrolled(turn, state, campaign)  # a hand-back does not wait for `again_after`
    return replace(state, unreceived=0, receptions=())


def forced(turn: Turn, state: LeadState, temperature: Temperature) -> LeadState:
    """The lead brought down to *temperature* without dwelling; a hand-back never warms a lead."""
    question = TemperatureQuestion(
        wanted=temperature_of(turn.programme.temperature, state.temperature, turn.interest(state)),
        dwelt=turn.programme.temperature.min_dwell.elapsed,
        min_dwell=turn.programme.temperature.min_dwell.elapsed,
    )
    after = TEMPERATURES.move(f"hand_back_{temperature}", state.temperature, question)
    return becomes_temperature(turn, state, after)
