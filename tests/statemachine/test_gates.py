"""May this touch leave now? Each gate alone, their order, and what a decision says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nurture.scheduling.spans import Span
from nurture.statemachine.effects import PlanTouch
from nurture.statemachine.gates import GATES, Facts, Rival, judge
from nurture.vocabulary.words import EventKind, Gate, MailClass, Stage, SuppressionCause, Verdict
from tests.statemachine.situation import DAY, HOUR, MONDAY, Life, programme

HELD_OUT = ("misfire: next-window", "misfire: next-window\n  holdout: 100 percent")
PASS, DEFER, SKIP, STOP = Verdict


def waiting(*edits, **fields):
    """A lead and the touch it waits for: Monday, 10:00 in Berlin, inside the window."""
    under = programme(*edits)
    life = Life(under, **fields)
    return life, next(each.touch for each in life.effects_of(PlanTouch))


def judged(life, touch, now=MONDAY, **facts):
    return judge(touch, Facts(programme=life.programme, state=life.state, **facts), now)


def verdict(life, touch, now=MONDAY, **facts):
    judgement = judged(life, touch, now, **facts)
    return judgement.gate, judgement.verdict, judgement.next_at


def operational(touch):
    return replace(touch, mail_class=MailClass.OPERATIONAL)


def test_where_every_gate_passes_the_touch_leaves_and_all_are_on_record():
    judgement = judged(*waiting())
    assert judgement.verdict is PASS
    assert [check.gate for check in judgement.checks] == list(Gate)


def test_the_gates_stand_in_the_order_of_the_glossary():
    assert [gate for gate, _ in GATES] == list(Gate)


def test_the_first_that_does_not_pass_decides_and_later_ones_are_not_asked():
    life, touch = waiting()
    judgement = judged(life, touch, MONDAY - 10 * HOUR, domain_free=MONDAY, warm_up_left=0)
    assert judgement.gate is Gate.SEND_WINDOW
    assert judgement.checks[-1].gate is Gate.SEND_WINDOW


# ------------------------------------------------------------ suppressed


@pytest.mark.parametrize("cause", list(SuppressionCause))
def test_a_suppressed_address_is_never_mailed(cause):
    life, touch = waiting()
    judgement = judged(life, touch, suppressed=cause)
    assert (judgement.gate, judgement.verdict) == (Gate.SUPPRESSED, STOP)
    assert str(cause) in judgement.why
    assert verdict(life.with_state(suppressed=cause), touch)[:2] == (Gate.SUPPRESSED, STOP)


@pytest.mark.parametrize("cause", list(SuppressionCause))
def test_operational_mail_reaches_those_who_only_want_no_marketing(cause):
    life, touch = waiting()
    expected = STOP if cause.scope == "all" else PASS
    assert verdict(life, operational(touch), suppressed=cause)[1] is expected


def test_a_lead_without_an_address_gets_nothing():
    life, touch = waiting()
    life.with_state(lead=replace(life.state.lead, email=None))
    assert verdict(life, touch)[:2] == (Gate.SUPPRESSED, STOP)


def test_a_refused_topic_stops_and_one_to_be_asked_for_needs_asking():
    life, touch = waiting()
    assert verdict(life.with_state(opted_out=("product",)), touch)[:2] == (Gate.SUPPRESSED, STOP)
    assert verdict(life, operational(touch))[1] is PASS
    life, touch = waiting()
    life.programme = programme(("topic: product", "topic: events"))
    assert verdict(life, touch)[:2] == (Gate.SUPPRESSED, STOP)
    assert verdict(life.with_state(opted_in=("events",)), touch)[1] is PASS


def test_a_snooze_and_a_reply_defer_until_they_end():
    life, touch = waiting()
    until = MONDAY + 30 * DAY
    assert verdict(life.with_state(snoozed_until=until), touch) == (Gate.SUPPRESSED, DEFER, until)
    assert verdict(life, touch, until)[0] is not Gate.SUPPRESSED
    life, touch = waiting()
    life.with_state(accumulators=()).take(EventKind.MAIL_REPLIED, campaign="long-cycle", humanity=0.9)
    touch = life.effects_of(PlanTouch)[0].touch  # the reply warmed the lead
    assert verdict(life, touch) == (Gate.SUPPRESSED, DEFER, MONDAY + 14 * DAY)


# ------------------------------------------------------------ goal, sales, had, condition


def test_a_goal_or_an_exit_that_is_reached_stops():
    life, touch = waiting()
    lead = life.state.lead
    trial = life.with_state(lead=replace(lead, fields={**lead.fields, "plan": "trial"}))
    judgement = judged(trial, touch)
    assert (judgement.gate, judgement.why) == (Gate.GOAL_OR_EXIT, "the goal is reached: Started a trial")
    life, touch = waiting()
    assert verdict(life.with_state(stage=Stage.CUSTOMER), touch)[:2] == (Gate.GOAL_OR_EXIT, STOP)


def test_a_touch_of_a_visit_that_is_over_stops():
    life, touch = waiting()
    assert verdict(life.warm(), touch)[:2] == (Gate.GOAL_OR_EXIT, STOP)


def test_while_sales_owns_the_lead_marketing_is_silent():
    life, touch = waiting()
    life.with_state(stage=Stage.SAL)
    assert verdict(life, touch) == (Gate.SALES_OWNED, STOP, None)
    assert verdict(life, operational(touch))[1] is PASS


def test_no_content_twice():
    life, touch = waiting()
    life.with_state(had={touch.mail: MONDAY - 40 * DAY})
    judgement = judged(life, touch)
    assert (judgement.gate, judgement.verdict) == (Gate.ALREADY_HAD, SKIP)
    assert judgement.why == "the lead had long-cycle/checklist on 2026-01-21"


def test_a_day_in_a_reason_is_the_programme_s():
    life, touch = waiting()
    assert life.programme.time_zone == "Europe/Berlin"
    life.with_state(had={touch.mail: datetime(2026, 1, 20, 23, 30, tzinfo=UTC)})
    assert judged(life, touch).why == "the lead had long-cycle/checklist on 2026-01-21"


def test_unless_the_step_repeats():
    life, touch = waiting(("{mail: checklist, wait: 0 minutes}", "{mail: checklist, repeat: true}"))
    life.with_state(had={touch.mail: MONDAY - 40 * DAY})
    assert verdict(life, touch)[1] is PASS


@pytest.mark.parametrize(
    ("condition", "expected", "why"),
    [
        ("when: lead.company_size >= 200", PASS, ""),
        ("when: lead.company_size >= 900", SKIP, "does not hold: lead.company_size >= 900"),
        ("unless: lead.company_size >= 200", SKIP, "holds: lead.company_size >= 200"),
        ("unless: lead.first_name == 'Kim'", PASS, ""),
        (
            "when: lead.first_name == 'Kim'",
            SKIP,
            "does not hold: lead.first_name == 'Kim' (first_name unknown)",
        ),
    ],
)
def test_the_steps_own_condition_decides_and_names_what_is_unknown(condition, expected, why):
    key, _, asked = condition.partition(": ")
    step = "{mail: checklist, wait: 0 minutes}"
    life, touch = waiting((step, f'{{mail: checklist, {key}: "{asked}"}}'))
    judgement = judged(life, touch)
    assert (judgement.verdict, judgement.why) == (expected, why)


# ------------------------------------------------------------ holdout


def test_a_held_out_lead_is_skipped_and_operational_mail_goes_on():
    life, touch = waiting(HELD_OUT)
    assert verdict(life, touch) == (Gate.HOLDOUT, SKIP, None)
    assert verdict(life, operational(touch))[1] is PASS


# ------------------------------------------------------------ frequency cap


def test_one_a_day_on_the_leads_calendar():
    life, touch = waiting()
    assert verdict(life, touch, recent=[MONDAY - HOUR]) == (
        Gate.FREQUENCY_CAP,
        DEFER,
        datetime(2026, 3, 3, 8, tzinfo=UTC),
    )
    assert verdict(life, touch, recent=[MONDAY - 11 * HOUR])[1] is PASS  # 23:00 yesterday, in Berlin


def test_three_in_any_168_hours():
    life, touch = waiting()
    recent = [MONDAY - 6 * DAY, MONDAY - 4 * DAY, MONDAY - 2 * DAY]
    assert verdict(life, touch, recent=recent) == (Gate.FREQUENCY_CAP, DEFER, MONDAY + DAY)


def test_what_overflows_may_be_dropped():
    life, touch = waiting(("overflow: defer", "overflow: drop"))
    assert verdict(life, touch, recent=[MONDAY - HOUR]) == (Gate.FREQUENCY_CAP, SKIP, None)


def test_operational_mail_knows_no_caps():
    life, touch = waiting()
    assert verdict(life, operational(touch), recent=[MONDAY - HOUR])[1] is PASS


# ------------------------------------------------------------ send window


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-02 08:59+01:00", "2026-03-02 09:00+01:00"),
        ("2026-03-02 17:00+01:00", "2026-03-03 09:00+01:00"),
        ("2026-03-06 17:00+01:00", "2026-03-09 09:00+01:00"),  # a weekend
        ("2026-04-02 17:00+02:00", "2026-04-07 09:00+02:00"),  # Good Friday to Easter Monday
    ],
)
def test_outside_the_window_it_waits_for_the_next(now, opens):
    life, touch = waiting()
    at = datetime.fromisoformat(now)
    touch = replace(touch, due_at=at)
    assert verdict(life, touch, at) == (Gate.SEND_WINDOW, DEFER, datetime.fromisoformat(opens))
    assert verdict(life, operational(touch), at)[1] is PASS


def test_the_window_is_on_the_leads_own_clock_and_in_its_own_holidays():
    life, touch = waiting(time_zone="America/New_York", country="US")
    assert verdict(life, touch)[2] == datetime.fromisoformat("2026-03-02 09:00-05:00")
    at = datetime.fromisoformat("2026-07-02 17:00-04:00")
    assert verdict(life, replace(touch, due_at=at), at)[2] == datetime.fromisoformat("2026-07-06 09:00-04:00")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-10-24 12:00+02:00", "2026-10-25 02:30+02:00"),  # 02:30 comes twice: the first
        ("2026-03-28 12:00+01:00", "2026-03-29 03:00+02:00"),  # 02:30 is skipped: the next valid moment
    ],
)
def test_a_window_that_opens_in_a_doubled_or_a_missing_hour(now, opens):
    night = (
        '  between: ["09:00", "17:00"]\n  holidays: lead',
        '  between: ["02:30", "04:00"]\n  holidays: lead',
    )
    life, touch = waiting(night, ("days: [mon, tue, wed, thu, fri]\n  between", "days: [sun]\n  between"))
    at = datetime.fromisoformat(now)
    assert verdict(life, replace(touch, due_at=at), at)[2] == datetime.fromisoformat(opens)


# ------------------------------------------------------------ priority


@pytest.mark.parametrize(
    ("priority", "due_in", "expected"),
    [(51, 3 * HOUR, DEFER), (50, 3 * HOUR, PASS), (49, -HOUR, PASS), (51, DAY, PASS), (51, -2 * DAY, DEFER)],
)
def test_it_yields_to_a_higher_priority_due_the_same_local_day(priority, due_in, expected):
    life, touch = waiting()
    rival = Rival(touch_id=9, priority=priority, due_at=MONDAY + due_in)
    gate, found, next_at = verdict(life, touch, rivals=[rival])
    assert found is expected
    if expected is DEFER:
        assert (gate, next_at) == (Gate.PRIORITY, datetime(2026, 3, 3, 8, tzinfo=UTC))


# ------------------------------------------------------------ misfire


def test_lateness_counts_from_the_last_written_eligible_time():
    life, touch = waiting()
    now = MONDAY + 9 * DAY
    assert verdict(life, replace(touch, due_at=now - 2 * DAY), now)[1] is PASS
    assert verdict(life, replace(touch, due_at=now - 2 * DAY - HOUR), now)[:2] == (Gate.MISFIRE, DEFER)


def test_a_misfire_may_be_skipped():
    life, touch = waiting(("misfire: next-window", "misfire: skip"))
    judgement = judged(life, touch, MONDAY + 4 * DAY)
    assert (judgement.gate, judgement.verdict, judgement.why) == (Gate.MISFIRE, SKIP, "4.0 days late")


@given(st.integers(1, 10**9), st.integers(0, 8 * 60 - 1))
def test_misfires_land_inside_the_window_that_is_open_or_the_next_and_pass_then(number, minute):
    life, touch = waiting()
    now = datetime(2026, 3, 9, 8, tzinfo=UTC) + minute * HOUR / 60
    judgement = judged(life, replace(touch, id=number), now)
    assert judgement.gate is Gate.MISFIRE
    moved = replace(touch, id=number, due_at=judgement.next_at)
    assert judged(life, moved, judgement.next_at).verdict is PASS
    day = now if now < datetime(2026, 3, 9, 15, tzinfo=UTC) else now + DAY
    assert judgement.next_at.date() == day.date()


def test_misfires_are_spread_and_never_a_burst():
    life, touch = waiting()
    now = datetime(2026, 3, 9, 10, tzinfo=UTC)
    minutes = [
        int((judged(life, replace(touch, id=number), now).next_at - now) / (HOUR / 60))
        for number in range(1, 1_801)
    ]
    assert max(minutes.count(minute) for minute in set(minutes)) < 20  # 6 hours for 1,800: 5 a minute
    assert len(set(minutes)) > 350


def test_one_that_is_found_late_outside_the_window_is_a_misfire_too():
    """Else all that waited while the machine was off would leave together when the window opens."""
    life, touch = waiting()
    night = datetime(2026, 3, 9, 20, tzinfo=UTC)
    moments = [verdict(life, replace(touch, id=number), night)[2] for number in range(1, 201)]
    assert {moment.date() for moment in moments} == {(night + DAY).date()}
    assert len({moment.hour for moment in moments}) == 8  # 9:00 to 17:00 in Berlin
    life, touch = waiting(("misfire: next-window", "misfire: skip"))
    assert verdict(life, touch, night)[:2] == (Gate.SEND_WINDOW, SKIP)


def test_after_an_absence_what_is_not_too_late_is_spread_over_what_is_left_of_the_window():
    life, touch = waiting(("misfire: next-window", "misfire: skip"))
    away = [Span(MONDAY - 5 * HOUR, MONDAY)]
    gate, said, moment = verdict(life, replace(touch, due_at=MONDAY - HOUR), away=away)
    assert (gate, said) == (Gate.MISFIRE, DEFER)
    assert MONDAY < moment < MONDAY.replace(hour=16)
    assert verdict(life, replace(touch, due_at=moment), moment, away=away)[1] is PASS
    for fresh in (MONDAY - 6 * HOUR, MONDAY + HOUR):
        assert verdict(life, replace(touch, due_at=fresh), MONDAY + HOUR, away=away)[1] is PASS
    assert verdict(life, operational(replace(touch, due_at=MONDAY - HOUR)), away=away)[1] is PASS


# ------------------------------------------------------------ throttle, warm-up


def test_a_domain_that_had_its_share_defers_until_it_is_free():
    life, touch = waiting()
    free = MONDAY + HOUR / 60
    assert verdict(life, touch, domain_free=free) == (Gate.THROTTLE, DEFER, free)
    assert verdict(life, touch, domain_free=MONDAY)[1] is PASS


def test_a_ramp_that_is_used_up_defers_until_tomorrows():
    life, touch = waiting()
    free = MONDAY + DAY
    assert verdict(life, touch, warm_up_left=0, warm_up_free=free) == (Gate.WARM_UP, DEFER, free)
    assert verdict(life, touch, warm_up_left=1)[1] is PASS
    assert verdict(life, operational(touch), warm_up_left=0, warm_up_free=free)[1] is PASS
