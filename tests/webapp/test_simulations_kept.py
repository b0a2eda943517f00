"""Simulations are kept for minutes, of the same thing only, and never beyond the lead whose story they tell."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from msgspec.structs import replace

from nurture.insight.shown import Shown
from nurture.insight.simulated import Band, Simulation
from nurture.simulation.ahead import Story
from nurture.simulation.behaviour import Habits
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from webapp import simulations_kept
from webapp.simulations_kept import KEPT_FOR, KEPT_MOST, Kept, Wanted

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WANTED = Wanted("hello", "key: hello", 3, Shown.REAL, 60, 1)
NONE = Band(0, 0, 0)
PLAYED = Simulation(
    days=60, seed=1, entering=0, inside=0, played=0, runs=0, habits=Habits(), measured=0,
    handed=0, mails=NONE, weeks=(), outcomes={},
    held=(), story=Story(LeadState(Lead(7, NOW)), ()),
)  # fmt: skip


class Plays:
    """A Kept, and how often it had to play."""

    def __init__(self):
        self.kept, self.count, self.leads = Kept(), 0, {7}

    def play(self, _=None):
        self.count += 1
        return PLAYED

    def of(self, wanted=WANTED, now=NOW):
        return self.kept.of(wanted, now, is_there=self.leads.__contains__, play=self.play)


@pytest.fixture
def plays():
    found = Plays()
    found.of()
    return found


def test_the_same_is_played_once_and_says_of_when_it_is(plays):
    assert plays.of(now=NOW + timedelta(minutes=9)).played_at == NOW
    assert plays.count == 1


@pytest.mark.parametrize(
    "other", [{"text": "key: hello "}, {"revision": 4}, {"shown": Shown.SAMPLE}, {"days": 30}, {"seed": 2}]
)
def test_another_is_played(plays, other):
    plays.of(replace(WANTED, **other))
    assert plays.count == 2


def test_leads_that_have_moved_on_are_played_again(plays):
    assert plays.of(now=NOW + KEPT_FOR).played_at == NOW + KEPT_FOR
    assert plays.count == 2


def test_the_story_of_an_erased_lead_is_not_told_again(plays):
    plays.leads.clear()
    plays.of()
    assert plays.count == 2


def test_whoever_will_not_wait_is_told_so_and_it_is_played_once(plays, monkeypatch):
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 0.0)
    may_end, wanted = Event(), replace(WANTED, seed=7)

    def slow(_):
        assert may_end.wait(60)
        return plays.play()

    def look():
        return plays.kept.of(wanted, NOW, is_there=plays.leads.__contains__, play=slow)

    assert (look(), look()) == (None, None)
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 60.0)
    may_end.set()
    assert look().played_at == NOW
    assert look().found is PLAYED
    assert plays.count == 2


def test_what_fails_is_told_to_whoever_looks_and_played_again(plays):
    def fails(_):
        raise TimeoutError("the store is away")

    wanted = replace(WANTED, seed=8)
    with pytest.raises(TimeoutError, match="the store is away"):
        plays.kept.of(wanted, NOW, is_there=plays.leads.__contains__, play=fails)
    assert plays.of(wanted).found is PLAYED


def test_what_somebody_stops_is_played_no_further_and_anew_for_whoever_asks_again(plays, monkeypatch):
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 0.0)
    wanted, over = replace(WANTED, seed=9), Event()

    def endless(breathe):
        try:
            while True:
                breathe()
        finally:
            over.set()

    assert plays.kept.of(wanted, NOW, is_there=plays.leads.__contains__, play=endless) is None
    assert plays.kept.stop(wanted)
    assert over.wait(60)
    assert not plays.kept.stop(wanted)
    monkeypatch.setattr(simulations_kept, "PATIENCE_SECONDS", 60.0)
    assert plays.of(wanted).found is PLAYED


def test_the_oldest_make_room(plays):
    for seed in range(2, KEPT_MOST + 2):
        plays.of(replace(WANTED, seed=seed))
    plays.of()
    assert plays.count == KEPT_MOST + 2
