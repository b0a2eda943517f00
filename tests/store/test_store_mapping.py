"""Values survive being rows: a lead's whole state, an event, a touch, a line of the ledger."""

from datetime import UTC, datetime, timedelta

from nurture.store.mapping import packed, state_row, unpacked
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import (
    Accumulator,
    Allowance,
    Enrolment,
    HandOffState,
    LeadState,
    Planned,
    Reception,
    SlaClock,
)
from nurture.vocabulary.words import ExitReason, Grade, Stage, SuppressionCause, Temperature

NOW = datetime(2026, 3, 2, 10, 0, 0, 123_456, tzinfo=UTC)
FULL = LeadState(
    lead=Lead(id=7, created_at=NOW, email="nora@fjord.example", fields={"company_size": 40, "is_new": True}),
    accumulators=(Accumulator("email", 86_400, 12.25, NOW),),
    allowances={"opened": Allowance(NOW, 2)},
    fit_score=55,
    completeness=0.5,
    grade=Grade.B,
    persona="buyer",
    tried={"user": NOW},
    receptions=(Reception(3, NOW + timedelta(days=5)),),
    temperature=Temperature.HOT,
    temperature_since=NOW,
    stage=Stage.MQL,
    held=(Stage.MQL,),
    enrolments=(
        Enrolment(1, "trial", "", NOW, left_at=NOW, left_because=ExitReason.GOAL),
        Enrolment(2, "long", "", NOW, "cold", passed={"cold": ("a", "b")}, planned=Planned("c", NOW, 4)),
    ),
    had={"long/a": NOW},
    acts={"opened:a": NOW},
    hand_off=HandOffState(1, NOW),
    clock=SlaClock("accept", Stage.MQL, NOW, NOW),
    suppressed=SuppressionCause.COMPLAINT,
    opted_out=("product",),
    touches=4,
    enrolled=2,
    handed_off=1,
)


def test_a_state_comes_back_equal():
    assert unpacked(packed(FULL)) == FULL


def test_equal_states_pack_equally():
    assert packed(unpacked(packed(FULL))) == packed(FULL)


def test_a_state_is_listed_by_what_it_is_now():
    row = state_row(FULL, NOW + timedelta(days=1))
    assert row["interest_score"] == 12.25 / 2
    assert (row["temperature"], row["stage"], row["grade"], row["persona"]) == ("hot", "mql", "B", "buyer")
