"""What lists are filtered by: tags, segments, live campaigns, saved views, companies, and keys to search and sort by."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types
from nurture.store.types import Sortable

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = ("lead_id", "stage", "grade", "persona", "owner", "suppressed", "fit_score")


def upgrade() -> None:
    for name, column in (("lead_tag", "tag"), ("lead_campaign", "campaign"), ("segment_member", "segment")):
        of_leads(name, column)
    op.create_table(
        "audience_count",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("no_address", sa.Integer(), nullable=False),
        sa.Column("suppressed", sa.Integer(), nullable=False),
        sa.Column("sales_owned", sa.Integer(), nullable=False),
        sa.Column("counted_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_audience_count"),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("owner", "name", name="uq_saved_view_owner_name"),
    )
    op.create_table(
        "company",
        sa.Column("key", Sortable, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("hot", sa.Integer(), nullable=False),
        sa.Column("warm", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_company"),
    )
    op.create_index("ix_company_hottest", "company", ["hot", "warm", "leads", "key"])
    op.create_index("ix_company_leads_key", "company", ["leads", "key"])
    if op.get_context().dialect.name == "postgresql":
        op.execute('ALTER TABLE lead ALTER COLUMN email TYPE text COLLATE "C"')
    op.add_column("lead", sa.Column("name_key", Sortable, nullable=False, server_default=sa.text("''")))
    op.add_column("lead", sa.Column("last_key", Sortable, nullable=True))
    op.add_column("lead", sa.Column("company_key", Sortable, nullable=True))
    for column in ("name_key", "last_key", "company_key", "source"):
        op.create_index(f"ix_lead_{column}", "lead", [column])
    for name, those in (("ix_lead_unmailable", "email IS NULL"), ("ix_lead_sample", "sample")):
        where = sa.text(those)
        op.create_index(name, "lead", ["id"], sqlite_where=where, postgresql_where=where)
    op.add_column("lead_state", sa.Column("suppressed", sa.Text(), nullable=True))
    op.drop_index("ix_lead_state_interest", "lead_state")
    op.create_index("ix_lead_state_listed", "lead_state", ["temperature", "interest_score", *LISTED])


def of_leads(name: str, column: str) -> None:
    """A narrow table of (lead, word), read both ways."""
    op.create_table(
        name,
        sa.Column("lead_id", Id, autoincrement=False, nullable=False),
        sa.Column(column, sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=f"fk_{name}_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", column, name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{name}_{column}_lead_id", name, [column, "lead_id"])


def downgrade() -> None:
    op.drop_index("ix_lead_state_listed", "lead_state")
    op.create_index("ix_lead_state_interest", "lead_state", ["temperature", "interest_score"])
    op.drop_column("lead_state", "suppressed")
    for name in ("unmailable", "sample", "name_key", "last_key", "company_key", "source"):
        op.drop_index(f"ix_lead_{name}", "lead")
    for column in ("name_key", "last_key", "company_key"):
        op.drop_column("lead", column)
    if op.get_context().dialect.name == "postgresql":
        op.execute('ALTER TABLE lead ALTER COLUMN email TYPE text COLLATE "default"')
    for name in ("company", "saved_view", "audience_count", "segment_member", "lead_campaign", "lead_tag"):
        op.drop_table(name)
