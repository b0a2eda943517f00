"""Mail that came back: each message once, what it says, and the message itself until it is no longer needed."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, UniqueConstraint

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

inbound = Table(
    "inbound",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "key", Text, nullable=False
    ),  # SHA-256 of the Message-ID and the body: a second delivery is the same
    Column("received_at", Moment, nullable=False),
    Column("source", Text, nullable=False),  # the way in: pipe, maildir, imap, post
    Column("kind", Text, nullable=False),
    Column("touch_id", Id),  # null: nothing of ours proves one
    Column("lead_id", Id),  # null: nobody whom we know
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("code", Text),  # null: no bounce
    Column("did", Text, nullable=False),  # what came of it, in a sentence
    Column("raw", LargeBinary),  # null once it is forgotten
    UniqueConstraint("key"),
    Index("ix_inbound_lead_id", "lead_id", "id"),
    Index("ix_inbound_received_at", "received_at"),
    sqlite_autoincrement=True,
)
