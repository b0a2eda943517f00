"""`nurture leads merge`: two leads that are one person, without a page."""

import os

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from nurture.cli import main
from nurture.store import records as table
from tests.webapp.stand import Stand


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("NURTURE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path))
    stand = Stand(f"sqlite:///{tmp_path / 'nurture.sqlite'}", tmp_path / "mailbox").publish().with_people()
    yield stand
    stand.engine.close()


def rows(home):
    with home.engine.database.reading() as connection:
        return connection.execute(select(table.lead_merge)).all()


def merge(*words):
    return CliRunner().invoke(main, ["leads", "merge", *words])


def test_two_leads_are_merged_by_address_and_parted_again(home):
    done = merge("ada@engine.example", "bob@norr.example")
    assert (done.exit_code, "will be merged into lead" in done.output) == (0, True)
    home.engine.tick()
    (row,) = rows(home)
    assert row.email == "bob@norr.example"
    assert "itself" in merge("ada@engine.example", "bob@norr.example").output
    again = merge("bob@norr.example", "--undo")
    assert (again.exit_code, f"Lead {row.other_id} will be a lead of its own" in again.output) == (0, True)
    home.engine.tick()
    assert rows(home)[0].undone_at is not None
    assert "No merge" in merge("ada@engine.example", "--undo").output


def test_it_is_asked_for_one_thing_at_a_time(home):
    assert merge("ada@engine.example").exit_code == 2
    assert merge("ada@engine.example", "bob@norr.example", "--undo").exit_code == 2
