"""The second step of a login."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("second_step", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("second_step_used", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("spare_codes", nurture.store.types.Json(), nullable=True))


def downgrade() -> None:
    for name in ("spare_codes", "second_step_used", "second_step"):
        op.drop_column("account", name)
