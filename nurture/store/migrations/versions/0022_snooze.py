"""Until when a hand-off is put off in the inbox. Yesterday's code leaves it alone."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "hand_off", sa.Column("snoozed_until", nurture.store.types.Moment(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("hand_off", "snoozed_until")
