"""Statements that both engines understand under one name."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[dict[str, Any]]


def insert_if_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert *rows*; those that collide with a key or a unique constraint are left out."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def insert_new(connection: Connection, table: Table, rows: Rows, *, key: str) -> dict[str, int]:
    """Insert *rows* into a table with a number of its own, without those that collide; the numbers of the new ones by *key*."""
    if not rows:
        return {}
    statement = _insert(connection, table).on_conflict_do_nothing().returning(table.c[key], table.c.id)
    return {row[0]: int(row[1]) for row in connection.execute(statement, rows)}


def upsert(connection: Connection, table: Table, rows: Rows, *, key: Sequence[str]) -> None:
    """Insert *rows*, or set their other columns where *key* exists. All rows have the same columns."""
    if not rows:
        return
    statement = _insert(connection, table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=others), rows)


def add_up(connection: Connection, table: Table, rows: Rows, *, key: Sequence[str]) -> None:
    """Insert *rows*, or add their other columns to those of the row that has *key*."""
    if not rows:
        return
    statement = _insert(connection, table)
    sums = {name: table.c[name] + statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=sums), rows)


def _insert(connection: Connection, table: Table) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
