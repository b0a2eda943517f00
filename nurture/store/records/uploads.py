"""Files of leads that were given to a page, and how far their import is. What stands in the files is kept beside the store."""

from sqlalchemy import Column, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Json, Moment

upload = Table(
    "upload",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("folder", Text, nullable=False, unique=True),  # below the installation's own
    Column("file", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),  # when a person, or the work on it, last did something
    Column("asked", Json, nullable=False),
    Column("phase", Text, nullable=False),
    Column("seen", Integer, nullable=False, server_default=text("0")),  # rows of this phase so far
    Column("expected", Integer, nullable=False, server_default=text("0")),
    Column("brought", Json, nullable=False, server_default=text("'[]'")),  # what came of each file
    Column("problem", Text),  # null unless the phase is failed
    Column("claimed_by", Text),  # null while nobody works on it
    Column("lease_until", Moment),
    Column("forgotten_at", Moment),  # null while its folder is there
)
