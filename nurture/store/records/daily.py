"""Sums a day, so that no page counts events."""

from sqlalchemy import Boolean, Column, Integer, Table, Text

from nurture.store.records.metadata import metadata

daily_count = Table(
    "daily_count",
    metadata,
    Column("what", Text, primary_key=True),  # an event's kind, or a temperature or stage: ``engine.daily``
    Column("sample", Boolean, primary_key=True),
    Column("day", Text, primary_key=True),  # ISO date in the programme's zone
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
