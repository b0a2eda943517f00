"""Uploads: files of leads that pages take, and how far their import is."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = nurture.store.types.Moment(timezone=True)
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("given_at", moment, nullable=False),
        sa.Column("touched_at", moment, nullable=False),
        sa.Column("asked", nurture.store.types.Json(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("brought", nurture.store.types.Json(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("forgotten_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("folder", name=op.f("uq_upload_folder")),
    )


def downgrade() -> None:
    op.drop_table("upload")
