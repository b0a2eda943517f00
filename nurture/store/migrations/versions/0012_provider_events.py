"""Webhooks of mail providers: what came, and what it reports."""

import sqlalchemy as sa
from alembic import op

from nurture.store.types import Id, Moment

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_delivery",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_provider_delivery_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provider_delivery_received_at", "provider_delivery", ["received_at"])
    op.create_table(
        "provider_event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("touch_id", Id, nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("bounce", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("prefetched", sa.Boolean(), nullable=False),
        sa.Column("did", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint("key", name=op.f("uq_provider_event_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_provider_event_touch_id", "provider_event", ["touch_id", "id"])
    waiting = sa.text("did IS NULL")
    op.create_index(
        "ix_provider_event_waiting",
        "provider_event",
        ["received_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("provider_event")
    op.drop_table("provider_delivery")
