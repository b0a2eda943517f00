"""Every point explained: what the rule gives, what was counted, why less, and what is left of it today."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from nurture.insight.points import explained, left_of
from nurture.vocabulary.points import EntryKind, ScoreEntry
from tests.webapp.stand import shipped

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CLICK = ScoreEntry(
    lead_id=1,
    event_id=7,
    kind=EntryKind.AWARDED,
    rule="clicked",
    group="email",
    half_life=30 * 86_400,
    offered=5,
    credited=5,
    at=NOW,
)


@pytest.mark.parametrize(("days", "left"), [(0, 5), (30, 2.5), (60, 1.25)])
def test_half_is_left_after_a_half_life(days: int, left: float):
    assert left_of(CLICK, NOW + timedelta(days=days)) == pytest.approx(left)


def test_a_deduction_leaves_nothing_to_decay():
    assert left_of(replace(CLICK, kind=EntryKind.DEDUCTED, credited=-5), NOW) == 0


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (CLICK, ""),
        (replace(CLICK, credited=2), "email counts 40 at most, and 38 were there already"),
        (replace(CLICK, kind=EntryKind.VOIDED, credited=-5), "taken back: a machine did it"),
        (replace(CLICK, kind=EntryKind.RESTORED), "counted after all"),
        (replace(CLICK, kind=EntryKind.DEDUCTED), "took away what was there, the longest lasting first"),
        (replace(CLICK, kind=EntryKind.LOWERED), "lowered when sales gave the lead back"),
        (replace(CLICK, group="gone", credited=0), ""),
    ],
)
def test_what_the_numbers_do_not_say(entry: ScoreEntry, why: str):
    programme = shipped().sound_programme()
    (line,) = explained(programme, [entry], NOW)
    assert line.why == why


def test_nothing_is_left_of_what_was_taken_back_until_it_counts_again():
    taken = replace(CLICK, kind=EntryKind.VOIDED, credited=-5)
    again = replace(CLICK, kind=EntryKind.RESTORED)
    other = replace(CLICK, rule="pricing")
    lines = explained(shipped().sound_programme(), [CLICK, other, taken, again], NOW)
    assert [line.left for line in lines] == [0, 5, 0, 5]
