"""Which mails are proved, and by which compiler and sandbox."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_revision", sa.Column("proved_by", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mail_revision") as batch:
        batch.drop_column("proved_by")
