"""Temperature and stage: every move is a row of a table, and what it starts."""

from itertools import product

import pytest

from nurture.content.model import StagePolicy
from nurture.scoring.ledger import interest_score
from nurture.statemachine.effects import CloseHandOff, HandOver, Notify, WriteEntry
from nurture.statemachine.machine import STAGES, TEMPERATURES
from nurture.statemachine.table import (
    STAGE_TABLE,
    TEMPERATURE_TABLE,
    StageQuestion,
    TemperatureQuestion,
)
from nurture.vocabulary.words import EventKind, Stage, Temperature
from tests.statemachine.situation import DAY, HOUR, Life, programme

COLD, WARM, HOT = Temperature


# ------------------------------------------------------------ temperature


def test_promotion_is_immediate_and_may_skip_warm():
    life = Life().take(EventKind.PAGE_VISITED, path="/pricing").take(EventKind.FORM_SUBMITTED, form="demo")
    assert life.state.temperature is HOT
    assert life.records(EventKind.TEMPERATURE_CHANGED)[0]["before"] == "cold"


def test_leaving_is_lower_than_entering():
    life = Life().hot()
    entered_at = life.now
    life.take(EventKind.TIMER_DUE, after=10 * DAY)
    assert 50 <= interest_score(life.state.accumulators, life.now) < 60
    assert life.state.temperature is HOT
    assert life.state.temperature_since == entered_at


def test_demotion_waits_for_the_dwell_and_wakes_then():
    life = Life().hot()
    hot_at = life.now
    lowered = life.state.accumulators[:1]  # the demo alone: 50, and falling
    life.with_state(accumulators=lowered).take(EventKind.TIMER_DUE, after=DAY)
    assert life.state.temperature is HOT
    assert life.wake_at <= hot_at + 3 * DAY
    while life.state.temperature is HOT:
        life.wake()
    assert life.now == hot_at + 3 * DAY
    assert life.state.temperature is WARM


def test_a_temperature_always_moves_by_a_row():
    rows = {(row.source, row.target) for row in TEMPERATURE_TABLE if row.trigger == "score"}
    for source, wanted, dwelt in product(Temperature, Temperature, (0, 2, 3, 4)):
        question = TemperatureQuestion(wanted=wanted, dwelt=dwelt * DAY, min_dwell=3 * DAY)
        after = TEMPERATURES.move("score", source, question)
        assert after is source or (source, after) in rows
        if wanted.rank > source.rank or dwelt >= 3:
            assert after is wanted
        else:
            assert after is source


# ------------------------------------------------------------ stage


def test_nothing_leads_out_of_a_final_stage():
    assert not [row for row in STAGE_TABLE if row.source is Stage.DISQUALIFIED]
    admin = StageQuestion(
        source=Stage.DISQUALIFIED, target=StagePolicy(), became_true=True, reason="mistake", admin=True
    )
    for trigger in {row.trigger for row in STAGE_TABLE}:
        assert STAGES.move(trigger, Stage.DISQUALIFIED, admin) is Stage.DISQUALIFIED


def test_a_stage_always_moves_by_a_row():
    rows = {(row.trigger, row.source, row.target) for row in STAGE_TABLE}
    may = StageQuestion(
        source=Stage.INQUIRY, target=StagePolicy(), became_true=True, reason="asked for", admin=True
    )
    for trigger, source in product(sorted({row.trigger for row in STAGE_TABLE}), Stage):
        after = STAGES.move(trigger, source, may)
        assert after is source or (trigger, source, after) in rows


def test_the_table_has_no_row_twice():
    for table in (TEMPERATURE_TABLE, STAGE_TABLE):
        rows = [(row.trigger, row.source, row.target) for row in table]
        assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("stage", "properties", "after"),
    [
        (Stage.SAL, {}, Stage.MQL),  # only accepting leads there
        (Stage.INQUIRY, {}, Stage.MQL),  # not back
        (Stage.INQUIRY, {"role": "admin"}, Stage.MQL),  # not even an admin without a reason
        (Stage.INQUIRY, {"role": "sales", "reason": "oops"}, Stage.MQL),
        (Stage.INQUIRY, {"role": "admin", "reason": "a test lead"}, Stage.INQUIRY),
        (Stage.DISQUALIFIED, {"reason": "a student"}, Stage.DISQUALIFIED),
    ],
)
def test_people_move_leads_along_declared_transitions(stage, properties, after):
    life = Life().hot()
    assert life.take(EventKind.STAGE_SET, stage=stage.value, **properties).state.stage is after


def test_a_stage_that_nobody_knows_moves_nothing():
    assert Life().take(EventKind.STAGE_SET, stage="limbo").state.stage is Stage.INQUIRY


def test_every_transition_is_recorded_with_trigger_values_and_actor():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED, by="lena@acme.example")
    assert life.records(EventKind.STAGE_CHANGED) == [
        {
            "before": "mql",
            "after": "sal",
            "by": "accept",
            "actor": "lena@acme.example",
            "reason": None,
            "trigger": "hand_off.accepted",
        }
    ]


def test_enter_when_fires_on_becoming_true_and_not_while_it_stays_true():
    keep = (
        "not-now: {score: halve, temperature: warm, campaign: long-cycle}",
        "not-now: {campaign: long-cycle}",
    )
    life = Life(programme(keep)).hot().take(EventKind.HAND_OFF_REJECTED, reason="not-now", after=HOUR)
    assert (life.state.stage, life.state.grade, life.state.temperature) == (Stage.RECYCLED, "B", HOT)
    life.take(EventKind.PAGE_VISITED, path="/docs", after=HOUR)
    assert life.state.stage is Stage.RECYCLED
    life.take(EventKind.TIMER_DUE, after=60 * DAY)
    assert life.state.temperature is not HOT
    assert life.hot().state.stage is Stage.MQL
    assert life.state.handed_off == 2


# ------------------------------------------------------------ hand-off


def test_mql_hands_the_lead_over_by_the_first_route_that_holds():
    life = Life().hot()
    assert [(each.team, each.serial) for each in life.effects_of(HandOver)] == [("team-dach", 1)]
    assert [each.team for each in Life(country="US").hot().effects_of(HandOver)] == ["team-world"]


def test_the_owner_stays_on_a_return():
    life = Life().hot().take(EventKind.LEAD_CHANGED, fields={"owner": "lena@acme.example"})
    life.take(EventKind.HAND_OFF_REJECTED, reason="no-budget")
    life.take(EventKind.TIMER_DUE, after=30 * DAY).hot().take(EventKind.FORM_SUBMITTED, form="demo")
    assert life.state.handed_off == 2
    assert life.state.lead.owner == "lena@acme.example"


def test_an_answer_to_an_older_hand_off_does_not_answer_a_new_one():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED, hand_off=7)
    assert life.state.stage is Stage.MQL
    assert life.take(EventKind.HAND_OFF_REJECTED, hand_off=7, reason="not-now").state.stage is Stage.MQL
    assert life.take(EventKind.HAND_OFF_ACCEPTED, hand_off=1).state.stage is Stage.SAL


def test_accepting_twice_is_accepting_once():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED, after=HOUR)
    accepted_at = life.now
    assert life.take(EventKind.HAND_OFF_ACCEPTED, after=HOUR).effects == ()
    assert life.state.hand_off.accepted_at == accepted_at


@pytest.mark.parametrize("end", [Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED])
def test_a_lead_that_is_won_lost_or_disqualified_gives_its_rep_room(end):
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED)
    life.take(EventKind.STAGE_SET, stage="opportunity").take(EventKind.STAGE_SET, stage=end.value)
    assert life.state.stage is end
    assert life.effects_of(CloseHandOff) == [CloseHandOff(1, accepted=False)]
    assert not life.state.hand_off.accepted


# ------------------------------------------------------------ hand-back


def test_a_hand_back_halves_the_score_by_ledger_entries_and_forces_the_temperature():
    life = Life().hot()
    before = interest_score(life.state.accumulators, life.now)
    life.take(EventKind.HAND_OFF_REJECTED, reason="not-now")
    assert interest_score(life.state.accumulators, life.now) == pytest.approx(before / 2)
    assert sum(each.entry.credited for each in life.effects_of(WriteEntry)) == pytest.approx(-before / 2)
    assert life.state.temperature is WARM


def test_forcing_a_temperature_lowers_interest_to_just_below_the_next_enter():
    life = Life().hot().take(EventKind.HAND_OFF_REJECTED, reason="no-budget")
    assert interest_score(life.state.accumulators, life.now) == pytest.approx(24.99)
    assert life.state.temperature is COLD


def test_a_hand_back_never_warms():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED).take(EventKind.TIMER_DUE, after=200 * DAY)
    assert life.state.temperature is COLD
    assert life.take(EventKind.HAND_OFF_REJECTED, reason="not-now").state.temperature is COLD


def test_the_wrong_person_becomes_the_next_best_persona_at_once():
    life = Life().hot().take(EventKind.HAND_OFF_REJECTED, reason="wrong-person")
    assert life.state.persona == "decision-maker"
    assert life.records(EventKind.PERSONA_CHANGED)[0]["why"] == "hand-back"
    assert life.state.stage is Stage.RECYCLED
    assert life.state.temperature is HOT


def test_a_reason_that_is_not_declared_recycles_and_changes_nothing_else():
    life = Life().hot()
    before = life.state.accumulators
    life.take(EventKind.HAND_OFF_REJECTED, reason="no idea")
    assert (life.state.stage, life.state.accumulators) == (Stage.RECYCLED, before)


def test_a_hand_back_ignores_again_after_and_resumes_a_live_enrolment():
    live = Life().hot()
    serial = live.inside.serial
    assert live.take(EventKind.HAND_OFF_REJECTED, reason="not-now").inside.serial == serial
    gone = Life().take(EventKind.LEAD_CHANGED, fields={"plan": "trial"})
    assert not gone.inside.is_live
    gone.take(EventKind.LEAD_CHANGED, fields={"plan": "none"}).hot()
    assert not gone.inside.is_live  # it was inside within 180 days
    gone.take(EventKind.HAND_OFF_REJECTED, reason="not-now")
    assert (gone.inside.is_live, gone.inside.serial) == (True, 2)


def test_a_second_rejection_changes_nothing():
    life = Life().hot().take(EventKind.HAND_OFF_REJECTED, reason="not-now")
    before = life.state
    assert life.take(EventKind.HAND_OFF_REJECTED, reason="not-now", after=HOUR).state == before


# ------------------------------------------------------------ SLA


def test_mql_starts_the_accept_clock_in_business_hours():
    life = Life()
    life.take(EventKind.FORM_SUBMITTED, form="demo", after=5 * HOUR)  # 15:00 in Berlin
    life.take(EventKind.PAGE_VISITED, path="/pricing")
    assert life.state.clock.due_at - life.now == 20 * HOUR  # two hours on Monday, two on Tuesday
    assert life.state.clock.warn_at - life.now == 2 * HOUR


def notices(life):
    return [(each.to, each.what) for each in life.effects_of(Notify)]


def test_warned_breached_and_escalated_once_each():
    life = Life().hot()
    while life.now < life.state.clock.warn_at:
        life.wake()
    assert notices(life) == [(None, "sla warning")]
    while life.now < life.state.clock.due_at:
        life.wake()
    assert ("head-of-sales@acme.example", "sla breach") in notices(life)
    told = [life.take(EventKind.TIMER_DUE, after=DAY).effects_of(Notify) for _ in range(3)]
    assert told == [[], [], []]


def test_accepting_starts_the_first_contact_clock_and_a_contact_stops_it():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED, after=HOUR)
    assert (life.state.clock.name, life.state.clock.due_at - life.now) == ("first-contact", DAY)
    assert life.take(EventKind.CONTACTED, after=HOUR).state.clock is None


@pytest.mark.parametrize("answer", [EventKind.HAND_OFF_ACCEPTED, EventKind.HAND_OFF_REJECTED])
def test_an_answer_that_came_too_late_is_a_breach_though_nobody_looked_in_between(answer):
    life = Life().hot().take(answer, after=9 * DAY)
    assert [each["sla"] for each in life.records(EventKind.SLA_BREACHED)] == ["accept"]


def test_a_contact_that_came_in_time_is_none_though_it_is_told_late():
    life = Life().hot().take(EventKind.HAND_OFF_ACCEPTED)
    life.take(EventKind.CONTACTED, after=9 * DAY, late=9 * DAY - HOUR)
    assert life.records(EventKind.SLA_BREACHED) == []
    assert life.state.clock is None


def test_the_accept_clock_is_not_stopped_by_a_contact():
    life = Life().hot().take(EventKind.CONTACTED)
    assert life.state.clock.name == "accept"


def test_nobody_hears_of_a_breach_where_nobody_is_named():
    quiet = programme((", escalate_to: head-of-sales@acme.example", ""))
    life = Life(quiet).hot().take(EventKind.TIMER_DUE, after=9 * DAY)
    assert life.records(EventKind.SLA_BREACHED)
    assert "sla breach" not in [what for _, what in notices(life)]
