"""What happened, and the points that it was worth."""

from sqlalchemy import Column, Float, Index, Integer, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id),  # null: waits for its lead
    Column("visitor", Text),  # null: the lead was known
    Column("kind", Text, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("properties", Json, nullable=False),
    Column("revision", Integer),  # the programme it was absorbed with; null until then
    Column("absorbed_at", Moment),  # null until absorbed
    UniqueConstraint("source", "source_id"),
    Index("ix_event_lead_id_id", "lead_id", "id"),
    Index(
        "ix_event_waiting",
        "id",
        sqlite_where=text("absorbed_at IS NULL AND lead_id IS NOT NULL"),
        postgresql_where=text("absorbed_at IS NULL AND lead_id IS NOT NULL"),
    ),
    Index(
        "ix_event_visitor",
        "visitor",
        sqlite_where=text("lead_id IS NULL"),
        postgresql_where=text("lead_id IS NULL"),
    ),
    sqlite_autoincrement=True,
)

score_entry = Table(
    "score_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False),
    Column("event_id", Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("group_name", Text, nullable=False),
    Column("half_life", Integer, nullable=False),
    Column("offered", Float, nullable=False),
    Column("credited", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_score_entry_lead_id", "lead_id"),
)
