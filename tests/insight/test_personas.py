"""Personas and leads: how many fit each, which of several wins and why, and to which buying stage content speaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nurture.insight.buying_stages import spoken_to, stages_of
from nurture.insight.coverage import coverage
from nurture.insight.overlaps import FEWEST, Overlap, overlaps
from nurture.insight.personas import Ranked, crowd, sizes, tally
from nurture.insight.shown import Shown
from nurture.scoring.fit import PersonaFit
from nurture.vocabulary.words import Temperature
from tests.insight.conftest import CROWD
from tests.webapp.stand import shipped

EVERYBODY = CROWD + 4
KEYS = [persona.key for persona in shipped().programme.personas]


@pytest.fixture
def looked_at(company):
    """The company's leads, ranked by the live programme, or by one with another policy or other personas."""

    def look(policy=None, most=1_000, **changes):
        programme = company.engine.live.programme
        programme = replace(
            programme, persona_policy=replace(programme.persona_policy, **(policy or {})), **changes
        )
        with company.engine.database.reading() as connection:
            return crowd(connection, programme, whom=Shown.REAL, now=company.clock.now(), seed=1, most=most)

    return look


def test_each_lead_is_counted_for_the_persona_that_it_has(company, looked_at):
    found = looked_at()
    with company.engine.database.reading() as connection:
        stored = sizes(connection, whom=Shown.REAL)
    assert dict(found.got) == dict(stored) == {"champion": 1, "decision-maker": 1, None: EVERYBODY - 2}
    assert (found.looked_at, found.of, found.nobody) == (EVERYBODY, EVERYBODY, EVERYBODY - 2)
    (ada,) = found.examples["champion"]
    assert (ada.name, ada.points("champion")) == ("Ada Nowak", 100)


def test_of_several_that_fit_one_wins_and_it_is_said_why(looked_at):
    found = looked_at(policy={"min_fit": 10})
    shared = found.shared["champion", "buyer"]
    assert (shared.both, shared.first, shared.second) == (1, 1, 0)
    (ada,) = shared.examples
    assert [each.persona for each in ada.fits][:2] == ["champion", "buyer"]
    assert ada.why == "80 points ahead"


def test_whoever_was_another_before_stays_while_the_margin_is_not_reached(looked_at):
    def same_points(persona):
        rules = tuple(replace(rule, points=0) for rule in persona.fit)
        return replace(
            persona, fit=(replace(rules[0], when=ALWAYS, points=50 + 5 * (persona.key == "user")),)
        )

    personas = tuple(map(same_points, shipped().programme.personas))
    found = looked_at(personas=personas)
    (ada,) = [lead for lead in found.examples["champion"] if lead.name == "Ada Nowak"]
    assert ada.why == "it was this before, and Freight clerk is not 10 points ahead"
    assert found.several == EVERYBODY


ALWAYS = replace(shipped().programme.personas[0].fit[0].when, source="lead.created_at != 'never'")


def test_a_sample_says_of_how_many_it_is(looked_at):
    found = looked_at(most=5)
    assert (found.looked_at, found.of, found.is_whole) == (5, EVERYBODY, False)
    some = found.of_all(found.nobody)
    assert some.low <= EVERYBODY - 2 <= some.high


def leads():
    fits = st.dictionaries(st.sampled_from(KEYS), st.integers(40, 100)).map(
        lambda points: tuple(PersonaFit(key, each) for key, each in points.items())
    )
    return st.builds(
        lambda fits, place: Ranked(
            1, "Ada", fits, None, fits[place % len(fits)].persona if fits else None, ""
        ),
        fits,
        st.integers(0, 9),
    )


@given(st.lists(leads()))
def test_the_counts_add_up(found):
    counted = tally(shipped().programme, found, of=len(found))
    assert sum(counted.got.values()) == len(found)
    assert counted.nobody + sum(len(lead.fits) == 1 for lead in found) + counted.several == len(found)
    assert sum(counted.fitting.values()) == sum(len(lead.fits) for lead in found)
    for shared in counted.shared.values():
        assert 0 <= shared.first + shared.second <= shared.both
    assert all(pair[0] != pair[1] for pair in counted.shared)


def test_a_cell_says_to_which_buying_stages_its_mails_speak(company):
    live = company.engine.live
    with company.engine.database.reading() as connection:
        rows = coverage(connection, live.programme, whom=Shown.REAL)
    champion = next(row for row in rows if row.persona and row.persona.key == "champion")
    assert dict(spoken_to(live.catalog, champion.cells[Temperature.COLD].places)) == {
        "research": 4,
        "compare": 1,
    }
    for row in rows:
        for cell in row.cells.values():
            assert sum(spoken_to(live.catalog, cell.places).values()) == cell.mails
    assert stages_of(live.catalog, rows)[:3] == ("research", "compare", "decide")


@pytest.mark.parametrize(
    ("alone", "both", "told"),
    [(0, FEWEST, True), (5, 5, True), (6, 5, False), (0, FEWEST - 1, False)],
    ids=["the same leads", "half of them", "less than half", "too few to say"],
)
def test_personas_that_have_most_leads_in_common_are_hardly_told_apart(alone, both, told):
    champion, buyer = PersonaFit("champion", 60), PersonaFit("buyer", 50)

    def lead(number, *fits):
        return Ranked(number, "n", fits, None, fits[0].persona, "")

    found = [lead(at, champion, buyer) for at in range(both)]
    found += [lead(100 + at, buyer) for at in range(alone)] + [lead(200 + at, champion) for at in range(20)]
    programme = shipped().programme
    said = list(overlaps(tally(programme, found, of=len(found))))
    wanted = Overlap("buyer", "champion", both=both, fits=alone + both, keeps=0)
    assert said == ([wanted] if told else [])
    assert list(overlaps(tally(programme, found, of=len(found)), of=["user"])) == []
