"""What the dashboard shows: three months of days, the way through the stages, who gets what, and whose numbers they are."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, update

from nurture.insight.checklist import SHIPPED_CAMPAIGNS, SHIPPED_PERSONAS, Setup, checklist
from nurture.insight.coverage import Served, coverage
from nurture.insight.funnel import funnel
from nurture.insight.recent import recent_hand_offs
from nurture.insight.shown import Shown, shown
from nurture.insight.today import Trouble, today
from nurture.insight.trends import trends
from nurture.store.records import lead, touch
from nurture.vocabulary.words import Stage, Temperature, TouchStatus
from tests.insight.conftest import CROWD
from tests.webapp.stand import Stand, shipped

MONDAY = date(2026, 3, 2)
PEOPLE = 4 + CROWD
PROGRAMME = shipped().sound_programme()


def standing(connection, now, whom):
    return today(connection, now=now, day=now.date(), whom=whom).leads


# ---------------------------------------------------------------- days


def test_the_days_end_with_today_and_count_what_left(company: Stand):
    with company.engine.database.reading() as connection:
        leads = standing(connection, company.clock.now(), Shown.REAL)
        found = trends(connection, today=MONDAY, days=90, whom=Shown.REAL, standing=leads)
        left = connection.execute(
            select(func.count()).select_from(touch).where(touch.c.status == TouchStatus.SENT.value)
        ).scalar_one()
    assert (found.days[0], found.days[-1], len(found.days)) == (date(2025, 12, 3), MONDAY, 90)
    assert found.sent.counts[-1] == found.sent.total == found.sent.last(7) == left > 3
    assert found.clicked.total == 2
    assert not found.is_empty


def test_temperatures_are_counted_back_from_where_leads_stand(company: Stand):
    with company.engine.database.reading() as connection:
        leads = standing(connection, company.clock.now(), Shown.REAL)
        found = trends(connection, today=MONDAY + timedelta(days=1), days=3, whom=Shown.REAL, standing=leads)
    assert leads[Temperature.HOT] == 1
    assert found.temperatures[Temperature.HOT].counts == (0, 1, 1)
    assert found.temperatures[Temperature.COLD].counts == (
        0,
        leads[Temperature.COLD],
        leads[Temperature.COLD],
    )
    assert sum(series.counts[-1] for series in found.temperatures.values()) == PEOPLE


# ---------------------------------------------------------------- stages


def test_the_funnel_counts_who_stands_and_who_came(company: Stand):
    with company.engine.database.reading() as connection:
        found = funnel(connection, since=MONDAY, whom=Shown.REAL)
    lines = {line.stage: (line.now, line.entered) for line in found.path}
    assert lines[Stage.INQUIRY] == (PEOPLE - 1, PEOPLE)
    assert lines[Stage.MQL] == (1, 1)
    assert lines[Stage.CUSTOMER] == (0, 0)
    assert found.most == PEOPLE
    assert [line.stage for line in found.aside] == [Stage.RECYCLED, Stage.LOST, Stage.DISQUALIFIED]


def test_who_was_handed_over_last(company: Stand):
    with company.engine.database.reading() as connection:
        (ada,) = recent_hand_offs(connection, most=6, whom=Shown.REAL)
    assert (ada.name, ada.accepted_at, ada.reason) == ("Ada Nowak", None, None)


# ---------------------------------------------------------------- who gets what


@pytest.fixture
def cells(company: Stand):
    """Cells by persona and temperature of a programme over the company's leads."""

    def read(programme):
        with company.engine.database.reading() as connection:
            rows = coverage(connection, programme, whom=Shown.REAL)
        return {
            (row.persona and row.persona.key, temperature): cell
            for row in rows
            for temperature, cell in row.cells.items()
        }

    return read


def test_a_persona_is_served_by_its_own_track_before_the_one_for_all(cells):
    found = cells(PROGRAMME)
    own, shared = found["champion", Temperature.WARM], found[None, Temperature.WARM]
    assert (own.served, own.places[0].track) == (Served.OWN, "warm-champion")
    assert (shared.served, shared.places[0].track) == (Served.SHARED, "warm")
    assert not [key for key, cell in found.items() if cell.served is Served.HOLE]


def test_where_no_track_fits_there_is_a_hole(cells):
    long_cycle = PROGRAMME.campaigns["long-cycle"]
    kept = tuple(track for track in long_cycle.tracks if track.personas or track.temperature != "hot")
    holed = {**PROGRAMME.campaigns, "long-cycle": replace(long_cycle, tracks=kept)}
    found = cells(replace(PROGRAMME, campaigns=holed))
    assert {key for key, cell in found.items() if cell.served is Served.HOLE} == {
        (persona and persona.key, Temperature.HOT) for persona in (*PROGRAMME.personas, None)
    }
    assert found["champion", Temperature.HOT].leads == 1


def test_a_draft_serves_nobody(cells):
    drafts = {key: replace(each, draft=True) for key, each in PROGRAMME.campaigns.items()}
    assert {cell.served for cell in cells(replace(PROGRAMME, campaigns=drafts)).values()} == {Served.HOLE}


# ---------------------------------------------------------------- whose numbers


def test_reports_leave_sample_leads_out_as_soon_as_there_is_another(company: Stand):
    bob = company.lead_id("bob")
    with company.engine.database.engine.connect() as connection:
        connection.execute(update(lead).values(sample=True))
        assert shown(connection) is Shown.SAMPLE
        assert sum(standing(connection, company.clock.now(), shown(connection)).values()) == PEOPLE
        connection.execute(update(lead).where(lead.c.id == bob).values(sample=False))
        assert shown(connection) is Shown.REAL
        assert sum(standing(connection, company.clock.now(), shown(connection)).values()) == 1
        assert recent_hand_offs(connection, most=6, whom=shown(connection)) == ()
        connection.rollback()


def test_nobody_at_all_is_no_sample(company: Stand):
    with company.engine.database.reading() as connection:
        assert shown(connection) is Shown.EVERYBODY  # no lead of this company is made for show


def test_unknown_and_deferred_mails_are_troubles(company: Stand):
    now = company.clock.now()
    with company.engine.database.engine.connect() as connection:
        for name, status in (("bob", "unknown"), ("eve", "deferred")):
            one = touch.c.id == company.first_touch(name)
            connection.execute(update(touch).where(one).values(status=status))
        found = today(connection, now=now, day=now.date(), whom=Shown.REAL)
        connection.rollback()
    assert (found.unknown, found.deferred) == (1, 1)
    assert [each.trouble for each in found.problems] == [Trouble.UNKNOWN, Trouble.DEFERRED]


# ---------------------------------------------------------------- first steps


def steps(programme=PROGRAMME, *, real=False, smtp=False, url="http://127.0.0.1:8025"):
    found = checklist(programme, has_real_leads=real, leaves_machine=smtp, tracking_url=url)
    return {step.step for step in found.steps if step.is_done}


def test_the_shipped_programme_has_every_step_before_it():
    assert steps() == set()
    assert {persona.name for persona in PROGRAMME.personas} == SHIPPED_PERSONAS
    assert PROGRAMME.campaigns.keys() == SHIPPED_CAMPAIGNS


LONG_CYCLE = PROGRAMME.campaigns["long-cycle"]


@pytest.mark.parametrize(
    ("programme", "facts", "done"),
    [
        (replace(PROGRAMME, sender=replace(PROGRAMME.sender, address="ines@acme.io")), {}, {Setup.SENDER}),
        (replace(PROGRAMME, sender=replace(PROGRAMME.sender, address="ines@mail.acme.test")), {}, set()),
        (replace(PROGRAMME, personas=PROGRAMME.personas[:2]), {}, {Setup.PERSONAS}),
        (replace(PROGRAMME, personas=()), {}, set()),
        (replace(PROGRAMME, campaigns={"ours": LONG_CYCLE}), {}, {Setup.TRACKS}),
        (replace(PROGRAMME, campaigns={"ours": replace(LONG_CYCLE, draft=True)}), {}, set()),
        (PROGRAMME, {"real": True}, {Setup.IMPORT}),
        (PROGRAMME, {"smtp": True, "url": "https://t.acme.io"}, {Setup.LIVE}),
        (PROGRAMME, {"smtp": True}, set()),
        (PROGRAMME, {"url": "https://t.acme.io"}, set()),
    ],
)
def test_a_step_is_done_when_what_it_asks_for_is_there(programme, facts, done):
    assert steps(programme, **facts) == done


def test_the_next_step_is_the_first_that_is_not_done():
    found = checklist(PROGRAMME, has_real_leads=True, leaves_machine=False, tracking_url="http://localhost")
    assert (found.done, found.next, found.is_done) == (1, Setup.SENDER, False)
