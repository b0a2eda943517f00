"""Where the leads inside go when the tracks of their campaign change: counted before anybody makes it live."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from nurture.insight.sampling import drawn
from nurture.insight.shown import Shown
from nurture.insight.track_moves import track_moves
from nurture.vocabulary.words import Temperature
from tests.insight.conftest import CROWD

INSIDE = CROWD + 3
"""The crowd, Ada, Bob and Eve; whoever has no address rests."""


@pytest.fixture
def moved(company):
    """Whom it moves that the campaign has *tracks* instead of those of now, as (before, after): leads."""

    def count(tracks):
        live = company.engine.live
        after = replace(live.programme.campaigns["long-cycle"], tracks=tracks)
        with company.engine.database.reading() as connection:
            found = track_moves(connection, live.programme, after, company.clock.now(), seed=1)
        assert found.is_whole
        return found, {(each.before, each.after): each.leads.count for each in found.moves}

    return count


def tracks_of(company):
    return company.engine.live.programme.campaigns["long-cycle"].tracks


def test_the_live_tracks_move_nobody(company, moved):
    found, moves = moved(tracks_of(company))
    assert moves == {}
    assert sum(each.count for each in found.inside.values()) == INSIDE


def test_without_a_track_its_leads_go_to_the_next_that_suits_or_to_none(company, moved):
    there, stands = tracks_of(company), moved(tracks_of(company))[0]
    special = tuple(each for each in there if each.key != "cold-decision-maker")
    some = stands.on("cold-decision-maker").count
    assert moved(special)[1] == ({("cold-decision-maker", "cold"): some} if some else {})
    none = tuple(each for each in there if each.temperature is not Temperature.COLD)
    _, moves = moved(none)
    assert {before for before, _ in moves} <= {"cold", "cold-decision-maker"}
    assert {after for _, after in moves} == {None}


def test_a_track_that_asks_for_more_takes_those_it_suits(company, moved):
    there = tracks_of(company)
    special = replace(there[0], key="cold-inquiry", stages=("inquiry",))
    found, moves = moved((*there, special))
    assert moves["cold", "cold-inquiry"] == found.on("cold").count


def test_leads_are_drawn_of_one_campaign_only(company):
    with company.engine.database.reading() as connection:
        everybody = drawn(connection, whom=Shown.EVERYBODY, most=3, seed=1, campaign="long-cycle")
        nobody = drawn(connection, whom=Shown.EVERYBODY, most=3, seed=1, campaign="advocacy")
    states, of = everybody
    assert (len({each.lead.id for each in states}), nobody) == (3, ([], 0))
    assert of >= INSIDE
    assert all(each.live_enrolments for each in states)
    assert company.clock.now() - states[0].lead.created_at < timedelta(days=1)
