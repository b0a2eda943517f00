"""Rows from one store into another, whichever engines they are: as they are, with their numbers, of which none is used a second time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    ColumnClause,
    Connection,
    Row,
    Table,
    TableClause,
    Text,
    column,
    func,
    select,
    table,
    text,
)

from nurture.store.types import Json

ROWS_AT_ONCE = 1_000
Take = Callable[[Sequence[Row[Any]]], object]
"""Puts a batch of rows where they go."""


def copy_table(
    source: Connection, target: Connection, copied: Table, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Copy all rows of a table. Returns how many.

    progress  told how many went over with each batch.
    """
    as_kept, count = _as_kept(copied), 0
    with (
        source.execute(select(as_kept), execution_options={"yield_per": ROWS_AT_ONCE}) as rows,
        (_stream if target.dialect.name == "postgresql" else _insert)(target, as_kept) as take,
    ):
        for batch in rows.partitions(ROWS_AT_ONCE):
            take(batch)
            count += len(batch)
            progress(len(batch))
    if (key := copied.autoincrement_column) is not None:
        _go_on(target, copied, key, max(_last_number(each, copied, key) for each in (source, target)))
    return count


def row_count(connection: Connection, counted: Table) -> int:
    """How many rows it has."""
    return connection.execute(select(func.count()).select_from(counted)).scalar_one()


# ------------------------------------------------------------ rows


def _as_kept(copied: Table) -> TableClause:
    """The table with its JSON as the text that it is on both engines: reading and writing it again would take most of the time."""
    return table(
        copied.name,
        *(column(each.name, Text() if isinstance(each.type, Json) else each.type) for each in copied.columns),
    )


@contextmanager
def _insert(target: Connection, filled: TableClause) -> Iterator[Take]:
    names = [each.name for each in filled.columns]
    yield lambda batch: target.execute(filled.insert(), [dict(zip(names, row, strict=True)) for row in batch])


@contextmanager
def _stream(target: Connection, filled: TableClause) -> Iterator[Take]:
    """By COPY, which PostgreSQL recommends for much ("Populating a Database"): several times as fast as by statements."""
    quote = target.dialect.identifier_preparer.quote
    names = ", ".join(quote(each.name) for each in filled.columns)
    binds = [_binding(each, target) for each in filled.columns]
    cursor: Any = target.connection.cursor()
    with cursor, cursor.copy(f"COPY {quote(filled.name)} ({names}) FROM STDIN") as into:

        def take(batch: Sequence[Row[Any]]) -> None:
            for row in batch:
                into.write_row([bind(value) for bind, value in zip(binds, row, strict=True)])

        yield take


def _binding(filled: ColumnClause[Any], target: Connection) -> Callable[[Any], Any]:
    """What makes of a value of ours what the driver takes."""
    return filled.type.dialect_impl(target.dialect).bind_processor(target.dialect) or (lambda value: value)


# ------------------------------------------------------------ numbers


def _last_number(connection: Connection, numbered: Table, key: Column[Any]) -> int:
    """The highest number that was given, also to a row that has gone, where the engine keeps it."""
    found = [connection.execute(select(func.max(key))).scalar()]
    if connection.dialect.name == "postgresql":
        given = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :key))")
        found.append(connection.execute(given, {"table": numbered.name, "key": key.name}).scalar())
    elif numbered.dialect_options["sqlite"]["autoincrement"]:
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        found.append(connection.execute(given, {"table": numbered.name}).scalar())
    return max((each for each in found if each is not None), default=0)


def _go_on(connection: Connection, numbered: Table, key: Column[Any], last: int) -> None:
    """Give the next row the number after *last*, where the engine keeps that."""
    said = {"table": numbered.name, "key": key.name, "last": last}
    if not last:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)"), said)
    elif numbered.dialect_options["sqlite"]["autoincrement"]:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), said)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), said)
