"""Until when a way out asked to be left alone, for all workers. Yesterday's code knows nothing of it, and asks sooner."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "way_out_rest",
        sa.Column("way_out", sa.Text(), nullable=False),
        sa.Column("until", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("way_out", name=op.f("pk_way_out_rest")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("way_out_rest")
