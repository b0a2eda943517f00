"""Lanes of the due queue; and until when the moments of a domain were promised to mail that waits for it.

What waits now has the slowest lane, and so has what yesterday's code puts into the queue.
"""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

EXPRESS = sa.text("lane < 2")


def upgrade() -> None:
    op.add_column("due", sa.Column("lane", sa.SmallInteger(), nullable=False, server_default=sa.text("2")))
    op.create_index(
        "ix_due_express", "due", ["lane", "due_at", "id"], sqlite_where=EXPRESS, postgresql_where=EXPRESS
    )
    op.add_column(
        "domain_bucket",
        sa.Column("promised_until", nurture.store.types.Moment(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("domain_bucket", "promised_until")
    op.drop_index("ix_due_express", table_name="due")
    op.drop_column("due", "lane")
