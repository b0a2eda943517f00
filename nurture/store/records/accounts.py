"""Who may log in: accounts, the links that let one in once, tries that are counted, and what each person did."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from nurture.store.records.metadata import metadata
from nurture.store.types import Id, Json, Moment

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, unique=True),  # as ``capture.addresses`` writes it
    Column("name", Text),  # null until its person has said it
    Column("role", Text, nullable=False),
    Column("password", Text),  # an argon2id hash; null: only a link lets in
    Column("epoch", Integer, nullable=False, server_default=text("1")),  # a session of an older one has ended
    Column("created_at", Moment, nullable=False),
    Column("logged_in_at", Moment),  # the last time; null: never yet
    Column("disabled_at", Moment),  # null while it may log in
    Column("second_step", Text),  # the key of its one-time codes, sealed; null: the password is enough
    Column("second_step_used", Integer),  # the half-minute, since 1970, of the code that was taken last
    Column("spare_codes", Json),  # the SHA-256 of each that was not used yet
    Column("language", Text),  # of the pages, two letters; null: as the browser asks
    Column("time_zone", Text),  # on whose clock it is told the time, an IANA name; null: the programme's
)

account_link = Table(
    "account_link",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the token: whoever reads this table cannot log in with it
    Column("account_id", Id, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_account_link_account_id", "account_id"),
)

login_try = Table(
    "login_try",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False),  # the address that was tried, or the client that tried
    Column("at", Moment, nullable=False),
    Index("ix_login_try_subject_at", "subject", "at"),
    Index("ix_login_try_at", "at"),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),  # an account's address as it was then, or a command's name
    Column("what", Text, nullable=False),
    Column("target", Text, nullable=False),  # "" where the act has none
    Column("detail", Json, nullable=False),
    Index("ix_audit_entry_actor_id", "actor", "id"),
)
