"""The store misbehaves in the middle of a send: no mail is lost, none leaves twice, and it goes on by itself."""

from tests.chaos.databases import terminate, through, until_sent, with_lost_answers
from tests.chaos.lost_answers import proxy
from tests.chaos.power import copied
from tests.chaos.unanswered import asked_while_away

SHORT_MILLISECONDS = 30
BRIEF = {"seed": 1, "delay_milliseconds": SHORT_MILLISECONDS}


def test_a_store_that_is_full_now_and_then(sqlite_url):
    figures = through(sqlite_url, "full", until_sent, messages=150, full=7, batch=64, **BRIEF)
    assert figures.passes, figures


def test_power_that_is_cut_leaves_a_store_that_goes_on(sqlite_url):
    figures = copied(
        sqlite_url, messages=120, copies=4, batch=40, seed=1
    )  # slow enough to be cut in mid-batch
    assert figures.passes, figures


def test_connections_that_end_in_the_middle_of_a_transaction(postgresql_url):
    figures = through(
        postgresql_url, "ended", lambda send: terminate(send, 6), messages=150, batch=64, **BRIEF
    )
    assert figures.passes, figures


def test_commits_whose_answer_is_lost(postgresql_url):
    figures = with_lost_answers(postgresql_url, messages=150, every=9, batch=64, **BRIEF)
    assert figures.passes, figures


def test_while_postgresql_is_away_whoever_asks_is_told_to_come_again(postgresql_url):
    with proxy(postgresql_url) as (past, between):
        figures = asked_while_away(postgresql_url, past, between.away, leads=40, seconds=0, **BRIEF)
    assert figures.passes, figures
