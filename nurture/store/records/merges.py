"""Leads that were merged into others, and what came for them since."""

from sqlalchemy import Boolean, Column, Index, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment, Packed, Sortable

IN_FORCE = "undone_at IS NULL"

lead_merge = Table(
    "lead_merge",
    metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),  # of the merge
    Column("lead_id", Id, nullable=False),  # the survivor
    Column("other_id", Id, nullable=False),  # who went into it; no lead has the number while it is in force
    Column("email", Sortable),  # of the other, and so on
    Column("reference", Text),
    Column("sample", Boolean, nullable=False),
    Column("merge", Packed, nullable=False),
    Column("merged_at", Moment, nullable=False),
    Column("undone_at", Moment),  # null: in force
    *(
        Index(
            f"ix_lead_merge_{name}",
            name,
            unique=name != "lead_id",
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        )
        for name in ("lead_id", "other_id", "email", "reference")
    ),
)

rerouted = Table(
    "rerouted",
    metadata,
    Column("event_id", Id, primary_key=True, autoincrement=False),
    Column("lead_id", Id, nullable=False),  # for whom it came
    Index("ix_rerouted_lead_id", "lead_id"),
)
