"""System mails wait in an outbox of their own, for they belong to no step of a track; links keep what they tell sites."""

import sqlalchemy as sa
from alembic import op

from nurture.store.types import Id, Json, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail_revision") as mail_revision:
        mail_revision.add_column(sa.Column("utm", Json(), nullable=True))
    op.create_table(
        "outbox",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("given", Json(), nullable=False),
        sa.Column("lead_id", Id, nullable=True),
        sa.Column("posted_at", Moment(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )


def downgrade() -> None:
    op.drop_table("outbox")
    with op.batch_alter_table("mail_revision") as mail_revision:
        mail_revision.drop_column("utm")
