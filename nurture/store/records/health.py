"""How the installation is: the last report of the doctor, and the last sign of life of a worker."""

from sqlalchemy import Column, Table, Text

from nurture.store.records.metadata import metadata
from nurture.store.types import Json, Moment

health = Table(
    "health",
    metadata,
    Column("name", Text, primary_key=True),  # report, worker
    Column("at", Moment, nullable=False),
    Column("value", Json),  # the report; null where the moment says it all
)
