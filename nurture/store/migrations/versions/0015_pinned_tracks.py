"""Earlier tracks that leads follow although their campaign was edited."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pinned_tracks",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("before", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kept"], ["revision.number"], name=op.f("fk_pinned_tracks_kept_revision")),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.number"],
            name=op.f("fk_pinned_tracks_revision_revision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("revision", "campaign", "kept", name=op.f("pk_pinned_tracks")),
    )


def downgrade() -> None:
    op.drop_table("pinned_tracks")
