"""What waits for its moment. What moves often is narrow and stands apart from what is wide."""

from sqlalchemy import Column, Float, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

EXPRESS = "lane < 2"

due = Table(
    "due",
    metadata,
    Column("kind", SmallInteger, primary_key=True),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("due_at", Moment, nullable=False),  # moved forward while it is leased
    Column("lead_id", Id, nullable=False),
    Column("lane", SmallInteger, nullable=False, server_default=text("2")),  # of a touch; see Lane
    Index("ix_due_kind_due_at", "kind", "due_at"),
    # Of the many touches only the few that leave before others stand in it.
    Index(
        "ix_due_express", "lane", "due_at", "id", sqlite_where=text(EXPRESS), postgresql_where=text(EXPRESS)
    ),
    sqlite_with_rowid=False,
)

touch = Table(
    "touch",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("lead_id", Id, nullable=False),
    Column("enrolment", Integer, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("track", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("mail", Text, nullable=False),
    Column("mail_class", Text, nullable=False),
    Column("variant", Text),  # null: no experiment
    Column("priority", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("due_at", Moment, nullable=False),  # the last written next eligible time
    Column("planned_at", Moment, nullable=False),
    Column("claimed_at", Moment),  # null until the gates have let it pass
    Column("tried_at", Moment),  # its first claim; null until then
    Column("settled_at", Moment),  # null until it is in a final status
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("mail_revision", Integer),  # null until rendered
    Column("code", Text),  # null until a server or a gate has answered
    Column("answer", Text),
    Column("opened_at", Moment),  # by a person, the first time; null until then
    Column("clicked_at", Moment),  # likewise
    UniqueConstraint("lead_id", "enrolment", "visit", "step"),
    Index("ix_touch_settled_at", "settled_at"),
    *(
        Index(
            f"ix_touch_{status}",
            "lead_id",
            sqlite_where=text(f"status = '{status}'"),
            postgresql_where=text(f"status = '{status}'"),
        )
        for status in ("unknown", "deferred")
    ),
    Index("ix_touch_campaign_mail", "campaign", "mail"),
    *(
        # What a campaign's page counts: each index holds the columns that it needs and no others, and only its rows.
        Index(f"ix_touch_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))
        for name, columns, where in (
            ("step_waiting", ("campaign", "track", "step"), "settled_at IS NULL"),
            ("step_settled", ("campaign", "track", "step", "status", "settled_at"), "settled_at IS NOT NULL"),
            (
                "step_opened",
                ("campaign", "track", "step", "settled_at", "opened_at"),
                "opened_at IS NOT NULL",
            ),
            (
                "step_clicked",
                ("campaign", "track", "step", "settled_at", "clicked_at"),
                "clicked_at IS NOT NULL",
            ),
        )
    ),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("touch_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("gate", Text),  # null: every gate let it pass
    Column("why", Text, nullable=False),
    Column("next_at", Moment),  # null: not deferred
    Column("checks", Json, nullable=False),
    Index("ix_decision_touch_id", "touch_id"),
)

domain_bucket = Table(
    "domain_bucket",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Column("promised_until", Moment),  # the last moment told to one that waits; null: none ever did
)

warm_up_day = Table(
    "warm_up_day",
    metadata,
    Column("day", Text, primary_key=True),  # ISO date in the programme's zone
    Column("used", Integer, nullable=False),
)
