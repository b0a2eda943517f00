"""What people sent with forms, and agreements that wait to be confirmed."""

import sqlalchemy as sa
from alembic import op

from nurture.store.types import Id, Json, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lead_id", Id, nullable=True),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("agreed", Json(), nullable=False),
        sa.Column("about", Json(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("key", name=op.f("uq_submission_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submission_form_status", "submission", ["form", "status", "at"])
    op.create_index("ix_submission_client_at", "submission", ["client", "at"])
    op.create_index("ix_submission_lead_id", "submission", ["lead_id"])
    op.create_index(
        "ix_submission_held",
        "submission",
        ["at"],
        sqlite_where=sa.text("status = 'held'"),
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_table(
        "opt_in",
        sa.Column("submission_id", Id, autoincrement=False, nullable=False),
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("mailed_at", Moment(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_opt_in_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_opt_in")),
    )
    op.create_index("ix_opt_in_address_mailed_at", "opt_in", ["address", "mailed_at"])
    op.create_index("ix_opt_in_form", "opt_in", ["form", "asked_at", "confirmed_at"])
    op.create_index("ix_opt_in_lead_id", "opt_in", ["lead_id"])


def downgrade() -> None:
    op.drop_table("opt_in")
    op.drop_table("submission")
