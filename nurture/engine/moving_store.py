"""Moving a store to another database: everything goes over in one transaction, and only then the old one ends.

    nobody is at work, the new one is empty --> all rows, counted on both sides --> the new one may send --> the old one says where it went

Broken off before the last row has gone over, the new store is as empty as it was, and the old one is the store.
"""

from collections.abc import Callable

from sqlalchemy import Connection, select, text

from nurture.engine.at_work import BEAT, worker_at
from nurture.engine.moved import mark_moved, refuse_moved
from nurture.errors import SetupError
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.copying import copy_table, row_count
from nurture.store.database import Database

AT_WORK = 3 * BEAT
"""A worker that was heard of so lately may still be at work."""


def move_store(
    source: Database,
    target: Database,
    *,
    clock: Clock,
    by: str,
    arm: Callable[[], None],
    progress: Callable[[int, int], None],
) -> dict[str, int]:
    """Move all that *source* keeps into *target*, which has today's tables. Returns the rows of each table.

    arm       lets *target* send from here; called when everything is there.
    progress  told of how many rows have gone over, and of how many.

    Raises SetupError where a worker is at work, *source* has moved already, or *target* has rows.
    """
    with source.writing() as old:
        refuse_moved(old)
        _keep_still(old)
        _refuse_work(old, clock)
        with target.writing() as new:
            _refuse_rows(new, target)
            rows = _copied(old, new, progress)
        arm()
        mark_moved(old, target.shown, by=by, now=clock.now())
    return rows


def _copied(old: Connection, new: Connection, progress: Callable[[int, int], None]) -> dict[str, int]:
    wanted = {each.name: row_count(old, each) for each in table.metadata.sorted_tables}
    done = 0

    def went_over(count: int) -> None:
        nonlocal done
        done += count
        progress(done, sum(wanted.values()))

    for each in table.metadata.sorted_tables:
        copy_table(old, new, each, went_over)
    found = {each.name: row_count(new, each) for each in table.metadata.sorted_tables}
    assert found == wanted, "nobody else writes to either"
    return found


def _keep_still(connection: Connection) -> None:
    """Let nobody else write until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.metadata.tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _refuse_work(connection: Connection, clock: Clock) -> None:
    seen = worker_at(connection)
    if seen is not None and clock.now() - seen < AT_WORK:
        raise SetupError(
            f"a worker was at work {(clock.now() - seen).total_seconds():.0f} seconds ago; end `nurture up` wherever it runs, "
            f"and move {AT_WORK.total_seconds():.0f} seconds after that"
        )


def _refuse_rows(connection: Connection, target: Database) -> None:
    for each in table.metadata.sorted_tables:
        if connection.execute(select(text("1")).select_from(each).limit(1)).first() is not None:
            raise SetupError(f"{target.shown} has rows in “{each.name}”; move into an empty database")
