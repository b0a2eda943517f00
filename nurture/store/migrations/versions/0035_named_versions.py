"""Texts that their authors gave a name, to come back to."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "named_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kept_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("removed_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_version")),
    )
    op.create_index(op.f("ix_named_version_path"), "named_version", ["path"])


def downgrade() -> None:
    op.drop_index(op.f("ix_named_version_path"), table_name="named_version")
    op.drop_table("named_version")
