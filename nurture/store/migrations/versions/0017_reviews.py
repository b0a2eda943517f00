"""Where a mail stands on its way to readers, and what was said of it."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_review",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_mail_review")),
    )
    op.create_table(
        "mail_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_comment")),
    )
    op.create_index(op.f("ix_mail_comment_path"), "mail_comment", ["path"])


def downgrade() -> None:
    op.drop_index(op.f("ix_mail_comment_path"), table_name="mail_comment")
    op.drop_table("mail_comment")
    op.drop_table("mail_review")
