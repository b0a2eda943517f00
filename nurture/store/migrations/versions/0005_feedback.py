"""The tables of feedback."""

import sqlalchemy as sa
from alembic import op

from nurture.store.types import Id, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("touch_id", Id, nullable=True),
        sa.Column("lead_id", Id, nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("key", name=op.f("uq_inbound_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbound_lead_id", "inbound", ["lead_id", "id"])
    op.create_index("ix_inbound_received_at", "inbound", ["received_at"])


def downgrade() -> None:
    op.drop_table("inbound")
