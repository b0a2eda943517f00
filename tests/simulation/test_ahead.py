"""A campaign played ahead: the same seed gives the same runs, people answer, and what they came to is counted."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from nurture.simulation.ahead import OUTCOMES, play
from nurture.simulation.behaviour import Habits
from nurture.statemachine.entering import gone_live
from nurture.statemachine.foreseen import Played, Waiting
from nurture.vocabulary.state import HandOffState
from nurture.vocabulary.words import EventKind, Gate, Stage
from tests.statemachine.situation import MONDAY, Life, programme
from tests.statemachine.test_foreseen import DRAFT, lead

NOBODY_ANSWERS = Habits(opens=0.0, machines=0.0, unsubscribes=0.0, complains=0.0)
EAGER = Habits(opens=1.0, clicks=1.0, visits=1.0, asks=1.0, machines=0.0, unsubscribes=0.0, complains=0.0)
LEADS = [Waiting(lead(number), 10.0) for number in range(1, 7)]


def played(habits=EAGER, leads=LEADS, *, seed=1, days=30, runs=4, allowed=None):
    return play(
        gone_live(programme(DRAFT), "long-cycle"),
        "long-cycle",
        leads,
        MONDAY,
        days=days,
        seed=seed,
        links=lambda _: ("docs", "pricing"),
        habits=habits,
        allowed=allowed,
        runs=runs,
        played=3,
    )


def test_a_run_goes_by_its_seed_alone():
    assert played() == played()
    assert played()[0] != played(seed=2)[0]


def test_where_nobody_answers_it_is_what_is_foreseen():
    runs, story = played(NOBODY_ANSWERS, days=14)
    alone = Played(
        gone_live(programme(DRAFT), "long-cycle"),
        [Waiting(lead(), 1.0)],
        MONDAY,
        allowed=None,
        zone=ZoneInfo("Europe/Berlin"),
    ).until(MONDAY + timedelta(days=14))
    assert {run.weeks for run in runs} == {(60.0, 60.0)}
    assert [each.occurred_at for each in story.events if each.kind is EventKind.MAIL_SENT] == [
        each.at for each in alone
    ]
    assert {name for run in runs for name, count in run.counts.items() if count} <= {"had everything"}


def test_who_answers_warms_up_and_the_story_tells_it_in_order():
    runs, story = played()
    assert all(run.counts["opened"] >= run.counts["clicked"] for run in runs)
    assert any(run.counts["clicked"] for run in runs)
    assert any(run.counts["hot"] for run in runs)
    assert set(runs[0].counts) == set(OUTCOMES)
    kinds = [each.kind for each in story.events]
    assert (
        kinds.index(EventKind.CAMPAIGN_ENTERED)
        < kinds.index(EventKind.MAIL_SENT)
        < kinds.index(EventKind.MAIL_CLICKED)
    )
    assert [each.occurred_at for each in story.events] == sorted(each.occurred_at for each in story.events)


SOLD = msgspec.structs.replace(EAGER, answers=1.0, accepts=1.0, agrees=1.0, wins=1.0, loses=0.0)
OUTCOMES_OF_SALES = {
    "nobody answers": (msgspec.structs.replace(SOLD, answers=0.0), set()),
    "all are refused": (msgspec.structs.replace(SOLD, accepts=0.0), {"given back"}),
    "all are given back": (msgspec.structs.replace(SOLD, agrees=0.0), {"accepted", "given back"}),
    "all buy": (SOLD, {"accepted", "customer"}),
    "none decides": (msgspec.structs.replace(SOLD, wins=0.0), {"accepted"}),
}


@pytest.mark.parametrize("case", OUTCOMES_OF_SALES)
def test_what_is_handed_over_is_answered_by_sales(case):
    habits, expected = OUTCOMES_OF_SALES[case]
    fits = [Waiting(Life(under=programme(DRAFT)).state, 10.0)]
    runs, story = played(habits, fits, days=90, runs=8)
    assert any(run.counts["handed over"] for run in runs)
    found = {name for run in runs for name in ("accepted", "given back", "customer") if run.counts[name]}
    assert found == expected
    for run in runs:
        assert run.counts["customer"] <= run.counts["accepted"] <= run.counts["handed over"]
    told = [each.kind for each in story.events]
    if expected:
        answer = EventKind.HAND_OFF_ACCEPTED if "accepted" in expected else EventKind.HAND_OFF_REJECTED
        assert told.index(EventKind.HAND_OFF_MADE) < told.index(answer)


def test_who_waits_for_sales_when_the_play_begins_is_answered_and_who_was_taken_is_left_to_it():
    made = MONDAY - timedelta(days=3)
    waits, taken = (
        msgspec.structs.replace(
            lead(number),
            stage=Stage.MQL if taken_at is None else Stage.SAL,
            handed_off=1,
            hand_off=HandOffState(serial=1, made_at=made, accepted_at=taken_at),
        )
        for number, taken_at in ((1, None), (2, made))
    )
    for who, expected in ((waits, {"accepted", "customer"}), (taken, set())):
        runs, _ = played(SOLD, [Waiting(who, 1.0)], days=90)
        assert {name for name in ("accepted", "customer") if runs[0].counts[name]} == expected


def test_a_limit_lets_mails_wait_and_says_by_which_gate():
    runs, _ = played(NOBODY_ANSWERS, days=7, allowed=lambda _: 20)
    assert all(run.held[Gate.WARM_UP] > 0 for run in runs)


def test_who_stands_for_more_is_drawn_more_often():
    odd = [Waiting(lead(1), 1.0), Waiting(lead(2), 999.0)]
    runs, story = played(NOBODY_ANSWERS, odd, days=7)
    assert story.state.lead.id == 2
    assert runs[0].mails == pytest.approx(1000.0)


def test_nobody_has_no_runs():
    assert played(leads=[]) == ((), None)
