"""The tables. What moves often (`due`) is narrow and stands apart from what is wide (`lead`, `touch`, `event`).

Columns only: what they mean is said where it is not plain, null above all.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from nurture.store.types import Id, Json, Moment, Packed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# ---------------------------------------------------------------- leads

lead = Table(
    "lead",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("email", Text, unique=True),  # null: cannot be mailed
    Column("reference", Text, unique=True),  # the source's own id, for leads without an address; null: none
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company", Text),
    Column("country", Text),
    Column("source", Text),
    Column("created_at", Moment, nullable=False),
    Column("sample", Boolean, nullable=False, server_default=text("false")),
)

lead_state = Table(
    "lead_state",
    metadata,
    Column("lead_id", Id, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("state", Packed, nullable=False),
    Column("temperature", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("persona", Text),  # null: none fits well enough
    Column("owner", Text),  # null: no rep
    Column("fit_score", Integer, nullable=False),
    Column("interest_score", Float, nullable=False),  # at scored_at; it has decayed since
    Column("scored_at", Moment, nullable=False),
    Index("ix_lead_state_interest", "temperature", "interest_score"),
    Index("ix_lead_state_stage", "stage"),
)

visitor = Table(
    "visitor",
    metadata,
    Column("id", Text, primary_key=True),
    Column("lead_id", Id),  # null: anonymous so far
    Column("seen_at", Moment, nullable=False),
)

serial = Table(
    "serial",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next", Id, nullable=False),
)

# ---------------------------------------------------------------- what happened

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id),  # null: waits for its lead
    Column("visitor", Text),  # null: the lead was known
    Column("kind", Text, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("properties", Json, nullable=False),
    Column("revision", Integer),  # the programme it was absorbed with; null until then
    Column("absorbed_at", Moment),  # null until absorbed
    UniqueConstraint("source", "source_id"),
    Index("ix_event_lead_id_id", "lead_id", "id"),
    Index(
        "ix_event_waiting",
        "id",
        sqlite_where=text("absorbed_at IS NULL AND lead_id IS NOT NULL"),
        postgresql_where=text("absorbed_at IS NULL AND lead_id IS NOT NULL"),
    ),
    Index(
        "ix_event_visitor",
        "visitor",
        sqlite_where=text("lead_id IS NULL"),
        postgresql_where=text("lead_id IS NULL"),
    ),
    sqlite_autoincrement=True,
)

score_entry = Table(
    "score_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("lead_id", Id, nullable=False),
    Column("event_id", Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("group_name", Text, nullable=False),
    Column("half_life", Integer, nullable=False),
    Column("offered", Float, nullable=False),
    Column("credited", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_score_entry_lead_id", "lead_id"),
)

# ---------------------------------------------------------------- what is due

due = Table(
    "due",
    metadata,
    Column("kind", SmallInteger, primary_key=True),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("due_at", Moment, nullable=False),  # moved forward while it is leased
    Column("lead_id", Id, nullable=False),
    Index("ix_due_kind_due_at", "kind", "due_at"),
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
    UniqueConstraint("lead_id", "enrolment", "visit", "step"),
    Index("ix_touch_settled_at", "settled_at"),
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
)

warm_up_day = Table(
    "warm_up_day",
    metadata,
    Column("day", Text, primary_key=True),  # ISO date in the programme's zone
    Column("used", Integer, nullable=False),
)

# ---------------------------------------------------------------- people

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
    Index("ix_hand_off_rep", "rep"),
    Index("ix_hand_off_made_at", "made_at"),
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

# ---------------------------------------------------------------- what is live

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
)

revision_text = Table(
    "revision_text",
    metadata,
    Column("revision", Integer, ForeignKey("revision.number", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("content_text.sha256"), nullable=False),
)

mail_revision = Table(
    "mail_revision",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("sha256", Text, nullable=False, unique=True),  # of the path, the text and every template
    Column("path", Text, nullable=False),
    Column("links", Json, nullable=False),  # [[name, url], ...] in the order of their index
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
