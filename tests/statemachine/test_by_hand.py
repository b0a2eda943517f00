"""A person moves a lead to a track: where it then is, what it gets, how long that holds, and the way back."""

import pytest
from msgspec.structs import replace

from nurture.content.model import Superseded
from nurture.statemachine.broadcasts import Missed
from nurture.statemachine.by_hand import Unmoved, why_unmoved
from nurture.statemachine.effects import CancelTouch, CreateTask, PlanTouch
from nurture.vocabulary.words import EventKind, ExitReason
from tests.statemachine.situation import DAY, HOUR, Life, campaign, programme


def moved(life, track, step=None, *, after=HOUR):
    """*life* after Kim has moved the lead."""
    named = {"campaign": "long-cycle", "track": track, "by": "kim@us.example"}
    return life.take(EventKind.TRACK_SET, after=after, **named, **({"step": step} if step else {}))


def taken_back(life, track="warm", *, after=HOUR):
    return life.take(EventKind.TRACK_UNSET, after=after, campaign="long-cycle", track=track, by="kim")


# ------------------------------------------------------------ where it is then


def test_the_lead_is_at_the_start_of_the_track_and_what_was_planned_is_cancelled():
    life = Life()
    waiting = life.planned.touch
    moved(life, "warm")
    assert (life.inside.track, life.planned.step) == ("warm", "roi-calculator")
    assert [each.touch_id for each in life.effects_of(CancelTouch)] == [1_000_000 + waiting]
    (entered,) = life.records(EventKind.TRACK_ENTERED)
    assert (entered["before"], entered["by_hand"], entered["trigger"]) == (
        "cold",
        "kim@us.example",
        "track.set",
    )
    hand = life.inside.by_hand
    assert (hand.track, hand.instead, hand.by) == ("warm", "cold", "kim@us.example")


def test_the_gap_since_the_last_mail_is_kept_as_at_any_change_of_track():
    life = moved(Life().sent(), "warm")
    assert life.planned.due_at == life.inside.last_mail_at + 4 * DAY


def test_a_mail_that_it_had_is_not_sent_again():
    life = moved(moved(Life().warm(), "cold").sent(after=DAY), "cold", "case-study").sent(after=9 * DAY)
    assert life.planned.step == "benchmark"
    assert moved(life, "cold").planned.step == "benchmark"


def test_at_a_step_what_stands_before_is_passed_and_is_not_caught_up_on():
    life = moved(Life(), "cold", "benchmark")
    assert life.planned.step == "benchmark"
    life.sent(after=11 * DAY)
    assert (life.planned, life.inside.exhausted_at) == (None, life.now)


def test_tasks_before_the_step_are_not_made_anew():
    life = moved(Life(), "hot", "pilot")
    assert (life.planned.step, life.effects_of(CreateTask)) == ("pilot", [])
    assert moved(Life(), "hot").effects_of(CreateTask)


def test_a_step_in_a_branch_takes_the_way_there():
    life = moved(Life(), "warm", "workshop-reminder")
    assert life.planned.step == "workshop-reminder"
    life.sent(after=2 * DAY)
    assert life.planned.step == "security-file"


def test_a_choice_that_is_ahead_again_is_asked_again():
    life = moved(Life(), "warm", "workshop-reminder")
    moved(life, "warm", "read-docs").take(EventKind.TIMER_DUE, after=4 * DAY)
    assert life.planned.step == "customer-video"


def test_within_its_own_track_a_new_visit_begins():
    life = Life()
    visit = life.inside.visit
    moved(life, "cold", "benchmark")
    assert (life.inside.visit, life.planned.due_at) == (visit + 1, life.now + 10 * DAY)


def test_who_is_outside_is_put_in():
    life = Life(plan="none").take(EventKind.CAMPAIGN_STOPPED, after=DAY, campaign="long-cycle")
    moved(life, "warm")
    assert (life.inside.is_live, life.inside.track) == (True, "warm")
    assert life.records(EventKind.CAMPAIGN_ENTERED)


@pytest.mark.parametrize(("track", "step"), [("?", None), ("warm", "?"), ("?", "roi-calculator")])
def test_what_is_gone_meanwhile_moves_nobody(track, step):
    life = Life()
    before = life.inside
    assert moved(life, track, step).inside == before


# ------------------------------------------------------------ gates, and rest


def test_while_the_lead_rests_nothing_is_planned_and_it_goes_on_where_it_was_put():
    life = moved(Life(), "hot", "pilot").take(EventKind.SUPPRESSED, after=DAY, cause="manual")
    assert (life.inside.track, life.planned) == (None, None)
    life.take(EventKind.SUPPRESSION_LIFTED, after=DAY, cause="manual")
    assert (life.inside.track, life.planned.step) == ("hot", "pilot")


# ------------------------------------------------------------ how long


def test_it_holds_while_the_same_track_would_be_chosen():
    life = moved(Life().sent(), "hot", "pilot")
    life.take(EventKind.LEAD_CHANGED, after=DAY, fields={"first_name": "Kim"}).take(
        EventKind.TIMER_DUE, after=DAY
    )
    assert (life.inside.track, life.planned.step) == ("hot", "pilot")


def test_it_ends_when_temperature_chooses_another():
    life = moved(Life(), "hot", "pilot").warm()
    assert (life.inside.track, life.inside.by_hand) == ("warm", None)


def test_it_ends_when_the_chosen_track_is_chosen_by_itself_and_then_temperature_decides():
    life = moved(Life(), "warm").warm()
    assert (life.inside.track, life.inside.by_hand, life.planned.step) == ("warm", None, "roi-calculator")


def test_it_ends_with_its_track_once_the_rest_is_over():
    tracks = "  - {key: cold, temperature: cold, steps: [{mail: one}]}\n  - {key: warm, temperature: warm, steps: [{mail: two}], exhausted: {wait: 3 days}}\n"
    life = moved(Life(campaign(tracks)), "warm").sent(after=DAY)
    assert (life.inside.track, life.planned, life.wake_at) == ("warm", None, life.now + 3 * DAY)
    life.wake()
    assert (life.inside.track, life.inside.by_hand, life.planned.step) == ("cold", None, "one")
    assert [each["track"] for each in life.records(EventKind.TRACK_FINISHED)] == ["warm"]


def test_it_ends_with_the_campaign():
    life = moved(Life(), "warm").take(EventKind.CAMPAIGN_STOPPED, after=DAY, campaign="long-cycle")
    assert (life.inside.is_live, life.inside.by_hand) == (False, None)


def test_an_edit_that_removes_the_track_ends_it_and_one_that_removes_the_other_does_not():
    both = "  - {key: cold, temperature: cold, steps: [{mail: one}]}\n  - {key: warm, temperature: warm, steps: [{mail: two}]}\n"
    life = moved(Life(campaign(both)), "warm")
    life.programme = campaign(both.replace("key: cold", "key: cool"))
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert (life.inside.track, life.inside.by_hand.instead) == ("warm", "cool")
    life.programme = campaign(both.replace("key: warm", "key: mild"))
    life.take(EventKind.PROGRAMME_APPLIED, after=DAY)
    assert (life.inside.track, life.inside.by_hand) == ("cold", None)


# ------------------------------------------------------------ back


def test_taken_back_the_lead_is_where_it_was():
    life = Life().sent(after=HOUR)
    before = life.inside
    taken_back(moved(life, "warm"))
    after = life.inside
    assert (after.planned.step, after.planned.due_at) == (before.planned.step, before.planned.due_at)
    same = ("track", "visit_since", "passed", "chosen", "last_step_at", "last_mail_at", "by_hand")
    assert [getattr(after, each) for each in same] == [getattr(before, each) for each in same]
    assert [each["track"] for each in life.records(EventKind.TRACK_ENTERED)] == ["cold"]
    assert len({(each.touch.visit, each.touch.step) for each in life.effects_of(PlanTouch)}) == 1


def test_taken_back_whoever_came_for_it_is_outside_as_before():
    life = Life().take(EventKind.CAMPAIGN_STOPPED, after=DAY, campaign="long-cycle")
    before = life.inside
    taken_back(moved(life, "warm"))
    assert life.inside == before
    assert life.records(EventKind.CAMPAIGN_LEFT)[0]["reason"] == ExitReason.STOPPED


def test_taken_back_after_a_step_the_choice_only_ends():
    life = taken_back(moved(Life(), "warm").sent(after=4 * DAY))
    assert (life.inside.track, life.inside.by_hand) == ("cold", None)
    assert life.inside.last_mail_at is not None


def test_of_two_moves_the_last_is_taken_back():
    life = taken_back(moved(moved(Life(), "warm"), "warm-decision-maker"), "warm-decision-maker")
    assert (life.inside.track, life.inside.by_hand.before) == ("warm", None)
    assert (taken_back(life).inside.track, life.inside.by_hand) == ("cold", None)


def test_a_mail_that_was_on_the_wire_is_not_planned_again():
    life = Life()
    late = life.of_touch()
    moved(life, "warm").take(EventKind.MAIL_SENT, after=HOUR, **late)
    assert taken_back(life).planned.step == "case-study"


# ------------------------------------------------------------ why not


def why(life, track="warm", step=None):
    return why_unmoved(
        life.programme, life.state, campaign="long-cycle", track=track, step=step, now=life.now
    )


@pytest.mark.parametrize(
    ("life", "reason"),
    [
        (Life, None),
        (lambda: Life().warm(), Unmoved.THERE),
        (lambda: Life(plan="trial"), Unmoved.OVER),
        (lambda: Life(email=None), Missed.NO_ADDRESS),
        (lambda: Life().take(EventKind.UNSUBSCRIBED), Missed.SUPPRESSED),
        (
            lambda: Life().take(EventKind.STAGE_SET, stage="sal", role="admin", reason="met"),
            Missed.SALES_OWNED,
        ),
    ],
)
def test_why_a_lead_cannot_be_moved(life, reason):
    assert why(life()) == reason


def test_who_is_in_the_track_can_still_be_moved_to_a_step_of_it():
    assert why(Life().warm(), "warm", "security-file") is None


def test_who_had_everything_of_it_gets_nothing():
    life = moved(Life(), "warm-decision-maker").sent(after=4 * DAY).warm()
    assert why(life, "warm-decision-maker") is Unmoved.HAD


def test_who_follows_earlier_tracks_cannot_be_moved_to_one_that_they_lack():
    live = programme()
    earlier = campaign("  - {key: all, steps: [{mail: one}, {mail: two}]}\n").campaigns["long-cycle"]
    life = Life()
    kept = Superseded(before=life.now + HOUR, campaign=earlier)
    life.programme = replace(live, superseded={"long-cycle": (kept,)})
    assert why(life) is Unmoved.EARLIER
    assert why(life, "all") is None
