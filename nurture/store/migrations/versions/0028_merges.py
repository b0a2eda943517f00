"""Leads that were merged, and events that came for them since. Yesterday's code merges none, and drops what comes for one."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SORTABLE = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
IN_FORCE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "lead_merge",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("email", SORTABLE, nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("merge", sa.LargeBinary(), nullable=False),
        sa.Column("merged_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("undone_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_lead_merge")),
    )
    for name in ("lead_id", "other_id", "email", "reference"):
        op.create_index(
            f"ix_lead_merge_{name}",
            "lead_merge",
            [name],
            unique=name != "lead_id",
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        )
    op.create_table(
        "rerouted",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_rerouted")),
    )
    op.create_index("ix_rerouted_lead_id", "rerouted", ["lead_id"])


def downgrade() -> None:
    op.drop_table("rerouted")
    op.drop_table("lead_merge")
