"""Pauses, the ramp of each sender, and what came of each campaign's mail by the hour.

What the one ramp had used is kept, under no sender's name: the first that claims mail takes it over. Yesterday's code goes on
with its own table meanwhile.
"""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LIVE = sa.text("ended_at IS NULL")


def moment() -> nurture.store.types.Moment:
    return nurture.store.types.Moment(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("began_at", moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("ended_at", moment(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(
        "uq_pause_live", "pause", ["campaign"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_pause_ended_at", "pause", ["ended_at"])
    op.create_table(
        "sender_day",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("sender", "day", name=op.f("pk_sender_day")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO sender_day (sender, day, used) SELECT '', day, used FROM warm_up_day")
    op.create_table(
        "campaign_hour",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("hour", moment(), nullable=False),
        sa.Column("attempted", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("hard", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "hour", name=op.f("pk_campaign_hour")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_campaign_hour_hour", "campaign_hour", ["hour"])


def downgrade() -> None:
    op.drop_table("campaign_hour")
    op.drop_table("sender_day")
    op.drop_table("pause")
