"""A company on a fresh store, on each engine that we promise. Stores are copies of one whose tables are made already."""

import itertools
import shutil

import psycopg
import pytest
from company import Company

from nurture.store.database import Database

serial = itertools.count(1)


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
def empty_postgres(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty TEMPLATE template0")
        migrated(postgres_url.replace("/postgres?", "/empty?"))
        yield connection


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "nurture.sqlite")
        yield f"sqlite:///{tmp_path / 'nurture.sqlite'}"
        return
    server, name = request.getfixturevalue("empty_postgres"), f"copy_{next(serial)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY file_copy")
    yield request.getfixturevalue("postgres_url").replace("/postgres?", f"/{name}?")
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
