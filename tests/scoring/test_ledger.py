"""The interest score: accumulators that decay, what reaches them, and that the ledger's fold is always equal to them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.scoring.credit import Award, Cause, credit, lower
from nurture.scoring.ledger import fold, group_value, interest_score, total
from nurture.vocabulary.points import EntryKind
from nurture.vocabulary.state import Accumulator

DAY = 86_400
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CAUSE = Cause(lead_id=1, event_id=7)


def award(points, *, group="email", days=30, cap=40.0, at=MONDAY, rule="clicked"):
    return Award(rule=rule, group=group, half_life=days * DAY, points=points, cap=cap, at=at)


def counted(*awards):
    accumulators, entries = (), []
    for each in awards:
        accumulators, more = credit(accumulators, each, CAUSE)
        entries += more
    return accumulators, entries


def test_points_are_worth_half_after_each_half_life():
    accumulators, _ = counted(award(16, days=10))
    worth = [interest_score(accumulators, MONDAY + timedelta(days=days)) for days in (0, 10, 20, 30)]
    assert worth == [16, 8, 4, 2]


def test_one_accumulator_stands_for_all_awards_of_a_group_and_half_life():
    accumulators, _ = counted(*(award(5) for _ in range(5)), award(1, days=14))
    assert [(each.group, each.half_life, each.value) for each in accumulators] == [
        ("email", 30 * DAY, 25),
        ("email", 14 * DAY, 1),
    ]


@pytest.mark.parametrize(
    ("offered", "credited"), [((30, 20), (30, 10)), ((40, 5), (40, 0)), ((50,), (40,)), ((10, 10), (10, 10))]
)
def test_an_award_credits_what_its_group_has_room_for(offered, credited):
    _, entries = counted(*(award(points) for points in offered))
    assert tuple(entry.offered for entry in entries) == offered
    assert tuple(entry.credited for entry in entries) == credited


def test_room_grows_again_as_points_decay():
    later = MONDAY + timedelta(days=30)
    _, entries = counted(award(40), award(40, at=later))
    assert entries[1].credited == pytest.approx(20)


def test_the_score_never_leaves_0_to_100():
    accumulators, _ = counted(award(60, group="forms", cap=60), award(80, group="web", cap=80))
    assert total(accumulators, MONDAY) == 140
    assert interest_score(accumulators, MONDAY) == 100
    lowered, _ = credit(accumulators, award(-500, group="web"), CAUSE)
    assert interest_score(lowered, MONDAY) == 60


def test_negative_points_reduce_the_longest_half_life_first():
    accumulators, entries = counted(award(10, days=14), award(10, days=60), award(-15, days=1))
    assert {each.half_life // DAY: each.value for each in accumulators} == {14: 5, 60: 0}
    assert [(entry.kind, entry.half_life // DAY, entry.offered, entry.credited) for entry in entries[2:]] == [
        (EntryKind.DEDUCTED, 60, -15, -10),
        (EntryKind.DEDUCTED, 14, -5, -5),
    ]


def test_negative_points_spare_other_groups_and_stop_at_nothing():
    accumulators, entries = counted(award(10), award(10, group="web"), award(-25))
    assert group_value(accumulators, "email", MONDAY) == 0
    assert group_value(accumulators, "web", MONDAY) == 10
    assert entries[-1].credited == -10


def test_a_deduction_from_nothing_is_still_on_record():
    _, entries = counted(award(-20))
    assert [(entry.kind, entry.offered, entry.credited) for entry in entries] == [
        (EntryKind.DEDUCTED, -20, 0)
    ]


def test_a_late_award_is_worth_what_is_left_of_it():
    _, entries = counted(award(10, at=MONDAY + timedelta(days=30)), award(10, at=MONDAY))
    assert entries[1].credited == pytest.approx(5)
    assert entries[1].at == MONDAY + timedelta(days=30)


def test_a_hand_back_halves_then_lowers_to_its_ceiling():
    accumulators, entries = counted(
        award(60, group="forms", cap=60), award(40), award(40, group="web", cap=40)
    )
    halved, more = lower(accumulators, factor=0.5, ceiling=59.99, at=MONDAY, reason="not-now", cause=CAUSE)
    assert interest_score(halved, MONDAY) == pytest.approx(59.99)
    assert {entry.kind for entry in more} == {EntryKind.LOWERED}
    assert fold([*entries, *more]) == halved


def test_a_ceiling_counts_what_lies_above_100_too():
    accumulators, _ = counted(award(60, group="forms", cap=60), award(40), award(40, group="web", cap=40))
    lowered, _ = lower(accumulators, factor=1.0, ceiling=59.99, at=MONDAY, reason="not-now", cause=CAUSE)
    assert interest_score(lowered, MONDAY) == pytest.approx(59.99)


# ------------------------------------------------------------ properties

groups = st.sampled_from(["email", "web", "forms"])
moments = st.integers(0, 400 * DAY * 1_000).map(lambda ms: MONDAY + timedelta(milliseconds=ms))
awards = st.builds(
    Award,
    rule=st.just("rule"),
    group=groups,
    half_life=st.sampled_from([1, 14, 30, 60, 365]).map(lambda days: days * DAY),
    points=st.integers(-60, 60).map(float),
    cap=st.just(40.0),
    at=moments,
)
histories = st.lists(awards, max_size=25)


@given(histories)
def test_no_group_is_ever_credited_above_its_cap(history):
    accumulators = ()
    for each in history:
        accumulators, _ = credit(accumulators, each, CAUSE)
        moment = max(each.at for each in accumulators) if accumulators else MONDAY
        for group in ("email", "web", "forms"):
            assert 0 <= group_value(accumulators, group, moment) <= 40 * (1 + 1e-12)


@given(histories)
def test_the_fold_of_the_ledger_equals_the_accumulators_exactly(history):
    accumulators, entries = counted(*history)
    assert fold(entries) == accumulators


@given(histories, st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 100))
def test_the_fold_counts_what_a_hand_back_took_as_well(history, factor, ceiling):
    accumulators, entries = counted(*history)
    at = max((each.at for each in accumulators), default=MONDAY)
    lowered, more = lower(accumulators, factor=factor, ceiling=ceiling, at=at, reason="not-now", cause=CAUSE)
    assert fold([*entries, *more]) == lowered
    assert total(lowered, at) <= max(ceiling, 0) + 1e-9
    assert all(each.value >= 0 for each in lowered)


@given(histories, moments, moments)
def test_between_events_the_score_only_falls(history, one, other):
    accumulators, _ = counted(*history)
    earlier, later = sorted((one, other))
    assert interest_score(accumulators, later) <= interest_score(accumulators, earlier) + 1e-12


@given(st.lists(awards.filter(lambda each: each.points > 0), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing_below_the_cap(history, chance):
    small = [Award(each.rule, each.group, each.half_life, each.points / 100, 40, each.at) for each in history]
    shuffled = list(small)
    chance.shuffle(shuffled)
    end = MONDAY + timedelta(days=400)
    assert interest_score(counted(*small)[0], end) == pytest.approx(
        interest_score(counted(*shuffled)[0], end), rel=1e-9
    )


def test_an_opening_balance_stands_for_the_history_it_replaces():
    accumulators, entries = counted(award(10), award(20, group="web"))
    balance = [
        entry.__class__(
            lead_id=1,
            event_id=0,
            kind=EntryKind.OPENING,
            rule="retention",
            group=each.group,
            half_life=each.half_life,
            offered=each.value,
            credited=each.value,
            at=each.at,
        )
        for entry, each in zip(entries, accumulators, strict=True)
    ]
    assert (
        fold(balance)
        == accumulators
        == (
            Accumulator("email", 30 * DAY, 10, MONDAY),
            Accumulator("web", 30 * DAY, 20, MONDAY),
        )
    )
