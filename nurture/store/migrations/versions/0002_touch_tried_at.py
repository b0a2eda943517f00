"""When a touch was first tried: our patience with a server counts from there."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("touch") as touch:
        touch.add_column(sa.Column("tried_at", nurture.store.types.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("touch") as touch:
        touch.drop_column("tried_at")
