"""A sample that somebody asked for on a page, and how far it is. There is one row at most: the last."""

from sqlalchemy import Column, Float, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Moment

sample_load = Table(
    "sample_load",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("phase", Text, nullable=False),
    Column("share", Float, nullable=False, server_default=text("0")),  # of its days that are played, 0 to 1
    Column(
        "begun", Integer, nullable=False, server_default=text("0")
    ),  # how often, without being told to end
    Column("problem", Text),  # null unless the phase is failed
    Column("claimed_by", Text),  # null while nobody plays it
    Column("lease_until", Moment),
)
