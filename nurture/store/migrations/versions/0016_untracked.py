"""Which leads nobody may measure, found without reading any other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lead", sa.Column("untracked", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        op.f("ix_lead_untracked"),
        "lead",
        ["id"],
        sqlite_where=sa.text("untracked"),
        postgresql_where=sa.text("untracked"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_lead_untracked"), table_name="lead")
    with op.batch_alter_table("lead") as lead:
        lead.drop_column("untracked")
