"""Versions under a name: listed, removed and put back, apart from drafts."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.engine.named_versions import (
    MOST,
    NAME_MAX,
    carry_along,
    keep,
    named_version,
    named_versions,
    names_of,
    put_back,
    remove,
    removed,
)
from nurture.errors import ProgrammeError
from nurture.store.database import Database

PATH, OTHER = "campaigns/a/mails/one.mjml", "campaigns/a/mails/one.de.mjml"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database_url):
    database = Database(database_url, durable=False)
    database.migrate()
    with database.writing() as connection:
        yield connection
    database.close()


def kept(connection, name, at=NOON, path=PATH):
    return keep(connection, path, f"text of {name}", name, actor="ada", now=at)


def test_the_newest_comes_first_and_each_file_has_its_own(connection):
    for at, name in enumerate(("  before\n the fair ", "", "")):
        kept(connection, name, NOON + at * HOUR)
    kept(connection, "Messe", path=OTHER)
    found = named_versions(connection, PATH)
    assert [(each.name, each.kept_at) for each in found] == [
        ("", NOON + 2 * HOUR),
        ("", NOON + HOUR),
        ("before the fair", NOON),
    ]
    assert named_version(connection, PATH, found[0].id) == found[0]
    assert named_version(connection, OTHER, found[0].id) is None
    carry_along(connection, OTHER, "campaigns/a/mails/one.owner.de.mjml")
    assert names_of(connection, "campaigns/a/mails/one.owner.de.mjml") == ["Messe"]


def test_what_was_removed_comes_back_for_a_day(connection):
    one, other = kept(connection, "one"), kept(connection, "other")
    assert remove(connection, PATH, one.id, NOON)
    assert not remove(connection, PATH, one.id, NOON)
    assert named_versions(connection, PATH) == (other,)
    assert removed(connection, PATH, one.id) == one
    assert removed(connection, PATH, other.id) is None
    assert put_back(connection, PATH, one.id)
    assert not put_back(connection, PATH, one.id)
    assert set(named_versions(connection, PATH)) == {one, other}
    remove(connection, PATH, one.id, NOON)
    kept(connection, "the day after", NOON + timedelta(days=1, minutes=1))
    assert not put_back(connection, PATH, one.id)


def test_what_is_too_much_is_refused_with_its_remedy(connection):
    with pytest.raises(ProgrammeError, match=f"at most {NAME_MAX}"):
        kept(connection, "x" * (NAME_MAX + 1))
    for number in range(MOST):
        kept(connection, f"{number}")
    with pytest.raises(ProgrammeError, match="remove one"):
        kept(connection, "one more")
    kept(connection, "elsewhere", path=OTHER)
