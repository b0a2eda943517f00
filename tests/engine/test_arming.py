"""A copied or restored store sends nothing until it is armed; a store of one's own never has to be."""

import itertools

import pytest
from company import Company

from nurture.daemon.worker import say_alive
from nurture.engine.arming import Arming, _write

ids = itertools.count(1)


def at_home(url, home, **options):
    """A company whose engine keeps what it knows of its store in *home*."""
    company = Company(url, **options)
    company.engine._arming = Arming(company.database, home, company.clock, lambda: f"id {next(ids)}")
    return company


@pytest.fixture
def own(database_url, tmp_path):
    """A company at home, with mail to send."""
    company = at_home(database_url, tmp_path / "home")
    company.publish()
    company.enter("ann")
    yield company
    company.engine.close()


def test_a_new_store_sends_without_being_asked(own):
    own.engine.tick()
    assert own.engine.is_armed
    assert own.mailed() == ["ann"]


def test_a_store_that_went_on_by_itself_goes_on(own, database_url, tmp_path):
    own.engine.tick()
    own.later(days=2)
    again = at_home(database_url, tmp_path / "home", now=own.clock.now())
    again.later(days=2)
    assert again.engine.is_armed
    again.engine.close()


def test_on_another_home_it_absorbs_and_sends_nothing_until_it_is_armed(own, database_url, tmp_path):
    own.engine.tick()
    copy = at_home(database_url, tmp_path / "elsewhere", now=own.clock.now())
    (bob,) = copy.enter("bob")
    copy.later(days=2)
    assert not copy.engine.is_armed
    assert copy.mailed() == []
    assert copy.statuses(bob) == [("first", "planned")]  # the engine goes on deciding
    copy.engine.arm()
    copy.engine.tick()
    assert sorted(copy.mailed()) == ["ann", "bob"]
    assert own.engine.is_armed
    copy.engine.close()


def test_an_older_copy_on_its_own_home_sends_nothing_until_it_is_armed(own):
    """The store of before the last batch is put back."""
    own.engine.tick()
    backup = own.engine._arming._stored()
    own.later(days=2)
    assert own.mailed() == ["ann", "ann"]
    with own.database.writing() as connection:
        _write(connection, backup)
    own.enter("bob")
    own.engine.tick()
    assert not own.engine.is_armed
    assert own.mailed() == ["ann", "ann"]
    own.engine.arm()
    own.engine.tick()
    assert own.mailed() == ["ann", "ann", "bob"]


def test_homes_that_join_before_anything_was_sent_need_no_arming(own, database_url, tmp_path):
    other = at_home(database_url, tmp_path / "other")
    assert own.engine.is_armed
    assert other.engine.is_armed
    other.engine.tick()
    assert other.mailed() == ["ann"]
    assert other.engine.is_armed
    other.engine.close()


def test_a_copy_of_before_the_first_batch_is_a_copy_too(own):
    own.engine._arming.join()
    before = own.engine._arming._stored()
    own.engine.tick()
    with own.database.writing() as connection:
        _write(connection, before)
    assert not own.engine.is_armed


def test_a_new_store_in_the_home_of_a_lost_one_is_that_homes_own(own, tmp_path):
    own.engine.tick()
    other = at_home(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "home")
    other.publish()
    other.enter("bob")
    other.engine.tick()
    assert other.mailed() == ["bob"]
    other.engine.close()


def test_a_backup_from_before_what_another_home_sent_is_a_copy_here_too(own, tmp_path):
    here = Arming(own.database, tmp_path / "here", own.clock, lambda: "never asked")
    own.engine.tick()
    here.arm()
    backup = here._stored()
    own.later(days=2)
    here.join()
    with own.database.writing() as connection:
        _write(connection, backup)
    assert not here.is_armed


def test_a_home_that_has_nothing_to_do_knows_by_its_heartbeat_what_others_have_sent(
    own, database_url, tmp_path
):
    own.engine.tick()
    idle = at_home(database_url, tmp_path / "idle", now=own.clock.now())
    idle.engine.arm()
    backup = idle.engine._arming._stored()
    own.later(days=2)
    assert sorted(own.mailed()) == ["ann", "ann"]
    assert idle.engine.tick().is_idle
    say_alive(idle.engine)
    with own.database.writing() as connection:
        _write(connection, backup)
    assert not idle.engine.is_armed
    idle.engine.close()


def test_the_heartbeat_takes_no_copy_for_its_own(own, database_url, tmp_path):
    own.engine.tick()
    copy = at_home(database_url, tmp_path / "elsewhere", now=own.clock.now())
    say_alive(copy.engine)
    assert not copy.engine.is_armed
    copy.engine.close()
