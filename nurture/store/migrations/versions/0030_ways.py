"""How far each lead has come, and when, so that no report reads events: filled from what happened until now.

A lead that yesterday's code makes meanwhile has no row; `nurture reports rebuild` gives it one.
"""

import json

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEYOND = ("mql", "sal", "sql", "opportunity", "customer", "advocate")
AT_ONCE = 10_000


def upgrade() -> None:
    moment = nurture.store.types.Moment(timezone=True)
    op.create_table(
        "lead_way",
        sa.Column(
            "lead_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("came_at", moment, nullable=False),
        sa.Column("persona", sa.Text(), nullable=True),
        *(sa.Column(f"{stage}_at", moment, nullable=True) for stage in BEYOND),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_lead_way_lead_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_way")),
    )
    op.execute(
        "INSERT INTO lead_way (lead_id, came_at, persona) SELECT lead.id, lead.created_at, lead_state.persona "
        "FROM lead JOIN lead_state ON lead_state.lead_id = lead.id"
    )
    fill()
    op.create_index("ix_lead_way_came_at", "lead_way", ["came_at", "persona"])
    moved = sa.text("mql_at IS NOT NULL")
    columns = ["came_at", "persona", *(f"{stage}_at" for stage in BEYOND)]
    op.create_index("ix_lead_way_moved", "lead_way", columns, sqlite_where=moved, postgresql_where=moved)


def fill() -> None:
    """The first moment at or beyond each stage, of each lead as far as it or one that was merged into it came."""
    bind = op.get_bind()
    merges = bind.execute(sa.text("SELECT other_id, lead_id FROM lead_merge WHERE undone_at IS NULL"))
    into = {row.other_id: row.lead_id for row in merges}
    told = bind.execute(
        sa.text("SELECT lead_id, occurred_at, properties FROM event WHERE kind = 'stage.changed'")
    )
    came: dict[int, dict[str, object]] = {}
    for lead_id, moment, properties in told:
        said = json.loads(properties)
        if said["after"] not in BEYOND or (said.get("by") or "").startswith(("merge_to_", "part_to_")):
            continue
        while lead_id in into:
            lead_id = into[lead_id]  # noqa: PLW2901 the survivor, and whoever that was merged into
        found = came.setdefault(lead_id, {})
        for each in BEYOND[: BEYOND.index(said["after"]) + 1]:
            found[each] = min(moment, found.get(each, moment))
    settled = ", ".join(f"{stage}_at = :{stage}" for stage in BEYOND)
    rows = [
        {"lead_id": lead_id, **{stage: found.get(stage) for stage in BEYOND}}
        for lead_id, found in came.items()
    ]
    for first in range(0, len(rows), AT_ONCE):
        bind.execute(
            sa.text(f"UPDATE lead_way SET {settled} WHERE lead_id = :lead_id"),  # noqa: S608 names of ours
            rows[first : first + AT_ONCE],
        )


def downgrade() -> None:
    op.drop_table("lead_way")
