"""Demo data comes into a store that is in use, by its own programme: whole, or not at all, and beside nobody of ours."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from nurture.delivery.mailbox import Mailbox
from nurture.delivery.memory import MemoryTransport
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.sample import remove_sample, sample_count
from nurture.engine.sample_loads import (
    BEGUN_MOST,
    LEASE,
    Phase,
    ask_for_sample,
    claim_load,
    last_load,
    leave_load,
    stop_load,
    tell_load,
)
from nurture.errors import SetupError
from nurture.identity import Keyring
from nurture.simulation.clock import VirtualClock
from nurture.simulation.loading import load_asked
from nurture.store import records as table
from nurture.store.database import Database
from tests.webapp.stand import shipped

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
LEADS, HISTORY = 6, timedelta(days=3)


@pytest.fixture
def engine(database_url):
    """An installation without leads."""
    database = Database(database_url, durable=False)
    database.migrate()
    clock = VirtualClock(MONDAY)
    engine = Engine(
        database=database,
        transport=MemoryTransport(clock),
        keyring=Keyring(b"k" * 32),
        clock=clock,
        base_url="http://t.example",
    )
    yield engine
    engine.close()


def asked(engine):
    with engine.deciding() as (connection, now):
        ask_for_sample(connection, by="ines@us.example", now=now)


def loaded(engine, **given):
    """Play what waits; how it ended, and what was said of it."""
    given = {"draft": None, "refused": None, "files": shipped, **given}
    assert load_asked(engine, by="w", leads=LEADS, history=HISTORY, **given)
    with engine.database.reading() as connection:
        load = last_load(connection)
    return load.phase, load.problem


def somebody_visits(engine):
    """Nobody knows whose visit it is."""
    with engine.deciding() as (connection, now):
        visits = select(func.count()).where(table.event.c.source == "site")
        row = {
            "visitor": "v",
            "kind": "page.visited",
            "occurred_at": now,
            "received_at": now,
            "properties": {},
        }
        known = {"source": "site", "source_id": str(connection.execute(visits).scalar_one())}
        connection.execute(table.event.insert().values({**row, **known}))


def leads_in(engine):
    with engine.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table.lead)).scalar_one()


def test_it_is_played_by_what_is_live_and_what_is_there_stays(engine, tmp_path):
    engine.publish(shipped(), actor="ines", reason="ours")
    with engine.deciding() as (connection, now):
        audit(connection, actor="ines", what="logged in", now=now)
        before = connection.execute(select(table.audit_entry)).all()
    somebody_visits(engine)
    asked(engine)
    assert loaded(engine, draft=tmp_path / "draft") == (Phase.LOADED, None)
    with engine.database.reading() as connection:
        assert sample_count(connection) == leads_in(engine) == LEADS
        assert connection.execute(select(func.count()).select_from(table.revision)).scalar_one() == 1
        assert connection.execute(select(table.audit_entry)).all() == before
        revisions = connection.execute(select(table.event.c.revision).distinct()).scalars()
        assert set(revisions) - {None} == {1}
        numbers = set(connection.execute(select(table.touch.c.mail_revision)).scalars()) - {None}
        assert numbers <= set(connection.execute(select(table.mail_revision.c.number)).scalars())
        sent = select(func.count()).where(table.touch.c.status == "sent")
        assert connection.execute(sent).scalar_one()
    assert Mailbox(tmp_path / "draft").newest_first()
    somebody_visits(engine)  # the store's own numbers go on
    engine.tick()


def test_it_is_loaded_again_after_it_was_taken_out(engine):
    for _ in range(2):
        asked(engine)
        assert loaded(engine) == (Phase.LOADED, None)
        assert remove_sample(engine.database, None).leads == LEADS
        with engine.database.reading() as connection:
            assert last_load(connection) is None


def test_leads_that_came_meanwhile_keep_it_out(engine):
    engine.publish(shipped(), actor="ines", reason="ours")
    asked(engine)

    def somebody_comes(share, came=[]):  # noqa: B006 once
        if share > 0.5 and not came:
            came.append(share)
            engine.enter_leads(
                [NewLead(reference="1", fields={"email": "ada@real.example"})], source="import"
            )
        return True

    phase, problem = loaded(engine, goes_on=somebody_comes)
    assert phase is Phase.FAILED
    assert "leads here already" in problem
    with engine.database.reading() as connection:
        assert sample_count(connection) == 0
    assert leads_in(engine) == 1


def test_whoever_stops_it_finds_nothing_of_it(engine):
    engine.publish(shipped(), actor="ines", reason="ours")
    asked(engine)

    def stopped_late(share):
        if share > 0.9:
            with engine.deciding() as (connection, _):
                stop_load(connection)
        return True

    assert loaded(engine, goes_on=stopped_late) == (Phase.STOPPED, None)
    assert leads_in(engine) == 0


def test_a_player_that_is_told_to_end_leaves_it_to_the_next(engine):
    engine.publish(shipped(), actor="ines", reason="ours")
    asked(engine)
    assert loaded(engine, goes_on=lambda _: False) == (Phase.LOADING, None)
    with engine.database.reading() as connection:
        assert last_load(connection).begun == 0
    assert leads_in(engine) == 0
    assert loaded(engine) == (Phase.LOADED, None)


def test_where_mail_leaves_none_is_loaded(engine):
    asked(engine)
    assert loaded(engine, refused="mail leaves") == (Phase.FAILED, "mail leaves")


def test_where_there_are_leads_none_is_asked_for(engine):
    engine.enter_leads([NewLead(reference="1", fields={"email": "ada@real.example"})], source="import")
    with pytest.raises(SetupError, match="only where there are none"):
        asked(engine)


# ---------------------------------------------------------------- the row


def claimed(engine, by):
    with engine.deciding() as (connection, now):
        return claim_load(connection, by=by, now=now)


def test_one_plays_it_at_a_time_and_another_once_that_one_is_lost(engine):
    asked(engine)
    asked(engine)  # pressed twice
    first = claimed(engine, "a")
    assert first.begun == 1
    assert claimed(engine, "b") is None
    engine.clock.turn_to(MONDAY + LEASE + timedelta(seconds=1))
    assert claimed(engine, "b").claimed_by == "b"
    with engine.deciding() as (connection, now):
        assert not tell_load(connection, first, 0.5, now)


def test_what_is_broken_off_again_and_again_has_failed(engine):
    asked(engine)
    for _ in range(BEGUN_MOST):
        assert claimed(engine, "a")
        with engine.deciding() as (connection, _):
            leave_load(connection, "a", told=False)
    assert claimed(engine, "a") is None
    with engine.database.reading() as connection:
        assert last_load(connection).phase is Phase.FAILED
