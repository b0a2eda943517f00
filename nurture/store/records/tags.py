"""What lists of leads are filtered by, beside a lead's own columns: tags, segments as last counted, campaigns, saved views."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

lead_tag = Table(
    "lead_tag",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("tag", Text, primary_key=True),
    Index("ix_lead_tag_tag_lead_id", "tag", "lead_id"),
    sqlite_with_rowid=False,
)

lead_campaign = Table(  # live enrolments
    "lead_campaign",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("campaign", Text, primary_key=True),
    Index("ix_lead_campaign_campaign_lead_id", "campaign", "lead_id"),
    sqlite_with_rowid=False,
)

segment_member = Table(  # as of the segment's last count
    "segment_member",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("segment", Text, primary_key=True),
    Index("ix_segment_member_segment_lead_id", "segment", "lead_id"),
    sqlite_with_rowid=False,
)

audience_count = Table(
    "audience_count",
    metadata,
    Column("kind", Text, primary_key=True),  # segment, or tag
    Column("key", Text, primary_key=True),
    Column("condition", Text, nullable=False),  # as it was counted; "" for a tag
    Column("members", Integer, nullable=False),
    Column("no_address", Integer, nullable=False),
    Column("suppressed", Integer, nullable=False),
    Column("sales_owned", Integer, nullable=False),
    Column("counted_at", Moment, nullable=False),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("owner", Text, nullable=False),  # "": everybody's
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
    UniqueConstraint("owner", "name"),
)
