"""What was set aside because our own code failed on it. Yesterday's code tries it again for ever, as it did before."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", ID, nullable=False),
        sa.Column("part", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lead_id", ID, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.Column("at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("dismissed_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        sa.UniqueConstraint("kind", "ref", "part", name=op.f("uq_set_aside_kind_ref_part")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_set_aside_lead_id", "set_aside", ["lead_id"])


def downgrade() -> None:
    op.drop_table("set_aside")
