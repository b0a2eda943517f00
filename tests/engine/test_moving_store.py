"""A store moves to another database, and the campaign goes on there: nothing is lost, nothing leaves twice, the old store stands still."""

from datetime import timedelta

import pytest
from company import Company

from nurture.engine.arming import Arming
from nurture.engine.at_work import note_worker
from nurture.engine.installation import read_installation
from nurture.engine.moved import forget_move, moved
from nurture.engine.moving_store import AT_WORK, move_store
from nurture.errors import SetupError
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.store.database import Database

SECRET = b"x" * 32


def armed(database, home, clock):
    return Arming(database, home, clock, lambda: "a new id")


@pytest.fixture
def own(database_url, tmp_path):
    """A company whose first lead has had the first of two mails."""
    company = Company(database_url)
    company.engine._arming = armed(company.database, tmp_path / "home", company.clock)
    company.publish()
    company.enter("ann")
    company.engine.tick()
    company.later(minutes=1)
    yield company
    company.engine.close()


@pytest.fixture
def target(database_url, request, tmp_path):
    """An empty store on the other engine."""
    url = (
        request.getfixturevalue("postgres_database_url")
        if database_url.startswith("sqlite")
        else f"sqlite:///{tmp_path / 'other.sqlite'}"
    )
    database = Database(url)
    database.migrate()
    yield database
    database.close()


def move(own, target, home, progress=lambda done, of: None):
    arm = armed(target, home, own.clock).arm
    return move_store(own.database, target, clock=own.clock, by="mara", arm=arm, progress=progress)


def everything(database):
    with database.reading() as connection:
        return {
            each.name: sorted(map(repr, connection.execute(each.select())))
            for each in table.metadata.sorted_tables
        }


def test_the_campaign_goes_on_in_the_new_store_and_in_it_alone(own, target, tmp_path):
    before = everything(own.database)
    seen = []
    rows = move(own, target, tmp_path / "home", lambda done, of: seen.append((done, of)))
    assert {name: count for name, count in rows.items() if count} == {
        name: len(each) for name, each in before.items() if each
    }
    assert seen[-1] == (sum(rows.values()), sum(rows.values()))
    after = everything(target)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"setting"}, "the new store is the one that sends"

    there = Company(target.url, now=own.clock.now())
    there.engine._arming = armed(there.database, tmp_path / "home", own.clock)
    there.later(days=2)
    assert there.engine.is_armed
    assert there.mailed() == ["ann"], "the second mail leaves, and the first does not again"
    assert list(states_differ(there.database)) == []
    there.engine.close()

    assert not own.engine.is_armed
    own.later(days=2)
    assert own.mailed() == ["ann"], "only the first mail ever left here"
    with (
        own.database.reading() as connection,
        pytest.raises(SetupError, match=r"was moved to .* set NURTURE_DATABASE_URL"),
    ):
        read_installation(connection, SECRET)


def test_who_takes_the_old_store_up_again_may(own, target, tmp_path):
    move(own, target, tmp_path / "home")
    with own.database.writing() as connection:
        forget_move(connection)
        assert moved(connection) is None
        assert read_installation(connection, SECRET) == {}
    own.engine.arm()
    own.later(days=2)
    assert own.mailed() == ["ann", "ann"]


def test_it_does_not_move_while_somebody_works(own, target, tmp_path):
    with own.engine.deciding() as (connection, now):
        note_worker(connection, now)
    own.clock.turn_to(own.clock.now() + AT_WORK - timedelta(seconds=1))
    with pytest.raises(SetupError, match="a worker was at work 89 seconds ago"):
        move(own, target, tmp_path / "home")
    own.clock.turn_to(own.clock.now() + timedelta(seconds=1))
    assert move(own, target, tmp_path / "home")["lead"] == 1


def test_it_moves_only_into_an_empty_store_and_only_once(own, target, tmp_path):
    move(own, target, tmp_path / "home")
    with pytest.raises(SetupError, match="this store was moved"):
        move(own, target, tmp_path / "home")
    with own.database.writing() as connection:
        forget_move(connection)
    with pytest.raises(SetupError, match="has rows in"):
        move(own, target, tmp_path / "home")


def test_broken_off_it_has_done_nothing(own, target, tmp_path):
    before = everything(own.database)

    def stop(done, of):
        if done > of / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(own, target, tmp_path / "home", stop)
    assert everything(own.database) == before
    assert not any(everything(target).values())
    assert own.engine.is_armed
    assert move(own, target, tmp_path / "home")["lead"] == 1
