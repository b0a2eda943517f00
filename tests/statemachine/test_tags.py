"""Tags: put on and taken off by events, spelt in one way, asked by conditions; the rows of lists follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from situation import Life, programme

from nurture.statemachine.effects import Label
from nurture.vocabulary.tags import TAG_CHARACTERS_MAX, TAGS_MAX, tag_name
from nurture.vocabulary.words import EventKind

TAGGED, UNTAGGED = EventKind.LEAD_TAGGED, EventKind.LEAD_UNTAGGED


def tags(*names):
    return dict.fromkeys(names, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("VIP", "vip"),
        ("  Big \t Fish ", "big fish"),
        ("fair, 2026", "fair 2026"),
        ("d'or", "d or"),
        ("\x00", None),
        (" ,; ", None),
        ("x" * 99, "x" * TAG_CHARACTERS_MAX),
    ],
)
def test_two_spellings_are_one_tag(text, name):
    assert tag_name(text) == name


@given(st.text())
def test_a_tag_is_spelt_like_itself(text):
    name = tag_name(text)
    assert name is None or tag_name(name) == name


def test_tags_are_kept_sorted_and_told_to_lists():
    kim = Life().take(TAGGED, tags=tags("vip", "Fair"))
    assert kim.state.lead.tags == ("fair", "vip")
    assert kim.effects_of(Label) == [Label(("fair", "vip"), on=True)]
    kim.take(UNTAGGED, tags=tags("VIP", "never"))
    assert kim.state.lead.tags == ("fair",)
    assert kim.effects_of(Label) == [Label(("vip",), on=False)]


def test_a_lead_has_a_bounded_number_of_tags():
    kim = Life().take(TAGGED, tags=tags(*(f"t{number}" for number in range(TAGS_MAX + 9))))
    assert len(kim.state.lead.tags) == TAGS_MAX


def test_a_condition_asks_for_a_tag_and_is_asked_again_when_it_changes():
    kim = Life(programme(("50 <= lead.company_size <= 5000", "'whale' in lead.tags")))
    without = kim.state.fit_score
    assert kim.take(TAGGED, tags=tags("whale")).state.fit_score == without + 40
    assert kim.take(UNTAGGED, tags=tags("whale")).state.fit_score == without


def test_what_is_no_table_changes_nothing():
    assert Life().take(TAGGED, tags="vip").state.lead.tags == ()
