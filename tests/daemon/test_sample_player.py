"""Demo data that a page asked for is played by a process of its own, which ends with its worker and is begun again."""

from threading import Event as Flag
from threading import Thread
from time import monotonic

from nurture import app
from nurture.config import read_settings
from nurture.daemon.sample import play_what_is_asked
from nurture.engine.sample_loads import Phase, ask_for_sample, last_load, stop_load
from tests.engine.company import campaign, catalog

PATIENCE_SECONDS = 120


def test_the_player_ends_with_its_worker_and_leaves_the_sample_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path))
    engine = app.make_engine(read_settings())
    engine.publish(catalog(campaign()), actor="ines", reason="ours")
    with engine.deciding() as (connection, now):
        ask_for_sample(connection, by="ines@us.example", now=now)
    worker = Thread(target=play_what_is_asked, args=(engine,))
    worker.start()
    try:
        until = monotonic() + PATIENCE_SECONDS
        while load_of(engine).claimed_by is None:
            assert monotonic() < until, "nobody took it"
            Flag().wait(0.05)
    finally:
        engine.stop()
        worker.join(PATIENCE_SECONDS)
    assert not worker.is_alive()
    left = load_of(engine)
    assert (left.phase, left.claimed_by, left.begun) == (Phase.LOADING, None, 0)
    assert engine.lead_count == 0
    with engine.deciding() as (connection, _):
        stop_load(connection)
    play_what_is_asked(engine)  # nothing waits: it comes back at once
    engine.close()


def load_of(engine):
    with engine.database.reading() as connection:
        return last_load(connection)
