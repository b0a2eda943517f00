"""What authors have begun and not made live."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, false

from nurture.store.records.metadata import metadata
from nurture.store.types import Moment

draft = Table(
    "draft",
    metadata,
    Column("path", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # counts the saved states from 1
    Column("based_on", Integer, ForeignKey("revision.number"), nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("is_undone", Boolean, nullable=False, server_default=false()),
)
