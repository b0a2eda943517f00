"""System mails on their way: posted once by key, sent by a tick, kept as proof of what left."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # in the order in which they were posted
    Column("key", Text, nullable=False),
    Column("mail", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column(
        "given", Json, nullable=False
    ),  # what its names say; empty once it is settled: they may hold a link that opens a door
    Column("language", Text),  # for a reader whose own is not known; null: the installation's
    Column("lead_id", Id),  # null: about no lead
    Column("posted_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("tried_at", Moment),  # its first try; null until then
    Column("settled_at", Moment),  # null until it is in a final status
    Column("code", Text),  # null until a server has answered
    Column("answer", Text),
    UniqueConstraint("key"),
)
