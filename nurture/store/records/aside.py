"""What could not be worked on through our own fault, and waits for a person. What it was stays where it is, and is not lost."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("ref", Id, nullable=False),  # the number of the event, touch, walk ...; 0 for what has none
    Column("part", Text, nullable=False, server_default=text("''")),  # tells apart what has the same number
    Column("lead_id", Id),  # null: of no lead, or of one that is not known
    Column("what", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("place", Text, nullable=False),  # file:line function, where it was raised
    Column("digest", Text, nullable=False),  # of the whole traceback: equal for the same fault
    Column("kept", Text),  # as it came, where it would else be lost; null: it is kept in a table of its own
    Column("at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("1")),
    Column("dismissed_at", Moment),  # null: open
    Column("dismissed_by", Text),
    Column("why", Text),
    UniqueConstraint("kind", "ref", "part"),
    Index("ix_set_aside_lead_id", "lead_id"),
    sqlite_autoincrement=True,
)
