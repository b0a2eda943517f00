"""What a change of scoring would do: who moves at once, who with points counted anew, and how sure a sample is of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nurture.content.model import Band, GradeBounds
from nurture.durations import Duration
from nurture.insight.sampling import drawn, with_ledgers
from nurture.insight.scoring import effect, tally
from nurture.insight.shown import Shown
from nurture.statemachine.rescored import Rescored, Standing
from nurture.vocabulary.words import Grade, Temperature
from tests.insight.conftest import CROWD

COLD, WARM, HOT = Temperature.COLD, Temperature.WARM, Temperature.HOT
EVERYBODY = CROWD + 4


def scored(programme, *, points=None, half_lives=None, fit=None, grades=None, **bands):
    """The programme with other points, half-lives, fit points and bands: ``hot=(90, 80)``."""
    rules = tuple(
        replace(
            each,
            points=(points or {}).get(each.key, each.points),
            half_life=Duration.parse((half_lives or {}).get(each.key, str(each.half_life))),
        )
        for each in programme.scoring.interest.rules
    )
    fitting = tuple(
        replace(each, points=(fit or {}).get(each.key, each.points)) for each in programme.scoring.fit
    )
    scoring = replace(
        programme.scoring,
        interest=replace(programme.scoring.interest, rules=rules),
        fit=fitting,
        grades=programme.scoring.grades | (grades or {}),
    )
    temperature = replace(
        programme.temperature, **{name: Band(enter=each[0], leave=each[1]) for name, each in bands.items()}
    )
    return replace(programme, scoring=scoring, temperature=temperature)


@pytest.fixture
def tried(company):
    """The effect of a change on the whole company, or on some of it."""

    def try_out(most=2_000, **change):
        live = company.engine.live.programme
        with company.engine.database.reading() as connection:
            return effect(
                connection,
                live,
                scored(live, **change),
                whom=Shown.REAL,
                now=company.clock.now(),
                seed=1,
                most=most,
            )

    return try_out


def moves(counts):
    return {move: count for move, count in counts.items() if move[0] is not move[1]}


def test_without_a_change_nobody_moves(tried):
    found = tried()
    assert (found.looked_at, found.of, found.is_whole) == (EVERYBODY, EVERYBODY, True)
    assert (moves(found.at_once), moves(found.anew), found.named, found.handed_off) == ({}, {}, (), 0)
    assert found.bars_now == found.bars_anew


def test_higher_bounds_move_leads_at_once(tried):
    found = tried(hot=(99, 95))
    assert moves(found.at_once) == moves(found.anew) == {(HOT, WARM): 1}
    assert [each.name for each in found.named] == ["Ada Nowak"]
    assert found.bars_now[HOT] == found.bars_anew[WARM], (
        "her score is the same, and means another temperature"
    )


def test_other_points_move_leads_only_as_they_are_counted_anew(tried):
    found = tried(points={"asked-for-demo": 1, "pricing": 1})
    assert moves(found.at_once) == {}
    assert moves(found.anew) == {(HOT, COLD): 1}
    (ada,) = found.named
    assert ada.standing.anew.interest < 18 < ada.standing.now.interest


def test_points_that_leads_were_never_given_change_nothing(tried):
    found = tried(points={"complained": -5, "joined-workshop": 90})
    assert moves(found.anew) == {}


def test_who_would_be_handed_to_sales_at_once_is_told_before(tried):
    found = tried(warm=(2, 1), hot=(8, 4))
    assert moves(found.at_once) == {(COLD, HOT): 1}, "Bob, who followed a link and read a page"
    assert found.handed_off == 0, "his grade does not qualify him"
    found = tried(warm=(2, 1), hot=(8, 4), grades={Grade.B: GradeBounds(fit=60, interest=10)})
    assert found.handed_off == 1


def test_fit_that_counts_otherwise_changes_grades(tried):
    found = tried(fit={"right-size": -100})
    now, at_once, anew = found.grades[Grade.A]
    assert (now, at_once, anew) == (1, 0, 0)
    assert moves(found.at_once) == {}


def test_a_sample_says_of_how_many_it_is_and_how_sure(tried):
    found = tried(most=5, hot=(99, 95))
    assert (found.looked_at, found.of, found.is_whole) == (5, EVERYBODY, False)
    some = found.of_all(1)
    assert 1 <= some.low <= some.count <= some.high <= EVERYBODY - 4
    assert not some.is_exact


def test_the_same_seed_draws_the_same_leads_and_everybody_has_the_same_chance(company):
    times = 300
    with company.engine.database.reading() as connection:

        def ids(seed):
            states, of = drawn(connection, whom=Shown.REAL, most=4, seed=seed)
            assert of == EVERYBODY
            return [state.lead.id for state in states]

        assert ids(7) == ids(7)
        seen = Counter(each for seed in range(times) for each in ids(seed))
    assert len(seen) == EVERYBODY
    expected = times * 4 / EVERYBODY
    assert all(abs(count - expected) < 4 * expected**0.5 for count in seen.values())


def test_ledgers_beyond_what_may_be_read_leave_leads_out_whole(company):
    with company.engine.database.reading() as connection:
        states, _ = drawn(connection, whom=Shown.REAL, most=100, seed=1)
        everybody, ledgers = with_ledgers(connection, states)
        entries = sum(map(len, ledgers.values()))
        fewer, some = with_ledgers(connection, states, most=entries - 1)
    assert [state.lead.id for state in everybody] == [state.lead.id for state in states]
    assert len(fewer) < len(everybody)
    assert all(some[lead_id] == ledgers[lead_id] for lead_id in some)


def standings():
    return st.builds(
        Standing,
        interest=st.floats(0, 100),
        fit=st.integers(0, 100),
        temperature=st.sampled_from(Temperature),
        grade=st.sampled_from(Grade),
    )


@given(
    st.lists(st.builds(Rescored, st.integers(1), standings(), standings(), standings())),
    st.integers(0, 10**6),
)
def test_the_counts_add_up(found, others):
    counted = tally(found, of=len(found) + others)
    assert sum(counted.at_once.values()) == sum(counted.anew.values()) == len(found)
    for place in range(3):
        assert sum(each[place] for each in counted.grades.values()) == len(found)
    for when in ("now", "at_once", "anew"):
        assert sum(counted.standing(when, each) for each in Temperature) == len(found)
    for idle, bars in zip(counted.idle, (counted.bars_now, counted.bars_anew), strict=True):
        assert idle + sum(map(sum, bars.values())) == len(found)
    of_all = counted.of_all(counted.moved_anew)
    assert counted.moved_anew <= of_all.low <= of_all.count <= of_all.high <= counted.of


def test_the_interval_holds_the_truth_about_as_often_as_it_says(company):
    """Of 13 leads one is hot; a sample of 8 has it or not."""
    live, held = company.engine.live.programme, 0
    with company.engine.database.reading() as connection:
        for seed in range(40):
            some = effect(connection, live, live, whom=Shown.REAL, now=company.clock.now(), seed=seed, most=8)
            hot = some.of_all(some.standing("now", HOT))
            held += hot.low <= 1 <= hot.high
    assert held >= 36
