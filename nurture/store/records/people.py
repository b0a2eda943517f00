"""What people are owed: suppressions, hand-offs, tasks, notices, and calls to endpoints outside."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

suppression = Table(
    "suppression",
    metadata,
    Column("address", Text, primary_key=True),
    Column("scope", Text, primary_key=True),  # marketing, or all
    Column("cause", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_suppression_at", "at"),
)

hand_off = Table(
    "hand_off",
    metadata,
    Column("lead_id", Id, primary_key=True, autoincrement=False),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("team", Text, nullable=False),
    Column("rep", Text),  # null: nobody has room
    Column("made_at", Moment, nullable=False),
    Column("accepted_at", Moment),
    Column("closed_at", Moment),  # null while sales has it
    Column("reason", Text),
    Column("snoozed_until", Moment),  # null: the inbox shows it as soon as it waits for sales
    Column("touched_at", Moment),  # sales spoke with the lead, or tried, for the first time; null until then
    Column("breached_at", Moment),  # an agreed time passed; null: none has
    Index("ix_hand_off_rep", "rep"),
    Index("ix_hand_off_made_at", "made_at"),
    Index(
        "ix_hand_off_open",
        "made_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

team_turn = Table(
    "team_turn",
    metadata,
    Column("team", Text, primary_key=True),
    Column("turn", Integer, nullable=False),
)

task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False),
    Column("task", Text, nullable=False),
    Column("assignee", Text),  # null: the lead's owner, whoever that is
    Column("note", Text),
    Column("enrolment", Integer, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", Text),  # null until it is done, or by yesterday's code
    Column("made_by", Text),  # null: a step of a track
    Column("due_at", Moment),  # null: whenever
    UniqueConstraint("lead_id", "enrolment", "visit", "step"),
    Index("ix_task_open", "created_at"),
)

webhook_call = Table(
    "webhook_call",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("enrolment", Integer, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("tried_at", Moment),  # its first try; null until then
    Column("settled_at", Moment),  # null until it is delivered, given up or held
    Column("answer", Text),  # null until the endpoint has answered, or could not be asked
    UniqueConstraint("lead_id", "enrolment", "visit", "step"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False),
    Column("to", Text),  # null: the lead's owner
    Column("what", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
