"""Webhooks of mail providers: each once as it came, until it is no longer needed, and what it reports."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

provider_delivery = Table(
    "provider_delivery",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),  # SHA-256 of provider and body
    Column("provider", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("raw", LargeBinary),  # null once it is forgotten
    UniqueConstraint("key"),
    Index("ix_provider_delivery_received_at", "received_at"),
    sqlite_autoincrement=True,
)

provider_event = Table(
    "provider_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),  # SHA-256 of what makes it this event: told again, it is the same
    Column("delivery_id", Id, nullable=False),  # the first that told of it
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("touch_id", Id),  # null: nothing of ours is in it
    Column("recipient", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("reason", Text),  # null: the provider names none
    Column("bounce", Text),  # null: no failure
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),  # the words of the server, else of the provider
    Column("url", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("prefetched", Boolean, nullable=False),
    Column("did", Text),  # what came of it, in a sentence; null while an open or click waits to be judged
    UniqueConstraint("key"),
    Index("ix_provider_event_touch_id", "touch_id", "id"),
    Index(
        "ix_provider_event_waiting",
        "received_at",
        sqlite_where=text("did IS NULL"),
        postgresql_where=text("did IS NULL"),
    ),
    sqlite_autoincrement=True,
)
