"""What a process keeps of the file in its memory, with all the connections that it may hold."""

from contextlib import ExitStack

from nurture.store.database import Database

KIB_MOST = 48 * 1024


def test_all_connections_of_a_process_together_keep_little_of_the_file(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/nurture.sqlite")
    with ExitStack() as held:
        connections = [held.enter_context(database.reading()) for _ in range(database.engine.pool.size())]
        kept = [-each.exec_driver_sql("PRAGMA cache_size").scalar_one() for each in connections]
    database.close()
    assert len(kept) > 1
    assert all(kib > 0 for kib in kept)
    assert sum(kept) <= KIB_MOST
