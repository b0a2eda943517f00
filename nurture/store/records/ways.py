"""How far each lead has come, and when: what reports count, so that no page reads events."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

lead_way = Table(
    "lead_way",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("came_at", Moment, nullable=False),  # when the lead was made
    Column("persona", Text),  # of now; null: none fits well enough
    # When it first came to the stage or to one after it; null: it has not come so far.
    Column("mql_at", Moment),
    Column("sal_at", Moment),
    Column("sql_at", Moment),
    Column("opportunity_at", Moment),
    Column("customer_at", Moment),
    Column("advocate_at", Moment),
    Index("ix_lead_way_came_at", "came_at", "persona"),
    Index(
        "ix_lead_way_moved",
        "came_at",
        "persona",
        "mql_at",
        "sal_at",
        "sql_at",
        "opportunity_at",
        "customer_at",
        "advocate_at",
        sqlite_where=text("mql_at IS NOT NULL"),
        postgresql_where=text("mql_at IS NOT NULL"),
    ),
)
