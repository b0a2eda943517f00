"""Texts that their authors gave a name, to come back to."""

from sqlalchemy import Column, Integer, Table, Text

from nurture.store.records.metadata import metadata
from nurture.store.types import Moment

named_version = Table(
    "named_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),  # empty where the hour at which it was kept is name enough
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("removed_at", Moment),  # null while it is kept; for a while it can be put back
)
