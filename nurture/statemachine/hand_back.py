"""Sales gives a lead back: its reason says with what score, temperature and persona it goes on, and in which campaign."""

from math import inf

from msgspec.structs import replace

from nurture.content.model import RecycleReason
from nurture.scoring.bands import temperature_of
from nurture.scoring.credit import Cause, lower
from nurture.statemachine.effects import WriteEntry
from nurture.statemachine.enrol import enrolled, live_in
from nurture.statemachine.hand_off import concerns_latest
from nurture.statemachine.machine import TEMPERATURES
from nurture.statemachine.moves import becomes_temperature, pulled
from nurture.statemachine.score import another_persona, becomes, grade
from nurture.statemachine.table import TemperatureQuestion
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, Temperature

JUST_BELOW = 0.01
FACTOR = {"keep": 1.0, "halve": 0.5, "zero": 0.0}


def handed_back(turn: Turn, state: LeadState) -> LeadState:
    """The lead recycled, if the event is a rejection or a return, and what its declared reason says."""
    if turn.event.kind is not EventKind.HAND_OFF_REJECTED or not concerns_latest(turn, state):
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
    if campaign is not None and state.lead.email is not None and live_in(state, campaign.key) is None:
        state = enrolled(turn, state, campaign)  # a hand-back does not wait for `again_after`
    return replace(state, unreceived=0, receptions=())


def rescored(turn: Turn, state: LeadState, reason: RecycleReason) -> LeadState:
    """The lead with the interest that *reason* leaves it, each loss in the ledger.

    A forced temperature lowers interest to just below the next `enter`, so that the lead does not rise again at once.
    """
    accumulators, entries = lower(
        state.accumulators,
        factor=FACTOR[reason.score],
        ceiling=ceiling(turn, reason.temperature),
        at=turn.now,
        reason=turn.event.text("reason") or "",
        cause=Cause(state.lead.id, turn.event.id),
    )
    for entry in entries:
        turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators)


def ceiling(turn: Turn, temperature: Temperature | None) -> float:
    """The most interest with which a lead stays at *temperature*."""
    policy = turn.programme.temperature
    match temperature:
        case Temperature.WARM:
            return policy.hot.enter - JUST_BELOW
        case Temperature.COLD:
            return policy.warm.enter - JUST_BELOW
        case Temperature.HOT | None:
            return inf


def forced(turn: Turn, state: LeadState, temperature: Temperature) -> LeadState:
    """The lead brought down to *temperature* without dwelling; a hand-back never warms a lead."""
    policy = turn.programme.temperature
    question = TemperatureQuestion(
        wanted=temperature_of(policy, state.temperature, turn.interest(state)),
        dwelt=policy.min_dwell.elapsed,
        min_dwell=policy.min_dwell.elapsed,
    )
    after = TEMPERATURES.move(f"hand_back_{temperature}", state.temperature, question)
    return becomes_temperature(turn, state, after)
