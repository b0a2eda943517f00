"""Where a mail stands on its way to readers, and what was said of it."""

from sqlalchemy import Column, Integer, Table, Text

from nurture.store.records.metadata import metadata
from nurture.store.types import Moment

mail_review = Table(
    "mail_review",
    metadata,
    Column("path", Text, primary_key=True),
    Column(
        "state", Text, nullable=False
    ),  # in review, approved or retired; a mail without a row is told by its texts
    Column("sha256", Text, nullable=False),  # of the text that this was said of
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

mail_comment = Table(
    "mail_comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("words", Text, nullable=False),
    Column("settled_by", Text),  # null while it is open
    Column("settled_at", Moment),
)
