"""Whom a campaign would mail, counted: of all leads, or of those drawn that stand for them."""

import pytest

from nurture.insight.audience import counted
from nurture.statemachine.broadcasts import Missed
from nurture.statemachine.entering import Entrance, Kept
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Temperature
from tests.statemachine.situation import MONDAY


def found(entering, suppressed=0, before=0, outside=0):
    """So many leads, and how each would come in."""
    outcomes = [Entrance(None)] * entering + [Entrance(Missed.SUPPRESSED)] * suppressed
    outcomes += [Entrance(Kept.WAS_INSIDE)] * before + [None] * outside
    return [
        (LeadState(lead=Lead(id=number, created_at=MONDAY)), outcome)
        for number, outcome in enumerate(outcomes, 1)
    ]


def test_all_who_were_asked_are_told_apart_exactly():
    who = counted(found(7, suppressed=2, before=3, outside=8), of=20)
    assert (who.matches.count, who.enter.count, who.is_whole) == (12, 7, True)
    assert [(why, each.count) for why, each in who.kept] == [(Kept.WAS_INSIDE, 3), (Missed.SUPPRESSED, 2)]
    assert who.inside_silent == 2
    assert {each: count.count for each, count in who.temperatures.items()} == {Temperature.COLD: 7}
    assert (len(who.states), len(who.others)) == (7, 13)


def test_a_sample_stands_for_all_with_its_bounds():
    who = counted(found(40, outside=60), of=10_000)
    assert who.enter.count == 4_000
    assert (who.enter.low, who.enter.high) == pytest.approx((3_094, 4_980), abs=5)
    assert not who.is_whole


@pytest.mark.parametrize(
    ("read", "holds"),
    [(298, True), (300, True), (303, True), (297, False), (304, False), (0, False), (-1, False)],
)
def test_a_count_that_was_read_holds_to_one_percent(read, holds):
    assert counted(found(300), of=300).is_about(read) is holds


@pytest.mark.parametrize(
    ("read", "holds"), [(3_500, True), (4_000, True), (4_900, True), (2_000, False), (6_000, False)]
)
def test_of_a_sample_it_holds_within_the_bounds(read, holds):
    assert counted(found(40, outside=60), of=10_000).is_about(read) is holds


def test_nobody_is_nobody_whatever_was_read():
    assert counted([], of=0).is_about(0)
    assert not counted([], of=0).is_about(1)
