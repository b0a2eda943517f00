"""A sample that is asked for on a page, and how far it is."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample_load",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("begun", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("lease_until", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_load")),
    )


def downgrade() -> None:
    op.drop_table("sample_load")
