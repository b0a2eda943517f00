"""Where a revision was written, what an installation has set on its pages, and what a campaign's numbers and the inbox are found by."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


STEP = ("campaign", "track", "step")
COUNTED = (
    ("step_waiting", STEP, "settled_at IS NULL"),
    ("step_settled", (*STEP, "status"), "settled_at IS NOT NULL"),
    ("step_opened", STEP, "opened_at IS NOT NULL"),
    ("step_clicked", STEP, "clicked_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, columns, where in COUNTED:
        op.create_index(
            f"ix_touch_{name}",
            "touch",
            list(columns),
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    clock = sa.text("clock_due_at IS NOT NULL")
    op.add_column(
        "lead_state", sa.Column("clock_due_at", nurture.store.types.Moment(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_lead_state_clock_due_at",
        "lead_state",
        ["clock_due_at"],
        sqlite_where=clock,
        postgresql_where=clock,
    )
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_hand_off_open", "hand_off", ["made_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("origin", sa.Text(), server_default=sa.text("'files'"), nullable=False))
        table.add_column(sa.Column("pulled_at", nurture.store.types.Moment(timezone=True), nullable=True))
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", nurture.store.types.Json(), nullable=False),
        sa.Column("at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )


def downgrade() -> None:
    op.drop_index("ix_hand_off_open", table_name="hand_off")
    op.drop_index("ix_lead_state_clock_due_at", table_name="lead_state")
    op.drop_column("lead_state", "clock_due_at")
    for name, _, _ in COUNTED:
        op.drop_index(f"ix_touch_{name}", table_name="touch")
    op.drop_table("setting")
    with op.batch_alter_table("revision") as table:
        table.drop_column("pulled_at")
        table.drop_column("origin")
