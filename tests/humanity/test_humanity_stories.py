"""The labelled stories: every verdict on them, and the page that says how often they are right."""

import pytest

from tests.humanity.__main__ import PAGE, with_figures
from tests.humanity.figures import KINDS, page
from tests.humanity.play import play
from tests.humanity.told import LINE, stories


@pytest.fixture(scope="module")
def told():
    return stories()


@pytest.fixture(scope="module")
def played(told, tmp_path_factory):
    return play(told, tmp_path_factory.mktemp("stories"))


def test_every_verdict_is_right_but_those_that_are_known_to_be_wrong(played):
    wrong = [(each.story.name, each.line.text, each.pattern) for each in played.judged if not each.is_right]
    known = [(each.story.name, each.line.text, each.pattern) for each in played.judged if each.line.is_wrong]
    assert wrong == known


def test_no_machine_unsubscribes_anybody(told, played):
    assert [each for story in told for each in story.lines if each.what == "unsubscribe"]
    assert played.suppressed == 0


def test_no_mail_program_is_taken_for_a_machine(played):
    programs = [each.pattern for each in played.judged if each.story.kind == "mail-programs"]
    assert programs == [None] * 14


def test_the_page_says_how_often_we_are_right(played):
    text = PAGE.read_text("utf-8")
    assert text == with_figures(text, page(played)), "python -m tests.humanity --write"


def test_there_are_stories_of_every_kind_each_with_a_name_of_its_own(told):
    assert {each.kind for each in told} == set(KINDS)
    assert len({each.name for each in told}) == len(told) > 100


@pytest.mark.parametrize(
    "line", ["09:00 sent", "09:00:00.0 somebody clicks 1 from home with chrome", "09:00:00.0 person"]
)
def test_what_is_no_line_of_a_story_is_none(line):
    assert LINE.fullmatch(line) is None
