"""The statements that both engines share: numbers that nobody gets twice, rows that are new, rows that change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import chain

import pytest
from sqlalchemy import select

from nurture.store import records as table
from nurture.store.database import Database, lock_absorbing, take_numbers
from nurture.store.statements import insert_if_new, upsert

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def database(database_url):
    database = Database(database_url, durable=False)
    database.migrate()
    yield database
    database.close()


def days(database):
    with database.reading() as connection:
        rows = connection.execute(select(table.warm_up_day).order_by(table.warm_up_day.c.day))
        return [tuple(row) for row in rows]


def test_numbers_go_on_where_they_were_and_each_series_for_itself(database):
    with database.writing() as connection:
        assert list(take_numbers(connection, "lead", 3)) == [1, 2, 3]
        assert list(take_numbers(connection, "other", 1)) == [1]
    with database.writing() as connection:
        assert list(take_numbers(connection, "lead", 2)) == [4, 5]


def test_numbers_of_a_transaction_that_failed_are_nobodys(database):
    with pytest.raises(RuntimeError), database.writing() as connection:  # noqa: PT012 the transaction is the point
        take_numbers(connection, "lead", 10)
        raise RuntimeError
    with database.writing() as connection:
        assert list(take_numbers(connection, "lead", 1)) == [1]


def test_many_at_once_never_get_the_same_number(database):
    def take(count):
        with database.writing() as connection:
            return list(take_numbers(connection, "lead", count))

    with ThreadPoolExecutor(8) as pool:
        taken = list(chain.from_iterable(pool.map(take, [1, 7, 3, 20] * 10)))
    assert sorted(taken) == list(range(1, len(taken) + 1))


def test_a_row_that_is_there_is_left_as_it_is(database):
    with database.writing() as connection:
        insert_if_new(connection, table.warm_up_day, [{"day": "2026-03-02", "used": 5}])
        insert_if_new(
            connection,
            table.warm_up_day,
            [{"day": "2026-03-02", "used": 9}, {"day": "2026-03-03", "used": 1}],
        )
        insert_if_new(connection, table.warm_up_day, [])
    assert days(database) == [("2026-03-02", 5), ("2026-03-03", 1)]


def test_a_row_that_is_there_takes_the_new_values(database):
    with database.writing() as connection:
        upsert(connection, table.warm_up_day, [{"day": "2026-03-02", "used": 5}], key=("day",))
        upsert(
            connection,
            table.warm_up_day,
            [{"day": "2026-03-02", "used": 9}, {"day": "2026-03-03", "used": 1}],
            key=("day",),
        )
        upsert(connection, table.warm_up_day, [], key=("day",))
    assert days(database) == [("2026-03-02", 9), ("2026-03-03", 1)]


def test_a_failed_transaction_leaves_nothing(database):
    with pytest.raises(RuntimeError), database.writing() as connection:  # noqa: PT012
        upsert(connection, table.warm_up_day, [{"day": "2026-03-02", "used": 5}], key=("day",))
        raise RuntimeError
    assert days(database) == []


def test_one_worker_absorbs_at_a_time(postgres_database_url):
    database = Database(postgres_database_url)
    with database.writing() as first, database.writing() as second:
        assert lock_absorbing(first)
        assert not lock_absorbing(second)
    with database.writing() as third:
        assert lock_absorbing(third)
    database.close()
