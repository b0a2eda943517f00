"""The sums a day are those of what happened: events by their own day, and leads by where they stand."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from nurture.content.catalog import load
from nurture.delivery.memory import MemoryTransport
from nurture.engine.daily import COUNTED, at_stage, at_temperature, into_campaign
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.sample import put_in, remove_sample
from nurture.identity import Keyring
from nurture.insight.shown import Shown
from nurture.insight.trends import entered
from nurture.simulation.clock import VirtualClock
from nurture.simulation.sample import play_sample
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind, Stage, Temperature

ROOT = Path(__file__).parents[2]
END = datetime(2026, 11, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
KEYRING = Keyring(b"k" * 32)


@pytest.fixture(scope="module")
def played():
    """Two weeks of thirty sample leads."""
    database = play_sample(
        load(ROOT / "campaigns", ROOT / "templates"),
        keyring=KEYRING,
        base_url="http://127.0.0.1:8025",
        end=END,
        leads=30,
        history=timedelta(days=14),
    )
    yield database
    database.close()


@pytest.fixture
def engine(database_url, played):
    """The sample on a fresh store, a day later, with one lead who is nobody's sample."""
    database = Database(database_url, durable=False)
    database.migrate()
    put_in(database, played)
    clock = VirtualClock(END + timedelta(days=1))
    engine = Engine(
        database=database,
        transport=MemoryTransport(clock),
        keyring=KEYRING,
        clock=clock,
        base_url="http://t.example",
    )
    engine.enter_leads([NewLead(reference="1", fields={"email": "real@real.example"})], source="import")
    engine.tick()
    yield engine
    engine.close()


def sums(database, *, sample):
    with database.reading() as connection:
        rows = connection.execute(select(table.daily_count).where(table.daily_count.c.sample.is_(sample)))
        return {(row.what, date.fromisoformat(row.day)): row.count for row in rows}


def totals(database, *, sample):
    found = Counter()
    for (what, _), count in sums(database, sample=sample).items():
        found[what] += count
    return found


def test_mails_and_what_people_did_are_summed_by_their_own_day(played):
    happened = Counter()
    with played.reading() as connection:
        events = connection.execute(
            select(table.event).where(
                table.event.c.lead_id.is_not(None), table.event.c.absorbed_at.is_not(None)
            )
        )
        for event in events:
            if event.kind in COUNTED and event.properties.get("humanity", 1) >= 0.5:
                happened[event.kind, event.occurred_at.astimezone(BERLIN).date()] += 1
    counted = sums(played, sample=True)
    assert {key: count for key, count in counted.items() if ":" not in key[0]} == happened
    assert happened[EventKind.MAIL_SENT, date(2026, 11, 18)]


def test_changes_of_temperature_add_up_to_where_leads_stand(played):
    with played.reading() as connection:
        standing = Counter(connection.execute(select(table.lead_state.c.temperature)).scalars())
    found = totals(played, sample=True)
    assert {each: found[at_temperature(each)] for each in Temperature} == {
        each: standing[each.value] for each in Temperature
    }
    assert found[at_stage(Stage.INQUIRY)] == 30


def test_who_entered_a_campaign_is_summed_by_the_day(played):
    with played.reading() as connection:
        told = connection.execute(select(table.event).where(table.event.c.kind == EventKind.CAMPAIGN_ENTERED))
        happened = Counter(
            (into_campaign(each.properties["campaign"]), each.occurred_at.astimezone(BERLIN).date())
            for each in told
        )
        today = END.astimezone(BERLIN).date()
        lately = entered(connection, "long-cycle", today=today, days=7, whom=Shown.SAMPLE)
        real = entered(connection, "long-cycle", today=today, days=7, whom=Shown.REAL)
    counted = sums(played, sample=True)
    assert {key: count for key, count in counted.items() if key[0].startswith("campaign:")} == happened
    of_week = [
        count
        for (what, day), count in happened.items()
        if what == "campaign:long-cycle" and day > today - timedelta(days=7)
    ]
    assert (lately, real) == (sum(of_week), 0)
    assert lately > 0


def test_real_leads_are_summed_apart_from_sample_leads(engine):
    found = totals(engine.database, sample=False)
    assert found[EventKind.LEAD_CREATED] == 1
    assert found[at_temperature(Temperature.COLD)] == 1
    remove_sample(engine.database, None)
    assert totals(engine.database, sample=False) == found
    assert sums(engine.database, sample=True) == {}


def test_a_late_click_counts_on_its_own_day_and_a_machine_never(engine):
    before, at = sums(engine.database, sample=True), END - timedelta(days=3)
    engine.record(
        Event(
            lead_id=1,
            kind=EventKind.MAIL_CLICKED,
            occurred_at=at,
            received_at=END,
            source="test",
            source_id=name,
            properties={"humanity": humanity},
        )
        for name, humanity in (("a person", 0.9), ("a scanner", 0.1))
    )
    engine.tick()
    key = (EventKind.MAIL_CLICKED.value, at.date())
    assert sums(engine.database, sample=True)[key] == before.get(key, 0) + 1
