"""Stores for the short forms of the rows: copies of one whose tables are made already."""

import itertools
import shutil

import psycopg
import pytest

from nurture.store.database import Database

serial = itertools.count(1)


def migrated(url):
    database = Database(url, durable=False)
    database.migrate()
    database.close()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    file = tmp_path_factory.mktemp("empty") / "nurture.sqlite"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(empty_sqlite, tmp_path):
    shutil.copy(empty_sqlite, tmp_path / "nurture.sqlite")
    return f"sqlite:///{tmp_path / 'nurture.sqlite'}"


@pytest.fixture(scope="session")
def empty_postgresql(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("CREATE DATABASE unbroken TEMPLATE template0")
        migrated(postgres_url.replace("/postgres?", "/unbroken?"))
        yield connection


@pytest.fixture
def postgresql_url(empty_postgresql, postgres_url):
    name = f"broken_{next(serial)}"
    empty_postgresql.execute(f"CREATE DATABASE {name} TEMPLATE unbroken STRATEGY file_copy")
    yield postgres_url.replace("/postgres?", f"/{name}?")
    empty_postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")
