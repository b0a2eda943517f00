"""Which track a lead is in, what comes next and when, and how a visit ends."""

import pytest
from msgspec.structs import replace

from nurture.content.model import Superseded
from nurture.statemachine.effects import CallWebhook, CancelTouch, CreateTask, PlanTouch
from nurture.vocabulary.words import EventKind, Gate, Stage
from tests.statemachine.situation import DAY, HOUR, MONDAY, Life, campaign, programme

PLAIN = """
  - key: all
    cadence: {every: 7 days}
    steps: [{mail: one}, {mail: two}, {mail: three}]
    exhausted: {wait: 30 days, then: stay}
"""


def steps_sent(life, count):
    """The keys of the next mails, each sent when it is due."""
    keys = []
    for _ in range(count):
        keys.append(life.planned.step)
        life.sent(after=max(life.planned.due_at - life.now, 0 * DAY))
    return keys


# ------------------------------------------------------------ choice of track


@pytest.mark.parametrize(
    ("fields", "track"),
    [({"seniority": "manager"}, "warm"), ({"seniority": "vp"}, "warm-decision-maker")],
)
def test_the_most_specific_track_wins(fields, track):
    assert Life(**fields).warm().inside.track == track


def test_on_a_change_what_the_old_track_planned_is_cancelled_and_the_new_one_is_planned():
    life = Life()
    waiting = life.planned.touch
    life.warm()
    assert [each.touch_id for each in life.effects_of(CancelTouch)] == [1_000_000 + waiting]
    assert [each.touch.step for each in life.effects_of(PlanTouch)] == ["roi-calculator"]
    assert life.inside.visit == 2


def test_a_change_that_leaves_the_track_alone_leaves_the_plan_alone():
    life = Life()
    before = life.inside
    assert life.take(EventKind.LEAD_CHANGED, fields={"first_name": "Kim"}).inside == before


# ------------------------------------------------------------ when


def test_a_first_step_without_a_wait_is_due_at_once():
    assert Life(campaign(PLAIN)).planned.due_at == MONDAY


def test_a_wait_counts_from_the_previous_touchs_250():
    life = Life()
    life.sent(after=3 * HOUR, late=HOUR).sent(after=7 * DAY)
    assert life.planned.step == "benchmark"
    assert life.planned.due_at == life.now + 10 * DAY


def test_the_250_counts_not_the_moment_of_hearing_of_it():
    life = Life().sent(after=3 * HOUR, late=2 * HOUR)
    assert life.planned.due_at == MONDAY + HOUR + 7 * DAY


@pytest.mark.parametrize("kind", [EventKind.MAIL_SKIPPED, EventKind.MAIL_FAILED, EventKind.MAIL_BOUNCED])
def test_after_a_skipped_failed_or_refused_mail_the_wait_counts_from_that_decision(kind):
    life = Life()
    life.take(kind, after=5 * HOUR, **life.of_touch())
    assert (life.planned.step, life.planned.due_at) == ("case-study", MONDAY + 5 * HOUR + 7 * DAY)
    assert life.state.had == {}


def test_a_change_of_track_keeps_the_gap_since_the_last_mail():
    life = Life().sent()
    life.take(EventKind.TIMER_DUE, after=DAY).warm()
    assert life.planned.due_at == MONDAY + 4 * DAY


def test_unless_the_step_has_a_wait_which_counts_from_the_change():
    life = Life().sent().hot()
    assert life.effects_of(CreateTask) or life.state.temperature == "hot"
    assert (life.planned.step, life.planned.due_at) == ("book-a-call", life.now + HOUR / 2)


def test_a_mail_of_a_track_that_was_left_advances_nothing_but_keeps_the_gap():
    life = Life()
    late = life.of_touch()  # already on the wire
    life.warm()
    before = life.inside
    life.take(EventKind.MAIL_SENT, after=HOUR, **late)
    assert (life.inside.track, life.inside.planned) == (before.track, before.planned)
    assert life.inside.last_mail_at == life.now
    assert "long-cycle/checklist" in life.state.had


def test_a_wait_may_be_in_business_time():
    life = Life(campaign("  - {key: all, steps: [{mail: one, wait: 2 business days}]}\n"))
    assert life.planned.due_at == MONDAY + 2 * DAY
    friday = Life(campaign("  - {key: all, steps: [{mail: one}, {mail: two, wait: 1 business day}]}\n"))
    friday.sent(after=4 * DAY)
    assert friday.planned.due_at == friday.now + 3 * DAY


def test_nothing_is_planned_into_the_rest_after_a_reply():
    life = Life().sent()
    life.take(EventKind.MAIL_REPLIED, campaign="long-cycle", after=HOUR)
    life.take(EventKind.MAIL_BOUNCED, **life.of_touch())
    assert life.planned.due_at == life.inside.paused_until


# ------------------------------------------------------------ had and passed


def test_a_mail_already_had_in_any_track_or_campaign_is_not_offered():
    life = Life()
    life.take(EventKind.MAIL_SENT, touch=1_000_077, mail="long-cycle/case-study")
    assert steps_sent(life, 2) == ["checklist", "benchmark"]


def test_unless_the_step_repeats():
    life = Life(campaign(PLAIN.replace("{mail: two}", "{mail: two, repeat: true}")))
    life.take(EventKind.MAIL_SENT, touch=1_000_077, mail="long-cycle/two")
    assert steps_sent(life, 3) == ["one", "two", "three"]


def test_unknown_is_had():
    life = Life()
    life.take(EventKind.MAIL_UNKNOWN, **life.of_touch())
    assert "long-cycle/checklist" in life.state.had
    assert life.planned.step == "case-study"


def test_unknown_and_then_known_it_is_one_mail_that_may_be_ignored():
    life = Life()
    touch = life.of_touch()
    life.take(EventKind.MAIL_UNKNOWN, **touch)
    life.take(EventKind.MAIL_SENT, by="the worker that was sending it, late", **touch)
    assert len(life.state.receptions) == 1


def test_held_out_is_had_and_the_track_goes_on():
    life = Life()
    life.take(EventKind.MAIL_SKIPPED, gate=Gate.HOLDOUT.value, **life.of_touch())
    assert "long-cycle/checklist" in life.state.had
    assert life.state.receptions == ()
    assert life.planned.step == "case-study"


def test_steps_inserted_before_the_furthest_are_offered_before_exhaustion():
    life = Life(campaign(PLAIN))
    steps_sent(life, 2)
    life.programme = campaign(PLAIN.replace("{mail: one},", "{mail: one}, {mail: one-and-a-half},"))
    life.take(EventKind.PROGRAMME_APPLIED)
    assert steps_sent(life, 2) == ["three", "one-and-a-half"]


def test_a_lead_that_returns_resumes_at_the_first_surviving_step_not_passed():
    life = Life()
    steps_sent(life, 1)
    life.warm()
    life.with_state(accumulators=()).take(EventKind.TIMER_DUE, after=10 * DAY)
    assert life.inside.track == "cold"
    assert life.planned.step == "case-study"


def test_a_pool_always_offers_the_first_item_not_yet_had():
    pool = PLAIN.replace("cadence", "order: pool\n    cadence")
    life = Life(campaign(pool))
    steps_sent(life, 2)
    life.programme = campaign(pool.replace("[{mail: one}", "[{mail: newest}, {mail: one}"))
    life.take(EventKind.MAIL_SKIPPED, **life.of_touch())
    assert steps_sent(life, 1) == ["newest"]


# ------------------------------------------------------------ tasks, webhooks, choices


def test_tasks_and_webhooks_run_once_a_visit_when_they_are_due():
    life = Life().hot()
    assert life.inside.track == "hot"
    tasks = life.effects_of(CreateTask)
    life.sent(after=HOUR)
    assert [each.webhook for each in life.effects_of(CallWebhook)] == ["chat-alert"]
    assert [life.take(EventKind.TIMER_DUE, after=HOUR).effects_of(CreateTask) for _ in range(3)] == [[]] * 3
    assert len(tasks) == 1


def test_on_a_return_they_run_again_and_first():
    life = Life().hot().sent(after=HOUR)
    life.take(EventKind.HAND_OFF_REJECTED, reason="no-budget").take(EventKind.TIMER_DUE, after=60 * DAY)
    life.take(EventKind.FORM_SUBMITTED, form="demo")
    assert life.inside.track == "hot"
    tasks, webhooks = life.effects_of(CreateTask), life.effects_of(CallWebhook)
    assert [each.task for each in tasks] == ["call"]
    assert [each.webhook for each in webhooks] == ["chat-alert"]
    assert tasks[0].visit == webhooks[0].visit == life.inside.visit
    assert life.planned.step == "pilot"


CHOICE = """
  - key: all
    cadence: {every: 4 days}
    steps:
      - mail: one
      - key: fork
        choose:
          - {key: readers, when: "clicked('one', link='docs')", steps: [{mail: deep}, {mail: deeper}]}
          - {key: big, when: "lead.company_size >= 1000", mail: tour}
      - mail: last
"""


def test_a_branch_is_chosen_when_it_is_due_and_not_before():
    life = Life(campaign(CHOICE)).sent()
    assert (life.planned.step, life.planned.touch) == ("fork", 0)
    assert life.wake_at == life.planned.due_at == MONDAY + 4 * DAY
    life.take(EventKind.MAIL_CLICKED, mail="long-cycle/one", link="docs", after=DAY)
    life.take(EventKind.TIMER_DUE, after=3 * DAY)
    assert life.inside.chosen == {"all/fork": "readers"}
    assert (life.planned.step, life.planned.due_at) == ("deep", life.now)


def test_after_a_branch_the_track_goes_on():
    life = Life(campaign(CHOICE), company_size=1000).sent()
    life.wake()
    assert steps_sent(life, 2) == ["tour", "last"]


def test_where_no_branch_holds_the_choice_is_passed_and_waits_no_second_time():
    life = Life(campaign(CHOICE)).sent()
    life.wake()
    assert life.inside.chosen == {}
    assert (life.planned.step, life.planned.due_at) == ("last", life.now)


def test_a_task_whose_condition_fails_is_passed():
    tracks = (
        "  - {key: all, steps: [{task: call, when: lead.first_name == 'Lee'}, {mail: one, wait: 1 hour}]}\n"
    )
    life = Life(campaign(tracks))
    assert life.effects_of(CreateTask) == []
    assert life.planned.step == "one"


def test_an_experiment_is_assigned_once_a_lead_and_step_and_kept_by_an_edit():
    tested = PLAIN.replace("{mail: one}", "{mail: one, experiment: {variants: {a: 50, b: 50}}}")
    life = Life(campaign(tested))
    assigned = life.effects_of(PlanTouch)[0].touch.variant
    life.programme = campaign(
        tested.replace("a: 50, b: 50", "a: 0, b: 0, c: 100").replace("one,", "one, wait: 1 day,")
    )
    life.take(EventKind.PROGRAMME_APPLIED)
    assert life.effects_of(PlanTouch)[0].touch.variant == assigned


# ------------------------------------------------------------ the end


def test_a_track_is_finished_at_its_own_time_and_not_by_the_last_mail():
    life = Life(campaign(PLAIN))
    steps_sent(life, 3)
    assert life.records(EventKind.TRACK_FINISHED) == []
    assert life.inside.exhausted_at == life.now
    rested_at = life.now + 30 * DAY
    while not life.records(EventKind.TRACK_FINISHED):
        life.wake()
    assert life.now == rested_at
    assert life.inside.is_live


def test_new_content_revives_a_lead_that_rests():
    life = Life(campaign(PLAIN))
    steps_sent(life, 3)
    life.take(EventKind.TIMER_DUE, after=40 * DAY)
    assert life.inside.finished_at is not None
    life.programme = campaign(PLAIN.replace("{mail: three}", "{mail: three}, {mail: four}"))
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert (life.planned.step, life.planned.due_at) == ("four", life.now)
    assert (life.inside.exhausted_at, life.inside.finished_at) == (None, None)


def test_a_track_may_end_the_campaign():
    life = Life(campaign(PLAIN.replace("then: stay", "then: exit")))
    steps_sent(life, 3)
    life.take(EventKind.TIMER_DUE, after=31 * DAY)
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == "finished"


# ------------------------------------------------------------ rest


def test_while_sales_owns_the_lead_nothing_is_planned_and_afterwards_a_new_visit_begins():
    life = Life().hot()
    assert life.planned is not None  # mql is marketing's
    life.take(EventKind.HAND_OFF_ACCEPTED)
    assert (life.inside.track, life.planned, len(life.effects_of(CancelTouch))) == (None, None, 1)
    visit = life.inside.visit
    life.take(EventKind.HAND_OFF_REJECTED, reason="not-now", after=DAY)
    assert (life.inside.track, life.inside.visit) == ("recycled", visit + 1)


def test_operational_mail_goes_on_while_sales_owns_the_lead_and_after_an_unsubscription():
    operational = programme(("class: marketing", "class: operational"))
    life = Life(operational).hot().take(EventKind.HAND_OFF_ACCEPTED)
    assert life.planned is not None
    assert life.take(EventKind.UNSUBSCRIBED).planned is not None
    assert life.take(EventKind.MAIL_COMPLAINED).planned is None


@pytest.mark.parametrize(
    "kind", [EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED], ids=["unsubscribed", "complained"]
)
def test_a_suppressed_lead_has_nothing_planned(kind):
    life = Life().take(kind)
    assert (life.inside.track, life.planned) == (None, None)
    assert life.hot().planned is None


def test_a_topic_that_must_be_asked_for_rests_until_it_is():
    life = Life(programme(("topic: product", "topic: events")))
    assert life.planned is None
    assert life.take(EventKind.PREFERENCES_CHANGED, topics={"events": True}).planned is not None
    assert life.take(EventKind.PREFERENCES_CHANGED, topics={"events": False}).planned is None


def test_a_stopped_touch_opens_its_step_again_a_day_later_under_another_visit():
    life = Life().hot()
    visit = life.inside.visit
    life.take(EventKind.MAIL_CANCELLED, gate=Gate.GOAL_OR_EXIT.value, **life.of_touch())
    assert (life.planned.step, life.planned.due_at) == ("book-a-call", life.now + DAY)
    assert life.inside.visit == visit + 1
    assert life.effects_of(CreateTask) == []  # nobody is asked to call again


def test_a_lead_whose_address_was_found_in_the_list_is_not_asked_about_daily():
    life = Life()
    life.take(EventKind.MAIL_CANCELLED, gate=Gate.SUPPRESSED.value, cause="imported", **life.of_touch())
    assert (life.state.suppressed, life.planned, life.wake_at) == ("imported", None, None)


# ------------------------------------------------------------ edits in flight


def test_a_step_that_was_removed_gives_way_to_the_next_surviving_one():
    life = Life(campaign(PLAIN)).sent()
    life.programme = campaign(PLAIN.replace("{mail: two}, ", ""))
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert len(life.effects_of(CancelTouch)) == 1
    assert (life.planned.step, life.planned.due_at) == ("three", MONDAY + 7 * DAY)


def test_a_step_that_comes_back_is_not_planned_twice_in_a_visit():
    life = Life(campaign(PLAIN))
    first = life.effects_of(PlanTouch)[0].touch
    life.programme = campaign(PLAIN.replace("{mail: one}, ", ""))
    life.take(EventKind.PROGRAMME_APPLIED)
    life.programme = campaign(PLAIN)
    life.take(EventKind.PROGRAMME_APPLIED).take(EventKind.MAIL_SKIPPED, **life.of_touch())
    again = [each.touch for each in life.effects_of(PlanTouch)]
    assert all((each.visit, each.step) != (first.visit, first.step) for each in again)


@pytest.mark.parametrize(("wait", "due_in"), [("3 days", 3), ("7 days", 7), ("14 days", 14)])
def test_a_wait_that_changed_counts_again_from_the_same_start(wait, due_in):
    life = Life(campaign(PLAIN)).sent()
    life.programme = campaign(PLAIN.replace("every: 7 days", f"every: {wait}"))
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert life.planned.due_at == MONDAY + due_in * DAY
    assert len(life.effects_of(PlanTouch)) == (due_in != 7)


def test_what_an_edit_makes_overdue_is_spread_over_the_window():
    life = Life(campaign(PLAIN)).sent()
    life.programme = campaign(PLAIN.replace("every: 7 days", "every: 1 day"))
    life.take(EventKind.PROGRAMME_APPLIED, after=2 * DAY)
    assert life.now < life.planned.due_at < life.now + 7 * HOUR


def pinned(edited, *, before):
    """The programme with *edited* tracks, where those who entered before that moment stay on PLAIN's."""
    kept = Superseded(before=before, campaign=campaign(PLAIN).campaigns["long-cycle"])
    return replace(campaign(edited), superseded={"long-cycle": (kept,)})


EDITED = PLAIN.replace("every: 7 days", "every: 1 day").replace("{mail: two}, {mail: three}", "{mail: other}")


def test_pinned_leads_stay_on_their_tracks_to_the_end():
    life = Life(campaign(PLAIN)).sent()
    life.programme = pinned(EDITED, before=MONDAY + DAY)
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert (life.planned.step, life.planned.due_at) == ("two", MONDAY + 7 * DAY)
    assert steps_sent(life, 2) == ["two", "three"]
    assert life.planned is None


def test_who_enters_after_the_edit_follows_the_new_tracks():
    life = Life(pinned(EDITED, before=MONDAY)).sent()
    assert (life.planned.step, life.planned.due_at) == ("other", MONDAY + DAY)


def test_of_two_edits_each_keeps_those_who_were_inside():
    first = Superseded(before=MONDAY, campaign=campaign(PLAIN).campaigns["long-cycle"])
    second = Superseded(before=MONDAY + DAY, campaign=campaign(EDITED).campaigns["long-cycle"])
    newest = replace(campaign(PLAIN), superseded={"long-cycle": (first, second)})
    followed = [newest.followed("long-cycle", MONDAY + days * DAY) for days in (-1, 0, 1)]
    assert followed == [first.campaign, second.campaign, newest.campaigns["long-cycle"]]


def test_a_track_that_was_removed_is_chosen_again():
    life = Life(campaign(PLAIN))
    life.programme = campaign(PLAIN.replace("key: all", "key: other"))
    assert life.take(EventKind.PROGRAMME_APPLIED).inside.track == "other"


# ------------------------------------------------------------ entry, goal, exit


def test_one_live_enrolment_per_campaign():
    life = Life()
    for _ in range(3):
        life.take(EventKind.LEAD_CHANGED, after=DAY)
    assert len(life.state.enrolments) == 1


def test_a_goal_ends_the_enrolment_and_what_it_planned():
    life = Life().take(EventKind.LEAD_CHANGED, fields={"plan": "trial"})
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == "goal"
    assert len(life.effects_of(CancelTouch)) == 1


def test_a_goal_reached_too_late_is_an_exit():
    life = Life().take(EventKind.LEAD_CHANGED, fields={"plan": "trial"}, after=366 * DAY)
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == "exit"


def test_an_exit_ends_the_enrolment():
    life = Life().take(EventKind.STAGE_SET, stage=Stage.DISQUALIFIED.value)
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == "exit"


def test_a_lead_that_would_leave_at_once_does_not_enter():
    life = Life(programme(("lead.stage == 'disqualified'", "lead.seniority == 'director'")))
    assert life.state.enrolments == ()


def test_re_entry_is_a_new_enrolment_after_again_after_and_carries_over_what_was_passed():
    life = Life().sent().take(EventKind.LEAD_CHANGED, fields={"plan": "trial"})
    left_at = life.now
    life.take(EventKind.LEAD_CHANGED, fields={"plan": "none"})
    while not life.inside.is_live:
        life.wake()
    assert life.now == left_at + 180 * DAY
    assert (life.inside.serial, life.inside.passed["cold"]) == (2, ("checklist",))
    assert life.planned.step == "case-study"


def test_a_campaign_that_was_removed_is_left():
    life = Life()
    life.programme = replace(life.programme, campaigns={})
    life.take(EventKind.PROGRAMME_APPLIED)
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == "removed"
