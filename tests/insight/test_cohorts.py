"""How far leads came: a dated story with figures that can be counted on fingers, and what holds of any leads."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from nurture.engine.intake import NewLead
from nurture.engine.sales import set_stage
from nurture.engine.ways import BEYOND, PATH, at
from nurture.insight.cohorts import OTHERWISE, Cohorts, cohorts, usual_times
from nurture.insight.periods import from_to, last_days
from nurture.insight.shown import Shown
from nurture.statistics.rates import Rate
from nurture.store.database import Database
from nurture.store.records import lead, lead_way
from nurture.vocabulary.words import Stage
from tests.webapp.stand import STAFF, Stand

BERLIN = "Europe/Berlin"
FINANCE = {"seniority": "vp", "job_title": "CFO", "company_size": 900, "industry": "retail", "country": "SE"}


class Story:
    """Leads that come and go on, by the day of March 2026."""

    def __init__(self, database_url: str) -> None:
        self.stand = Stand(database_url).publish()

    def on(self, day: int) -> "Story":
        self.stand.clock.turn_to(datetime(2026, 3, day, 9, tzinfo=UTC))
        return self

    def came(self, *names: str, **fields: object) -> None:
        people = [NewLead(reference=name, fields={"first_name": name, **fields}) for name in names]
        self.stand.engine.enter_leads(people, source="import")
        self.stand.engine.tick()

    def went(self, name: str, stage: Stage) -> None:
        with self.stand.engine.deciding() as (connection, now):
            row = connection.execute(lead.select().where(lead.c.first_name == name)).one()
            by = STAFF["admin"]
            set_stage(connection, row.id, stage, reason="a story", role="admin", by=by, now=now)
        self.stand.engine.tick()

    def funnel(self, first: int, last: int, seen_on: int) -> Cohorts:
        self.on(seen_on)
        period = from_to(date(2026, 3, first), date(2026, 3, last), now=self.stand.clock.now(), zone=BERLIN)
        assert period is not None
        with self.stand.engine.database.reading() as connection:
            return cohorts(connection, period, whom=Shown.EVERYBODY)


@pytest.fixture
def story(database_url):
    story = Story(database_url)
    story.on(2).came("ann", "ben", "cid")
    story.on(2).came("dee", **FINANCE)
    story.on(3).came("eva", **FINANCE)
    story.on(4).went("dee", Stage.MQL)
    story.on(5).went("dee", Stage.SAL)
    story.on(6).went("eva", Stage.SQL)
    story.on(7).went("dee", Stage.RECYCLED)
    story.on(8).went("ann", Stage.MQL)
    story.on(9).came("late")
    yield story
    story.stand.engine.close()


def reached(cohort):
    return tuple(each.leads for each in cohort.reached)


def test_whoever_is_further_has_been_at_every_stage_before(story: Story):
    found = story.funnel(2, 8, seen_on=10)
    assert reached(found.whole) == (5, 3, 2, 1, 0, 0, 0)
    by_persona = {each.persona: reached(each) for each in found.personas}
    assert by_persona == {None: (3, 1, 0, 0, 0, 0, 0), "decision-maker": (2, 2, 2, 1, 0, 0, 0)}
    assert found.whole.rate(Stage.SAL, Stage.MQL) == Rate(2, 3)
    assert found.whole.rate(Stage.SQL) == Rate(1, 5)


def test_a_report_as_of_an_earlier_day_does_not_know_what_came_later(story: Story):
    assert reached(story.funnel(2, 8, seen_on=10).whole) == (5, 3, 2, 1, 0, 0, 0)
    found = story.funnel(8, 10, seen_on=10)
    assert reached(found.whole) == (1, 0, 0, 0, 0, 0, 0)
    period = last_days(3, now=datetime(2026, 3, 8, 8, 59, tzinfo=UTC), zone=BERLIN).before
    with story.stand.engine.database.reading() as connection:
        earlier = cohorts(connection, period, whom=Shown.EVERYBODY)
    assert period.seen_at == datetime(2026, 3, 5, 8, 59, tzinfo=UTC)
    assert reached(earlier.whole) == (1, 0, 0, 0, 0, 0, 0)  # Eva came on the 3rd, and went on the 6th


def test_young_leads_are_those_that_have_not_had_the_time(story: Story):
    found = story.funnel(2, 9, seen_on=10)
    assert set(found.usual.values()) == {OTHERWISE}  # so few say nothing of how long it takes
    assert found.whole.young(Stage.MQL) == 3  # Ben, Cid and the late one
    assert found.whole.young(Stage.SQL) == 3 + 1 + 1  # and Ann, who is an MQL, and Dee, who was a SAL
    later = story.funnel(2, 9, seen_on=31)
    assert later.whole.young(Stage.MQL) == 3
    with story.stand.engine.database.reading() as connection:
        much_later = from_to(
            date(2026, 3, 2), date(2026, 3, 9), now=datetime(2026, 5, 1, tzinfo=UTC), zone=BERLIN
        )
        assert much_later is not None
        assert cohorts(connection, much_later, whom=Shown.EVERYBODY).whole.young(Stage.ADVOCATE) == 0


def test_how_long_it_usually_takes_is_what_nine_of_ten_took(database_url):
    stand = Stand(database_url).publish()
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    with stand.engine.database.writing() as connection:
        for number in range(1, 101):
            connection.execute(
                lead.insert().values(id=number, created_at=begun, sample=False, untracked=False)
            )
            moved = {at(Stage.MQL): begun + timedelta(hours=number)} if number <= 90 else {}
            connection.execute(lead_way.insert().values(lead_id=number, came_at=begun, **moved))
    with stand.engine.database.reading() as connection:
        usual = usual_times(connection, begun + timedelta(days=30), whom=Shown.EVERYBODY)
    assert usual[Stage.MQL] == timedelta(hours=81)
    assert usual[Stage.SAL] == OTHERWISE
    stand.engine.close()


def test_where_nobody_came_there_is_nobody(story: Story):
    found = story.funnel(1, 1, seen_on=10)
    assert (found.personas, found.whole.leads) == ((), 0)
    assert found.whole.rate(Stage.MQL).share is None


# ------------------------------------------------------------ whatever leads there are

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = st.integers(0, 40)
WAYS = st.lists(
    st.tuples(st.sampled_from([None, "buyer", "user"]), DAYS, st.lists(DAYS, max_size=len(BEYOND))),
    max_size=25,
)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('ways') / 'nurture.sqlite'}", durable=False)
    database.migrate()
    with database.writing() as connection:
        connection.execute(
            lead.insert(),
            [{"id": n, "created_at": BEGUN, "sample": False, "untracked": False} for n in range(25)],
        )
    yield database
    database.close()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=WAYS, first=st.integers(1, 20), length=st.integers(1, 20), seen=st.integers(0, 40))
def test_no_stage_has_more_than_the_one_before_and_personas_add_up_to_all(
    database, ways, first, length, seen
):
    rows = [
        {
            "lead_id": number,
            "came_at": BEGUN + timedelta(days=came),
            "persona": persona,
            **{at(stage): None for stage in BEYOND},
            **{
                at(stage): BEGUN + timedelta(days=came + sum(steps[: place + 1]))
                for place, (stage, _) in enumerate(zip(BEYOND, steps, strict=False))
            },
        }
        for number, (persona, came, steps) in enumerate(ways)
    ]
    with database.writing() as connection:
        connection.execute(delete(lead_way))
        for row in rows:
            connection.execute(lead_way.insert().values(**row))
    last = date(2026, 3, first) + timedelta(days=length - 1)
    now = BEGUN + timedelta(days=first + seen)
    period = from_to(date(2026, 3, first), last, now=now, zone="UTC")
    assert period is not None
    with database.reading() as connection:
        found = cohorts(connection, period, whom=Shown.EVERYBODY)
    in_it = [row for row in rows if period.since <= row["came_at"] < min(period.until, now)]
    for each in (*found.personas, found.whole):
        counts = reached(each)
        assert all(before >= after for before, after in pairwise(counts))
        assert all(0 <= stage.young <= stage.leads for stage in each.reached)
        assert all(
            stage.young <= stage.leads - further
            for stage, further in zip(each.reached, (*counts[1:], 0), strict=True)
        )
    for place, stage in enumerate(PATH):
        assert sum(reached(each)[place] for each in found.personas) == reached(found.whole)[place]
        if stage in BEYOND:
            slow = sum(row[at(stage)] is not None and row[at(stage)] <= now for row in in_it)
            assert reached(found.whole)[place] == slow
    assert found.whole.leads == len(in_it)
