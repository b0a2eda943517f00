"""Tasks that people give each other: who made one, by when it is due, who did it. Yesterday's code leaves them alone."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("done_by", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("made_by", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("due_at", nurture.store.types.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "due_at")
    op.drop_column("task", "made_by")
    op.drop_column("task", "done_by")
