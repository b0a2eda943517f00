"""Walks over all leads, and what people did with a mail; the leads that are here already are walked over once to list them."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SWEEP = 5
"""The kind of a due row that stands for a sweep."""


def upgrade() -> None:
    of_broadcasts = sa.text("kind = 'broadcast'")
    op.create_table(
        "sweep",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked", nurture.store.types.Json(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("asked_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column("starts_at", nurture.store.types.Moment(timezone=True), nullable=False),
        sa.Column(
            "last_lead_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            server_default=sa.text("0"),
        ),
        sa.Column("seen", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("taken", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("counts", nurture.store.types.Json(), nullable=False),
        sa.Column("paused_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.Column("cancelled_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.Column("finished_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sweep"),
    )
    op.create_index(
        "ix_sweep_broadcast",
        "sweep",
        ["subject"],
        unique=True,
        sqlite_where=of_broadcasts,
        postgresql_where=of_broadcasts,
    )
    for column in ("opened_at", "clicked_at"):
        op.add_column("touch", sa.Column(column, nurture.store.types.Moment(timezone=True), nullable=True))
    op.create_index("ix_touch_campaign_mail", "touch", ["campaign", "mail"])
    list_leads()


def list_leads() -> None:
    """Have the next tick list the leads of before; the moment is theirs to be asked at, not a fact."""
    connection = op.get_bind()
    newest = connection.execute(sa.text("SELECT max(created_at) FROM lead")).scalar()
    if newest is None:
        return
    number = connection.execute(
        sa.text(
            "INSERT INTO sweep (kind, subject, asked, actor, asked_at, starts_at, counts)"
            " VALUES ('listing', '', '{}', '', :at, :at, '{}') RETURNING id"
        ),
        {"at": newest},
    ).scalar_one()
    connection.execute(
        sa.text("INSERT INTO due (kind, id, due_at, lead_id) VALUES (:kind, :id, :at, 0)"),
        {"kind": SWEEP, "id": number, "at": newest},
    )


def downgrade() -> None:
    op.drop_index("ix_touch_campaign_mail", "touch")
    for column in ("opened_at", "clicked_at"):
        op.drop_column("touch", column)
    op.get_bind().execute(sa.text("DELETE FROM due WHERE kind = :kind"), {"kind": SWEEP})
    op.drop_table("sweep")
