"""A company on a fresh store, on each engine that we promise. Stores are copies of one whose tables are made already."""

import shutil

import psycopg
import pytest
from company import Company

from nurture.store.database import Database
from tests.conftest import libpq


def migrated(url):
    database = Database(url, durable=False)
    database.migrate()
    database.close()


@pytest.fixture
def database(database_url):
    """A store with its tables and nothing in them."""
    migrated(database_url)
    database = Database(database_url, durable=False)
    yield database
    database.close()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    file = tmp_path_factory.mktemp("empty") / "nurture.sqlite"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def emptied_postgres(postgres_url):
    """One store for all tests of this process, emptied after each: to make one and drop it takes longer than most tests."""
    with psycopg.connect(libpq(postgres_url), autocommit=True) as server:
        yield Emptied(server, postgres_url.replace("/postgres?", "/emptied?"))


class Emptied:
    def __init__(self, server, url):
        self.server = server
        self.url = url
        self.make()

    def make(self):
        self.server.execute("DROP DATABASE IF EXISTS emptied WITH (FORCE)")
        self.server.execute("CREATE DATABASE emptied TEMPLATE template0 STRATEGY file_copy")
        migrated(self.url)
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            self.tables = tables_of(connection)
            assert full(connection, self.tables) == ["alembic_version"]

    def empty(self):
        """As it was when it was made: no rows, numbers from 1, nobody connected. Made anew where the tables are others."""
        self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'emptied'"
        )
        with psycopg.connect(libpq(self.url), autocommit=True) as connection:
            if tables_of(connection) != self.tables:
                connection.close()
                self.make()
                return
            used = [name for name in full(connection, self.tables) if name != "alembic_version"]
            if used:
                connection.execute(f"TRUNCATE {', '.join(used)} CASCADE")
            connection.execute(
                "SELECT setval(format('%I', sequencename)::regclass, start_value, false) "
                "FROM pg_sequences WHERE last_value IS NOT NULL"
            )


def tables_of(connection):
    """Its columns, by table."""
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY table_name, column_name"
    )
    found = {}
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return found


def full(connection, tables):
    """Those of them that have rows."""
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    return [name for (name,) in connection.execute(asked)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "nurture.sqlite")
        yield f"sqlite:///{tmp_path / 'nurture.sqlite'}"
        return
    store = request.getfixturevalue("emptied_postgres")
    yield store.url
    store.empty()


@pytest.fixture
def company(database_url):
    """A company with a live programme of two mails."""
    company = Company(database_url)
    company.publish()
    yield company
    company.engine.close()


@pytest.fixture
def bare(database_url):
    """A company whose programme a test writes itself."""
    company = Company(database_url)
    yield company
    company.engine.close()
