"""What people sent with forms, and agreements that wait to be confirmed."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

submission = Table(
    "submission",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),  # sent twice, a submission has the same key
    Column("form", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Text, nullable=False),  # taken, held, discarded
    Column("reason", Text),  # why it was held; null where it was taken at once
    Column("lead_id", Id),  # null while it is held
    Column("fields", Json, nullable=False),  # cleaned; empty once it is discarded
    Column("agreed", Json, nullable=False),  # the wording, by topic
    Column("about", Json, nullable=False),  # page, referrer, utm
    Column("client", Text, nullable=False),  # a keyed hash of the network address
    Column("visitor", Text),  # null: the browser was not known
    UniqueConstraint("key"),
    Index("ix_submission_form_status", "form", "status", "at"),
    Index("ix_submission_client_at", "client", "at"),
    Index("ix_submission_lead_id", "lead_id"),
    Index(
        "ix_submission_held",
        "at",
        sqlite_where=text("status = 'held'"),
        postgresql_where=text("status = 'held'"),
    ),
    sqlite_autoincrement=True,
)

opt_in = Table(
    "opt_in",
    metadata,
    Column(
        "submission_id",
        Id,
        ForeignKey("submission.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("lead_id", Id, nullable=False),
    Column("form", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("mailed_at", Moment),  # null where no mail may be sent: the address had enough of them
    Column("confirmed_at", Moment),  # null until then
    Index("ix_opt_in_address_mailed_at", "address", "mailed_at"),
    Index("ix_opt_in_form", "form", "asked_at", "confirmed_at"),
    Index("ix_opt_in_lead_id", "lead_id"),
)
