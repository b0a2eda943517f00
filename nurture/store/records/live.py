"""What is live: revisions and their texts; and how far files were read."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Json, Moment

content_text = Table(
    "content_text",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("sha256", Text, nullable=False),
    Column("applied_at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("origin", Text, nullable=False, server_default=text("'files'")),  # files, or pages
    Column("pulled_at", Moment),  # null until it was written back to files
)

revision_text = Table(
    "revision_text",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("content_text.sha256"), nullable=False),
)

pinned_tracks = Table(  # earlier tracks that leads follow under a revision
    "pinned_tracks",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number", ondelete="CASCADE"), primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("kept", Integer, ForeignKey("revision.number"), primary_key=True),  # the revision that has them
    Column("before", Moment, nullable=False),  # by leads that entered before
)

mail_revision = Table(
    "mail_revision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column(
        "sha256", Text, nullable=False, unique=True
    ),  # of the path, the text, every template, and the programme's own utm
    Column("path", Text, nullable=False),
    Column("links", Json, nullable=False),  # [[name, url], ...] in the order of their index
    Column(
        "utm", Json
    ),  # what the links tell their sites, {} for nothing; null: as before programmes could say
    Column(
        "proved_by", Text
    ),  # the compiler and sandbox that it was proved with; null: before there were proofs
)

spool_position = Table(
    "spool_position",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Text, nullable=False),
)

import_job = Table(
    "import_job",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the file and how it is read
    Column("file", Text, nullable=False),
    Column("line", Integer, nullable=False),  # the last line whose row is settled
    Column("created", Integer, nullable=False),
    Column("merged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("unmailable", Integer, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("finished_at", Moment),  # null while it runs, or was stopped
)
