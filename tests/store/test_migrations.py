"""Tables come up, go down and come up again, on both engines, with rows in them; and they are what the records say."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select

from nurture.store import records as table
from nurture.store.database import Database

NOW = datetime(2026, 3, 2, 10, 0, 0, 250, tzinfo=UTC)
LEAD = {"id": 1, "email": "nora@fjord.example", "created_at": NOW, "sample": False}
EVENT = {
    "lead_id": 1,
    "kind": "lead.created",
    "occurred_at": NOW,
    "received_at": NOW,
    "source": "import",
    "source_id": "file:1",
    "properties": {"fields": {"first_name": "Nora"}},
}
DUE = {"kind": 1, "id": 1, "due_at": NOW, "lead_id": 1}


@pytest.fixture
def database(database_url):
    database = Database(database_url, durable=False)
    yield database
    database.close()


def fill(database):
    with database.writing() as connection:
        connection.execute(table.lead.insert(), [LEAD])
        connection.execute(table.event.insert(), [EVENT])
        connection.execute(table.due.insert(), [DUE])


def test_an_empty_database_stands_at_no_migration(database):
    assert database.version() is None


def test_tables_go_up_down_and_up_again_with_rows_in_them(database):
    database.migrate()
    newest = database.version()
    assert newest is not None
    fill(database)
    database.migrate("base")
    assert database.version() is None
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.migrate()
    assert database.version() == newest
    fill(database)
    with database.reading() as connection:
        row = connection.execute(select(table.event)).one()
    assert (row.occurred_at, row.properties) == (NOW, EVENT["properties"])


def test_migrating_again_changes_nothing(database):
    database.migrate()
    fill(database)
    database.migrate()
    with database.reading() as connection:
        assert connection.execute(select(table.lead.c.email)).scalar_one() == LEAD["email"]


def test_the_migrations_make_what_the_records_say(database):
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, table.metadata) == []


def test_how_far_leads_had_come_before_it_was_kept_is_filled_in(database):
    database.migrate("0029")
    moved = {**EVENT, "kind": "stage.changed", "absorbed_at": NOW}
    told = (
        {"before": "inquiry", "after": "sal", "by": "correct_to_sal"},
        {"before": "sal", "after": "lost", "by": "lose_to_lost"},
    )
    with database.writing() as connection:
        connection.execute(table.lead.insert(), [LEAD])
        state = {"state": b"", "temperature": "cold", "stage": "lost", "grade": "E", "persona": "buyer"}
        scores = {"fit_score": 0, "interest_score": 0, "scored_at": NOW}
        connection.execute(table.lead_state.insert(), [{"lead_id": 1, **state, **scores}])
        for number, properties in enumerate(told):
            connection.execute(
                table.event.insert(), [{**moved, "source_id": str(number), "properties": properties}]
            )
    database.migrate()
    with database.reading() as connection:
        row = connection.execute(select(table.lead_way)).one()
    assert (row.lead_id, row.came_at, row.persona) == (1, NOW, "buyer")
    assert (row.mql_at, row.sal_at, row.sql_at) == (NOW, NOW, None)


def test_what_was_judged_before_there_were_verdicts_has_one(database):
    database.migrate("0018")
    told = {**EVENT, "kind": "mail.opened", "absorbed_at": NOW}
    with database.writing() as connection:
        connection.execute(
            table.event.insert(),
            [
                {**told, "source_id": "1", "properties": {"humanity": 0.1, "machine_pattern": "burst"}},
                {**told, "source_id": "2", "properties": {"humanity": 1.0}},
            ],
        )
    database.migrate()
    with database.reading() as connection:
        (row,) = connection.execute(select(table.verdict)).all()
    assert (row.event_id, row.lead_id, row.humanity, row.pattern) == (1, 1, 0.1, "burst")
    assert (row.overturned_at, row.overruled_by) == (None, None)
