"""Where a revision was written, and what an installation has set on its pages."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.drop_table("setting")
    with op.batch_alter_table("revision") as table:
        table.drop_column("pulled_at")
        table.drop_column("origin")
