"""What is written is read back equal, on both engines, at the ends of what can be written too."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from nurture.store.database import Database
from nurture.store.types import Json, Moment

METADATA = MetaData()
KEPT = Table(
    "kept", METADATA, Column("id", Integer, primary_key=True), Column("at", Moment), Column("value", Json)
)
# PostgreSQL's timestamptz and Python's datetime share all of these; leads and programmes live well inside.
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(9990, 1, 1),
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=13, minutes=45)), timezone(timedelta(hours=-11))]
    ),
)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXTS, each, max_size=3),
    max_leaves=8,
)
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def connection(database_url):
    database = Database(database_url, durable=False)
    with database.writing() as connection:
        METADATA.create_all(connection)
        yield connection
    database.close()


def kept(connection, **values):
    """*values* as they are read back."""
    key = connection.execute(insert(KEPT).values(**values).returning(KEPT.c.id)).scalar_one()
    return connection.execute(select(KEPT).where(KEPT.c.id == key)).one()


@MANY
@given(at=MOMENTS)
def test_a_moment_comes_back_in_utc_to_the_microsecond(connection, at):
    back = kept(connection, at=at).at
    assert back == at
    assert back.tzinfo is UTC


@MANY
@given(moments=st.lists(MOMENTS, min_size=2, max_size=8, unique=True))
def test_moments_sort_in_the_store_as_in_python(connection, moments):
    connection.execute(KEPT.delete())
    connection.execute(KEPT.insert(), [{"at": at} for at in moments])
    rows = connection.execute(select(KEPT.c.at).order_by(KEPT.c.at)).scalars().all()
    assert rows == sorted(moments)


def test_a_naive_time_is_refused(connection):
    with pytest.raises(Exception, match="moments are aware"):
        kept(connection, at=datetime(2026, 3, 2))


@MANY
@given(value=VALUES)
def test_a_value_comes_back_equal(connection, value):
    assert kept(connection, value=value).value == value


def test_what_is_not_known_stays_unknown(connection):
    row = kept(connection)
    assert (row.at, row.value) == (None, None)
