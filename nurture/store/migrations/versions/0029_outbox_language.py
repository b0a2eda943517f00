"""In which language a system mail goes to a reader whose own is not known. Yesterday's code sends those in English."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("language", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "language")
