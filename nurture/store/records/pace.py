"""How fast mail may leave, and whether: pauses, rests, the ramp of a sender, and what came of each campaign's mail."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Moment

pause = Table(
    "pause",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("campaign", Text, nullable=False),  # empty: everything
    Column("cause", Text, nullable=False),  # person, sender, complaints, bounces
    Column("problem", Text),  # of the sender, see ``delivery.sender_problems``; null for any other cause
    Column("why", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("actor", Text, nullable=False),  # empty: by itself
    Column("ended_at", Moment),  # null while nothing leaves
    Column("ended_by", Text),
    Column("ended_why", Text),
    # One at a time for each campaign, and for everything.
    Index(
        "uq_pause_live",
        "campaign",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_pause_ended_at", "ended_at"),
)

way_out_rest = Table(
    "way_out_rest",
    metadata,
    Column("way_out", Text, primary_key=True),  # the name of a transport
    Column("until", Moment, nullable=False),  # it asked to be left alone until then
    sqlite_with_rowid=False,
)

sender_day = Table(
    "sender_day",
    metadata,
    Column("sender", Text, primary_key=True),  # a domain; empty: from before senders were told apart
    Column("day", Text, primary_key=True),  # ISO date in the programme's zone
    Column("used", Integer, nullable=False),  # mails that left, or are on their way
    Column(
        "held", Boolean, nullable=False, server_default=text("false")
    ),  # a day on which the ramp does not grow
    sqlite_with_rowid=False,
)

campaign_hour = Table(
    "campaign_hour",
    metadata,
    Column("campaign", Text, primary_key=True),
    Column("hour", Moment, primary_key=True),  # when it was taken in
    Column("attempted", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("hard", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Index("ix_campaign_hour_hour", "hour"),
    sqlite_with_rowid=False,
)
