"""How the installation is: the last report of the doctor, and the last sign of life of a worker."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("value", nurture.store.types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_health")),
    )


def downgrade() -> None:
    op.drop_table("health")
