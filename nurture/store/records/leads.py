"""Who leads are and where they stand."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment, Packed, Sortable

lead = Table(
    "lead",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("email", Sortable, unique=True),  # null: cannot be mailed
    Column("reference", Text, unique=True),  # the source's own id, for leads without an address; null: none
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company", Text),
    Column("country", Text),
    Column("source", Text),
    Column("created_at", Moment, nullable=False),
    Column("sample", Boolean, nullable=False, server_default=text("false")),
    Column("untracked", Boolean, nullable=False, server_default=text("false")),  # nobody may measure it
    Column(
        "name_key", Sortable, nullable=False, server_default=text("''")
    ),  # lists sort by it; "" until listed
    Column("last_key", Sortable),  # null: no last name
    Column("company_key", Sortable),  # null: of no company that we know
    Index("ix_lead_name_key", "name_key"),
    Index("ix_lead_last_key", "last_key"),
    Index("ix_lead_company_key", "company_key"),
    Index("ix_lead_source", "source"),
    Index(
        "ix_lead_unmailable",
        "id",
        sqlite_where=text("email IS NULL"),
        postgresql_where=text("email IS NULL"),
    ),
    Index("ix_lead_untracked", "id", sqlite_where=text("untracked"), postgresql_where=text("untracked")),
    Index("ix_lead_sample", "id", sqlite_where=text("sample"), postgresql_where=text("sample")),
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
    Column("suppressed", Text),  # the cause; null: may be mailed
    Column("clock_due_at", Moment),  # of the agreed time with sales that runs; null: none does
    Column("fit_score", Integer, nullable=False),
    Column("interest_score", Float, nullable=False),  # at scored_at; it has decayed since
    Column("scored_at", Moment, nullable=False),
    # Whatever a list filters by, so that it reads no state that it does not show.
    Index(
        "ix_lead_state_listed",
        "temperature",
        "interest_score",
        "lead_id",
        "stage",
        "grade",
        "persona",
        "owner",
        "suppressed",
        "fit_score",
    ),
    Index("ix_lead_state_stage", "stage"),
    Index(
        "ix_lead_state_clock_due_at",
        "clock_due_at",
        sqlite_where=text("clock_due_at IS NOT NULL"),
        postgresql_where=text("clock_due_at IS NOT NULL"),
    ),
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
