"""Sums a day, so that no page counts events; and mails that are unknown or deferred, so that none looks for them.

The sums begin with this migration: what was before it is in the events, and charts say from when on they count.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATUSES = ("unknown", "deferred")


def upgrade() -> None:
    op.create_table(
        "daily_count",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "sample", "day", name=op.f("pk_daily_count")),
        sqlite_with_rowid=False,
    )
    for status in STATUSES:
        of_it = sa.text(f"status = '{status}'")
        op.create_index(
            f"ix_touch_{status}", "touch", ["lead_id"], sqlite_where=of_it, postgresql_where=of_it
        )


def downgrade() -> None:
    for status in STATUSES:
        op.drop_index(f"ix_touch_{status}", table_name="touch")
    op.drop_table("daily_count")
