"""Two leads that are one person: each clause of what the survivor is, and that undoing gives both back."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from situation import DAY, MONDAY, Life

from nurture.scoring.ledger import fold, interest_score
from nurture.statemachine.advance import advance
from nurture.statemachine.effects import (
    CancelTouch,
    CloseHandOff,
    Label,
    MoveHandOff,
    ReopenHandOff,
    WriteEntry,
)
from nurture.statemachine.past import Memory, Merge
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.words import (
    EventKind,
    ExitReason,
    Stage,
    SuppressionCause,
    Temperature,
)

LATER = MONDAY + timedelta(days=30)


class Lived(Life):
    """A lead with what is looked back on, under its own number; events of all leads are numbered through."""

    events = 0

    def __init__(self, number=1, **fields):
        self.memory, self.entries = Memory(), []
        self.number = number
        super().__init__(**fields)

    def take(self, kind, *, after=timedelta(0), late=timedelta(0), merge=None, **properties):
        if self.state.lead.id != self.number:
            self.state = LeadState(lead=Lead(id=self.number, created_at=MONDAY))
        self.now += after
        Lived.events += 1
        told = Event(
            self.number,
            kind,
            self.now - late,
            self.now,
            "test",
            str(Lived.events),
            properties,
            id=Lived.events,
        )
        turned = advance(self.programme, self.state, told, self.now, self.memory.before(told, merge))
        self.memory.remember(told, turned.effects, self.now, merge)
        self.entries += [each.entry for each in turned.effects if isinstance(each, WriteEntry)]
        self.state, self.effects, self.wake_at = turned.state, turned.effects, turned.wake_at
        return self

    def of_touch(self):
        return super().of_touch() | {"touch": self.number * 1_000_000 + self.planned.touch}

    def merged(self, other, *, leaving=None):
        """The turn that takes *other* in; what the store keeps of it."""
        self.now = max(self.now, other.now)
        past = other.memory.past
        going = Merge(other.state, tuple(past.entries), tuple(past.events), leaving or {})
        before = self.state
        self.take(EventKind.LEAD_MERGED, merge=going, other=other.number)
        self.made = replace(going, before=before, after=self.state)
        return self

    def undone(self, *, returned=(), spoken=False):
        made = replace(self.made, returned=returned, spoken=spoken)
        return self.take(EventKind.LEAD_UNMERGED, merge=made, other=made.other.lead.id)

    def interest(self, at=None):
        return interest_score(self.state.accumulators, at or self.now)


def another(**fields):
    return Lived(2, email="k.north@north.example", **fields)


def with_other(mine=None, theirs=None):
    """The state of a survivor after a merge, each side with these changes before."""
    return Lived().with_state(**(mine or {})).merged(another().with_state(**(theirs or {}))).state


# ------------------------------------------------------------ who it is


def test_what_the_survivor_lacks_is_filled_in_and_what_it_has_stays():
    survivor = Lived(first_name="Kim", last_name="")
    other = another(first_name="K.", last_name="North", country="AT", company_size=50)
    lead = survivor.merged(other).state.lead
    assert (lead.first_name, lead.last_name, lead.country, lead.email) == (
        "Kim",
        "North",
        "DE",
        "kim@north.example",
    )
    assert lead.fields["company_size"] == 300


def test_tags_are_put_together_and_shown():
    survivor, other = Lived().take(EventKind.LEAD_TAGGED, tags={"vip": True}), another()
    other.take(EventKind.LEAD_TAGGED, tags={"fair": True, "vip": True})
    survivor.merged(other)
    assert survivor.state.lead.tags == ("fair", "vip")
    assert Label(("fair",), on=True) in survivor.effects


# ------------------------------------------------------------ what it had and agreed to


def test_what_either_had_or_did_is_had_and_done_at_the_later_moment():
    mine = {"had": {"a/1": MONDAY, "a/2": LATER}, "acts": {"visited:/a": LATER}}
    theirs = {"had": {"a/1": LATER, "b/1": MONDAY}, "acts": {"visited:/a": MONDAY, "visited:/b": MONDAY}}
    state = with_other(mine, theirs)
    assert state.had == {"a/1": LATER, "a/2": LATER, "b/1": MONDAY}
    assert state.acts == {"visited:/a": LATER, "visited:/b": MONDAY}


OF_ADDRESS, OF_PERSON = SuppressionCause.HARD_BOUNCE, SuppressionCause.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        (
            {},
            {"suppressed": OF_PERSON, "unsubscribed": True},
            {"suppressed": OF_PERSON, "unsubscribed": True},
        ),
        (
            {"suppressed": OF_PERSON},
            {"suppressed": SuppressionCause.COMPLAINT},
            {"suppressed": SuppressionCause.COMPLAINT},
        ),
        ({}, {"suppressed": OF_ADDRESS}, {"suppressed": None}),
        ({}, {"suppressed": OF_ADDRESS, "unsubscribed": True}, {"suppressed": OF_PERSON}),
        ({"suppressed": OF_ADDRESS}, {}, {"suppressed": OF_ADDRESS}),
        ({"opted_in": ("news",)}, {"opted_out": ("news",)}, {"opted_in": (), "opted_out": ("news",)}),
        ({"opted_in": ("news",)}, {}, {"opted_in": ("news",), "opted_out": ()}),
        ({}, {"opted_in": ("news",)}, {"opted_in": ()}),
        ({"opted_out": ("fair",)}, {"opted_in": ("fair",)}, {"opted_in": (), "opted_out": ("fair",)}),
        ({"snoozed_until": MONDAY}, {"snoozed_until": LATER}, {"snoozed_until": LATER}),
        ({}, {"untracked": True}, {"untracked": True}),
        ({"unconfirmed": True}, {}, {"unconfirmed": True}),
        ({}, {"unconfirmed": True}, {"unconfirmed": False}),
    ],
)
def test_the_stricter_consent_holds_and_what_is_of_an_address_stays_with_it(mine, theirs, kept):
    state = with_other(mine, theirs)
    assert {name: getattr(state, name) for name in kept} == kept


def test_a_survivor_without_an_address_takes_the_others_with_all_that_is_of_it():
    other = another().with_state(opted_in=("news",), suppressed=OF_ADDRESS, unconfirmed=True)
    state = Lived(email="").merged(other).state
    assert state.lead.email == "k.north@north.example"
    assert (state.opted_in, state.suppressed, state.unconfirmed) == (("news",), OF_ADDRESS, True)


# ------------------------------------------------------------ points


def test_points_are_counted_as_if_one_lead_had_earned_them():
    alone, survivor, other = Lived(), Lived(), another()
    for life in (alone, survivor):
        life.take(EventKind.PAGE_VISITED, path="/pricing", after=DAY)
    for life in (alone, other):
        life.now = MONDAY + 2 * DAY
        life.take(EventKind.FORM_SUBMITTED, form="demo")
    survivor.merged(other)
    assert survivor.interest(LATER) == pytest.approx(alone.interest(LATER))
    assert survivor.state.temperature is alone.state.temperature is Temperature.WARM
    assert fold(survivor.entries) == survivor.state.accumulators


# ------------------------------------------------------------ stage and hand-off


def test_the_further_stage_is_kept_with_the_rep_who_has_it():
    survivor, other = Lived(), another(owner="rep@us.example").hot()
    assert other.state.stage is Stage.MQL
    survivor.merged(other)
    state = survivor.state
    assert (state.stage, state.hand_off.made_at, state.clock) == (Stage.MQL, other.now, other.state.clock)
    assert survivor.effects_of(MoveHandOff) == [MoveHandOff((2, 1), (1, 1))]
    assert state.lead.owner == "rep@us.example"
    assert [each["by"] for each in survivor.records(EventKind.STAGE_CHANGED)] == ["merge_to_mql"]
    survivor.undone()
    assert (survivor.state.stage, survivor.state.hand_off, survivor.state.clock) == (
        Stage.INQUIRY,
        None,
        None,
    )
    assert survivor.effects_of(MoveHandOff) == [MoveHandOff((1, 1), (2, 1))]


def test_the_others_hand_off_is_closed_where_the_survivor_is_as_far_and_open_again_after():
    survivor, other = Lived().hot(), another().hot()
    survivor.merged(other)
    assert survivor.effects_of(CloseHandOff) == [CloseHandOff(1, accepted=False, reason="merged", lead_id=2)]
    assert survivor.state.hand_off.closed_at is None
    assert survivor.undone().effects_of(ReopenHandOff) == [ReopenHandOff(2, 1)]


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        (Stage.RECYCLED, Stage.INQUIRY, Stage.RECYCLED),
        (Stage.LOST, Stage.RECYCLED, Stage.LOST),
        (Stage.LOST, Stage.CUSTOMER, Stage.CUSTOMER),
        (Stage.CUSTOMER, Stage.LOST, Stage.CUSTOMER),
        (Stage.DISQUALIFIED, Stage.CUSTOMER, Stage.DISQUALIFIED),
    ],
)
def test_the_path_is_further_than_a_detour_and_a_final_stage_stays(mine, theirs, after):
    assert with_other({"stage": mine}, {"stage": theirs}).stage is after


def test_a_lead_that_sales_has_answered_since_stays_with_the_rep():
    survivor, other = Lived(), another().hot()
    survivor.merged(other)
    survivor.take(EventKind.HAND_OFF_ACCEPTED, by="rep@us.example")
    survivor.undone()
    assert (survivor.state.stage, survivor.effects_of(MoveHandOff)) == (Stage.SAL, [])
    other.take(EventKind.LEAD_UNMERGED, came_from=1, sales_keeps=True)
    assert other.state.hand_off.closed_at is not None


# ------------------------------------------------------------ enrolments


def inside(steps=(), *, left=None, planned=None, serial=1):
    return Enrolment(
        serial=serial,
        campaign="gone",
        revision="",
        entered_at=MONDAY,
        track="main",
        passed={"main": tuple(steps)},
        planned=planned,
        left_at=None if left is None else MONDAY,
        left_because=left,
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "is_theirs"),
    [
        (inside("a"), inside("ab"), True),
        (inside("ab"), inside("a"), False),
        (inside("a"), inside("b"), False),
        (inside("ab"), inside(left=ExitReason.GOAL), True),
        (inside(left=ExitReason.STOPPED), inside("ab"), False),
        (inside("ab", left=ExitReason.EXIT), inside("a"), True),
    ],
)
def test_of_each_campaign_the_furthest_enrolment_is_kept(mine, theirs, is_theirs):
    from nurture.statemachine.merge_enrolments import furthest
    from nurture.statemachine.turn import Turn

    other = another().with_state(enrolments=(theirs,)).state
    survivor = Lived().with_state(enrolments=(mine,), enrolled=1)
    told = Event(1, EventKind.LEAD_MERGED, MONDAY, MONDAY, "test", "m", {"other": 2})
    state = furthest(Turn(survivor.programme, survivor.state, told, MONDAY), survivor.state, Merge(other))
    (kept,) = state.enrolments
    expected = theirs if is_theirs else mine
    assert (kept.passed, kept.left_because) == (expected.passed, expected.left_because)
    assert kept.serial == (2 if is_theirs else 1)


def test_what_the_other_had_planned_is_cancelled_and_planned_for_the_survivor():
    survivor, other = Lived().with_state(enrolments=(), enrolled=0), another()
    other.sent()
    planned = other.planned
    survivor.merged(other)
    assert CancelTouch(2_000_000 + planned.touch, "merged into lead 1") in survivor.effects
    assert survivor.inside.campaign == other.inside.campaign
    assert survivor.planned.step == planned.step
    assert survivor.planned.due_at == planned.due_at


def test_a_mail_that_a_worker_holds_is_had_and_the_next_keeps_its_distance():
    survivor, other = Lived().with_state(enrolments=(), enrolled=0), another()
    planned, campaign = other.planned, other.inside.campaign
    mail = f"{campaign}/{planned.step}"
    survivor.merged(other, leaving={2_000_000 + planned.touch: mail})
    assert mail in survivor.state.had
    assert survivor.planned.step != planned.step
    assert survivor.planned.due_at > survivor.now


# ------------------------------------------------------------ what comes since


def test_a_touch_of_the_other_is_not_taken_for_one_of_the_survivor():
    survivor, other = Lived(), another()
    about = other.of_touch()
    assert other.planned.touch == survivor.planned.touch
    survivor.merged(other)
    waiting = survivor.planned
    survivor.take(EventKind.MAIL_SENT, **about)
    assert survivor.planned.touch == waiting.touch
    assert about["mail"] in survivor.state.had
    assert [each.touch for each in survivor.state.receptions] == [about["touch"]]
    survivor.take(EventKind.MAIL_BOUNCED, bounce="hard", **about)
    assert (survivor.state.suppressed, survivor.state.receptions) == (None, ())


# ------------------------------------------------------------ undone


ACTS = st.sampled_from(
    [
        (EventKind.PAGE_VISITED, {"path": "/pricing"}),
        (EventKind.PAGE_VISITED, {"path": "/blog"}),
        (EventKind.FORM_SUBMITTED, {"form": "demo"}),
        (EventKind.MAIL_CLICKED, {"mail": "long-cycle/checklist", "link": "docs"}),
        (EventKind.LEAD_CHANGED, {"fields": {"last_name": "North", "country": "AT"}}),
        (EventKind.LEAD_TAGGED, {"tags": {"vip": True}}),
        (EventKind.PREFERENCES_CHANGED, {"topics": {"news": False}}),
        (EventKind.SNOOZED, {"until": LATER.isoformat()}),
        (EventKind.UNSUBSCRIBED, {}),
    ]
)
LIVES = st.lists(st.tuples(ACTS, st.integers(0, 72)), max_size=6)


def lived(life, acts):
    for (kind, properties), hours in acts:
        life.take(kind, after=timedelta(hours=hours), **properties)
    return life


RESTORED = (
    "lead",
    "had",
    "acts",
    "stage",
    "hand_off",
    "suppressed",
    "unsubscribed",
    "opted_in",
    "opted_out",
    "snoozed_until",
    "untracked",
    "unconfirmed",
    "merged",
    "tried",
    "receptions",
)


@settings(max_examples=60, deadline=None)
@given(mine=LIVES, theirs=LIVES)
def test_a_merge_that_is_undone_at_once_leaves_the_survivor_as_it_was(mine, theirs):
    survivor, other = lived(Lived(), mine), lived(another(), theirs)
    before = survivor.state
    survivor.merged(other).undone()
    after = survivor.state
    assert {name: getattr(after, name) for name in RESTORED} == {
        name: getattr(before, name) for name in RESTORED
    }
    assert (after.clock and after.clock.due_at) == (before.clock and before.clock.due_at)
    assert survivor.interest(LATER) == pytest.approx(interest_score(before.accumulators, LATER))
    assert {each.campaign for each in after.live_enrolments} >= {
        each.campaign for each in before.live_enrolments
    }
    assert fold(survivor.entries) == after.accumulators


@settings(max_examples=60, deadline=None)
@given(mine=LIVES, theirs=LIVES)
def test_it_does_not_matter_for_the_score_who_survives(mine, theirs):
    def joined(*, swapped):
        one, two = lived(Lived(), mine), lived(another(), theirs)
        return two.merged(one) if swapped else one.merged(two)

    one, two = joined(swapped=False), joined(swapped=True)
    assert one.interest(LATER) == pytest.approx(two.interest(LATER))
    assert one.state.had.keys() == two.state.had.keys()
    assert one.state.acts == two.state.acts
    assert one.state.stage is two.state.stage
    assert (one.state.opted_out, one.state.suppressed) == (two.state.opted_out, two.state.suppressed)


@settings(max_examples=60, deadline=None)
@given(mine=LIVES, theirs=LIVES)
def test_nothing_that_either_had_is_lost_and_no_refusal_softened(mine, theirs):
    survivor, other = lived(Lived(), mine), lived(another(), theirs)
    before = survivor.state
    after = survivor.merged(other).state
    assert after.had.keys() >= before.had.keys() | other.state.had.keys()
    assert set(after.opted_out) >= {*before.opted_out, *other.state.opted_out}
    assert not set(after.opted_in) & set(after.opted_out)
    assert after.unsubscribed is (before.unsubscribed or other.state.unsubscribed)
    assert len({each.campaign for each in after.live_enrolments}) == len(after.live_enrolments)
