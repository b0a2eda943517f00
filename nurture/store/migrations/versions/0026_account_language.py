"""The language in which an account is shown the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("language", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "language")
