"""Drafts: what authors have begun and not made live, each saved state of it."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("saved_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("is_undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["revision.number"], name=op.f("fk_draft_based_on_revision")),
        sa.PrimaryKeyConstraint("path", "number", name=op.f("pk_draft")),
    )


def downgrade() -> None:
    op.drop_table("draft")
