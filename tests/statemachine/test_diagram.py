"""The page of the life cycle is what the tables say."""

import pytest

from nurture.statemachine.diagram import PAGE, WHERE_TO, moves, page
from nurture.statemachine.table import PULLED, STAGE_TABLE, TEMPERATURE_TABLE
from nurture.vocabulary.words import Stage


def test_the_committed_page_is_current():
    assert PAGE.read_text("utf-8") == page(), (
        "run python -m nurture.statemachine.diagram and commit what it writes"
    )


@pytest.mark.parametrize("table", [TEMPERATURE_TABLE, STAGE_TABLE])
def test_every_row_is_told(table):
    told = {
        (move.trigger, source, move.target)
        for move in moves(table)
        for source in move.sources
        if move.trigger not in WHERE_TO
    }
    rows = {(row.trigger, row.source.value, row.target.value) for row in table if "_to_" not in row.trigger}
    assert told == rows


def test_corrections_are_one_line_and_leave_the_final_stage_alone():
    corrections = [move for move in moves(STAGE_TABLE) if move.trigger == "correct"]
    assert len(corrections) == 1
    assert set(corrections[0].sources) == set(Stage) - {Stage.DISQUALIFIED}


def test_every_trigger_says_who_pulls_it():
    triggers = {row.trigger for row in (*TEMPERATURE_TABLE, *STAGE_TABLE)}
    assert {each.partition("_to_")[0] for each in triggers} == set(PULLED)
