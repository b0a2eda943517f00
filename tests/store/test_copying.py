"""A table goes over into another store row by row, whichever engines they are, and its numbers go on where they were."""

from datetime import UTC, datetime

import pytest

from nurture.store import records as table
from nurture.store.copying import copy_table, row_count
from nurture.store.database import Database

NOON = datetime(2026, 3, 2, 12, 30, 0, 123_456, tzinfo=UTC)


@pytest.fixture
def two(database_url, request, tmp_path):
    """A store on either engine, and one on the other."""
    other = (
        request.getfixturevalue("postgres_database_url")
        if database_url.startswith("sqlite")
        else f"sqlite:///{tmp_path / 'other.sqlite'}"
    )
    stores = Database(database_url), Database(other)
    for each in stores:
        each.migrate()
    yield stores
    for each in stores:
        each.close()


def event(number, **values):
    return {
        "lead_id": 7, "kind": "page.visited", "occurred_at": NOON, "received_at": NOON, "source": "test", "source_id": str(number),
        "properties": {"path": "/ä\\N\t\n", "n": [1, None]}, **values,
    }  # fmt: skip


def copied(source, target, what):
    with source.reading() as old, target.writing() as new:
        return copy_table(old, new, what)


def rows(store, what):
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(what.select().order_by(*what.primary_key))]


def test_every_value_is_what_it_was(two):
    one, other = two
    with one.writing() as connection:
        connection.execute(table.event.insert(), [event(n) for n in range(2_500)])
        connection.execute(
            table.setting.insert(), [{"name": "x", "value": "ü\\", "at": NOON, "actor": "'; --"}]
        )
    assert copied(one, other, table.event) == 2_500
    assert rows(other, table.event) == rows(one, table.event) != []
    assert copied(one, other, table.setting) == 1
    assert rows(other, table.setting) == rows(one, table.setting)
    with other.reading() as connection:
        assert row_count(connection, table.event) == 2_500


def test_a_number_that_was_given_is_not_given_again(two):
    one, other = two
    with one.writing() as connection:
        connection.execute(table.event.insert(), [event(n) for n in range(3)])
        connection.execute(table.event.delete().where(table.event.c.id == 3))
    copied(one, other, table.event)
    with other.writing() as connection:
        connection.execute(table.event.insert(), [event(9)])
    assert [row[0] for row in rows(other, table.event)] == [1, 2, 4]


def test_an_empty_table_begins_at_one(two):
    one, other = two
    assert copied(one, other, table.event) == 0
    with other.writing() as connection:
        connection.execute(table.event.insert(), [event(1)])
    assert [row[0] for row in rows(other, table.event)] == [1]
