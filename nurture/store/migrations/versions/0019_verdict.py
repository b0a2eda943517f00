"""How opens and clicks of machines are judged now, apart from how they were judged when they were told."""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JUDGED = """
INSERT INTO verdict (event_id, lead_id, humanity, pattern)
SELECT id, lead_id, CAST({humanity} AS FLOAT), {pattern} FROM event
WHERE kind IN ('mail.opened', 'mail.clicked') AND absorbed_at IS NOT NULL AND lead_id IS NOT NULL
  AND {pattern} IS NOT NULL
"""
SAID = {
    "sqlite": "json_extract(properties, '$.{name}')",
    "postgresql": "(CAST(properties AS json) ->> '{name}')",
}


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("event_id", nurture.store.types.Id, autoincrement=False, nullable=False),
        sa.Column("lead_id", nurture.store.types.Id, nullable=False),
        sa.Column("humanity", sa.Float(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=True),
        sa.Column("overturned_at", nurture.store.types.Moment(timezone=True), nullable=True),
        sa.Column("overruled_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_verdict")),
    )
    op.create_index("ix_verdict_lead_id", "verdict", ["lead_id"])
    op.create_index("ix_verdict_pattern", "verdict", ["pattern", "event_id"])
    overturned = sa.text("overturned_at IS NOT NULL")
    op.create_index(
        "ix_verdict_overturned",
        "verdict",
        ["event_id"],
        sqlite_where=overturned,
        postgresql_where=overturned,
    )
    said = SAID[op.get_bind().dialect.name]
    op.execute(
        JUDGED.format(humanity=said.format(name="humanity"), pattern=said.format(name="machine_pattern"))
    )


def downgrade() -> None:
    op.drop_table("verdict")
