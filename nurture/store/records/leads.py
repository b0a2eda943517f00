"""Who leads are and where they stand."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment, Packed

lead = Table(
    "lead",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("email", Text, unique=True),  # null: cannot be mailed
    Column("reference", Text, unique=True),  # the source's own id, for leads without an address; null: none
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company", Text),
    Column("country", Text),
    Column("source", Text),
    Column("created_at", Moment, nullable=False),
    Column("sample", Boolean, nullable=False, server_default=text("false")),
)

lead_state = Table(
    "lead_state",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("state", Packed, nullable=False),
    Column("temperature", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("persona", Text),  # null: none fits well enough
    Column("owner", Text),  # null: no rep
    Column("fit_score", Integer, nullable=False),
    Column("interest_score", Float, nullable=False),  # at scored_at; it has decayed since
    Column("scored_at", Moment, nullable=False),
    Index("ix_lead_state_interest", "temperature", "interest_score"),
    Index("ix_lead_state_stage", "stage"),
)

visitor = Table(
    "visitor",
    metadata,
    Column("id", Text, primary_key=True),
    Column("lead_id", Id),  # null: anonymous so far
    Column("seen_at", Moment, nullable=False),
)

serial = Table(
    "serial",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next", Id, nullable=False),
)
