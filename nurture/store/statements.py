"""Statements that both engines understand under one name."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[dict[str, Any]]


def insert_if_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert *rows*; those that collide with a key or a unique constraint are left out."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table).on_conflict_do_nothing(), rows)


def insert_new(connection: Connection, table: Table, rows: Rows, *, key: str) -> dict[str, int]:
    """Insert *rows* into a table with a number of its own, without those that collide; the numbers of the new ones by *key*."""
    if not rows:
        return {}
    statement = (
        _insert(connection.dialect.name, table).on_conflict_do_nothing().returning(table.c[key], table.c.id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(statement, rows)}


def upsert(connection: Connection, table: Table, rows: Rows, *, key: Sequence[str]) -> None:
    """Insert *rows*, or set their other columns where *key* exists. All rows have the same columns."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0]), tuple(key)), rows)


def add_up(connection: Connection, table: Table, rows: Rows, *, key: Sequence[str]) -> None:
    """Insert *rows*, or add their other columns to those of the row that has *key*."""
    if rows:
        connection.execute(_add_up(connection.dialect.name, table, tuple(rows[0]), tuple(key)), rows)


@cache  # building one takes as long as a small commit
def _upsert(dialect: str, table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    others = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=others)


@cache
def _add_up(dialect: str, table: Table, columns: tuple[str, ...], key: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    sums = {name: table.c[name] + statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=sums)


def _insert(dialect: str, table: Table) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)
