"""Walks over all leads, a batch at a time: what a broadcast, a bulk change or a count has still to do."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

sweep = Table(
    "sweep",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # broadcast, tags, segments, listing, or bulk
    Column("subject", Text, nullable=False),  # of a broadcast its campaign; "" for what concerns all leads
    Column("asked", Json, nullable=False),  # what is to be done, by kind
    Column("actor", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("last_lead_id", Id, nullable=False, server_default=text("0")),
    Column("seen", Integer, nullable=False, server_default=text("0")),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    Column("counts", Json, nullable=False),  # what was counted on the way, by kind
    Column("paused_at", Moment),  # null while it runs or waits for its moment
    Column("cancelled_at", Moment),
    Column("finished_at", Moment),  # null until it has been over every lead
    Index(
        "ix_sweep_broadcast",
        "subject",
        unique=True,
        sqlite_where=text("kind = 'broadcast'"),
        postgresql_where=text("kind = 'broadcast'"),
    ),
)
