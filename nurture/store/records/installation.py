"""What an installation has set on its pages, beside what its environment says."""

from sqlalchemy import Column, Table, Text

from nurture.store.records.metadata import metadata
from nurture.store.types import Json, Moment

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),  # a field of Settings
    Column("value", Json, nullable=False),  # a secret is sealed
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
)
