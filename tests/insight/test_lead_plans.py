"""Whatever a list of leads asks, its plan reads indexes, never all states: seen on both engines, with enough rows to choose."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, text

from nurture.engine.lead_filter import LeadFilter, matching
from nurture.engine.list_keys import list_keys
from nurture.engine.list_rows import relist
from nurture.insight.leads import Order, lead_page, temperature_counts
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import state_row
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.words import Grade, Stage, Temperature

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LEADS = 3_000
STAGES, GRADES = tuple(Stage), tuple(Grade)


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    database = Database(module_url, durable=False)
    database.migrate()
    with database.writing() as connection:
        fill(connection)
        connection.execute(text("ANALYZE"))
    yield database
    database.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.reading() as connection:
        yield connection


def fill(connection: Connection) -> None:
    states = [made(number) for number in range(1, LEADS + 1)]
    rows = [
        {
            "id": each.lead.id,
            "email": each.lead.email,
            "first_name": each.lead.first_name,
            "company": each.lead.company,
            "source": each.lead.source,
            "created_at": NOW,
            "sample": False,
            **list_keys(
                email=each.lead.email,
                first_name=each.lead.first_name,
                last_name=None,
                company=each.lead.company,
            ),
        }
        for each in states
    ]
    connection.execute(table.lead.insert(), rows)
    connection.execute(table.lead_state.insert(), [state_row(each, NOW) for each in states])
    relist(connection, states)


def made(number: int) -> LeadState:
    lead = Lead(
        id=number,
        created_at=NOW,
        email=f"n{number}@firm{number % 700}.example",
        first_name=f"Name{number}",
        company=f"Company {number % 900}" if number % 3 else None,
        source="fair" if number % 50 == 0 else "import",
        owner="lena@x.example" if number % 40 == 0 else None,
        tags=("vip",) if number % 60 == 0 else (),
    )
    inside = Enrolment(serial=1, campaign="news", revision="", entered_at=NOW)
    return LeadState(
        lead=lead,
        temperature=Temperature.HOT if number % 30 == 0 else Temperature.COLD,
        stage=STAGES[number % len(STAGES)],
        grade=GRADES[number % len(GRADES)],
        enrolments=(inside,) if number % 45 == 0 else (),
    )


FILTERS = {
    "everybody": LeadFilter(),
    "hot": LeadFilter(temperature=Temperature.HOT),
    "by stage, grade and owner": LeadFilter(stage=Stage.MQL, grade=Grade.A, owner="lena@x.example"),
    "by tag": LeadFilter(tag="vip"),
    "by campaign": LeadFilter(campaign="news"),
    "by segment": LeadFilter(segment="large"),
    "by company": LeadFilter(company="company 7"),
    "by source": LeadFilter(source="fair"),
    "without a country, inside": LeadFilter(campaign="news", lacks="country"),
    "begins so": LeadFilter(search="name12"),
    "without an address": LeadFilter(unmailable=True),
    "suppressed": LeadFilter(suppressed=True),
}


@pytest.mark.parametrize("name", FILTERS)
def test_which_leads_is_told_by_indexes(connection: Connection, name: str):
    wanted = FILTERS[name]
    where = matching(wanted).compile(connection, compile_kwargs={"literal_binds": True})
    plan = plan_of(
        connection, f"SELECT temperature, count(*) FROM lead_state WHERE {where} GROUP BY temperature"
    )
    if connection.dialect.name == "sqlite":
        assert "SCAN lead_state\n" not in plan, plan  # a scan of an index alone is named with it
        assert "SCAN lead\n" not in plan, plan
    elif wanted != LeadFilter():
        assert "Seq Scan on lead " not in plan, plan


@pytest.mark.parametrize("search", ["name12", "n12", "company 12"])
def test_a_search_is_a_range_of_each_index(connection: Connection, search: str):
    where = matching(LeadFilter(search=search)).compile(connection, compile_kwargs={"literal_binds": True})
    plan = plan_of(connection, f"SELECT lead_id FROM lead_state WHERE {where}")
    for index in ("email", "ix_lead_name_key", "ix_lead_last_key", "ix_lead_company_key"):
        assert index in plan or "sqlite_autoindex_lead_1" in plan, plan


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("order", Order)
def test_pages_and_counts_agree(connection: Connection, name: str, order: Order):
    wanted, found, after = FILTERS[name], 0, None
    while True:
        page = lead_page(connection, wanted, order, after, size=700, now=NOW)
        found += len(page.lines)
        after = page.next_key
        if after is None:
            break
    counts = temperature_counts(connection, wanted)
    asked = counts if wanted.temperature is None else {wanted.temperature: counts[wanted.temperature]}
    assert found == sum(asked.values())


def plan_of(connection: Connection, statement: str) -> str:
    """The engine's plan, one step a line."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows: list[Any] = list(connection.execute(text(f"{explain} {statement.replace(':', chr(92) + ':')}")))
    return "\n".join(str(row[-1]) for row in rows) + "\n"
