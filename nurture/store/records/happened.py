"""What happened, whether a machine did it, and the points that it was worth."""

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

verdict = (
    Table(  # of opens and clicks that a machine made, or was thought to: what nobody ever doubted has no row
        "verdict",
        metadata,
        Column("event_id", Id, primary_key=True, autoincrement=False),
        Column("lead_id", Id, nullable=False),
        Column("humanity", Float, nullable=False),
        Column("pattern", Text),  # null: a person
        Column("overturned_at", Moment),  # null: as it was judged at first
        Column("overruled_by", Text),  # null: nobody has said otherwise
        Index("ix_verdict_lead_id", "lead_id"),
        Index("ix_verdict_pattern", "pattern", "event_id"),
        Index(
            "ix_verdict_overturned",
            "event_id",
            sqlite_where=text("overturned_at IS NOT NULL"),
            postgresql_where=text("overturned_at IS NOT NULL"),
        ),
    )
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
