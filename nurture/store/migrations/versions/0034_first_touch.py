"""When sales first turned to each lead that it was given, and whether an agreed time passed: filled from what happened until now.

What yesterday's code takes in meanwhile is missing; `nurture reports rebuild` fills it in.
"""

import sqlalchemy as sa
from alembic import op

import nurture.store.types

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WRITTEN = {"contacted": "touched_at", "contact.tried": "touched_at", "sla.breached": "breached_at"}


def upgrade() -> None:
    for name in ("touched_at", "breached_at"):
        op.add_column("hand_off", sa.Column(name, nurture.store.types.Moment(timezone=True), nullable=True))
    bind = op.get_bind()
    merges = bind.execute(sa.text("SELECT other_id, lead_id FROM lead_merge WHERE undone_at IS NULL"))
    into = {row.other_id: row.lead_id for row in merges}
    made: dict[int, list[tuple[int, object, object]]] = {}
    for row in bind.execute(
        sa.text("SELECT lead_id, serial, made_at, closed_at FROM hand_off ORDER BY serial")
    ):
        made.setdefault(row.lead_id, []).append((row.serial, row.made_at, row.closed_at))
    happened = bind.execute(
        sa.text(
            "SELECT lead_id, kind, occurred_at FROM event WHERE kind IN ('contacted', 'contact.tried', 'sla.breached') "
            "AND lead_id IS NOT NULL AND absorbed_at IS NOT NULL ORDER BY occurred_at, id"
        )
    )
    found: dict[tuple[int, int], dict[str, object]] = {}
    for row in happened:
        lead_id = row.lead_id
        while lead_id in into:
            lead_id = into[lead_id]
        inside = [
            serial
            for serial, since, until in made.get(lead_id, ())
            if since <= row.occurred_at and (until is None or row.occurred_at <= until)
        ]
        if inside:
            values = found.setdefault((lead_id, inside[-1]), {"touched_at": None, "breached_at": None})
            values[WRITTEN[row.kind]] = values[WRITTEN[row.kind]] or row.occurred_at
    rows = [{"lead": lead_id, "no": serial, **values} for (lead_id, serial), values in found.items()]
    if rows:
        bind.execute(
            sa.text(
                "UPDATE hand_off SET touched_at = :touched_at, breached_at = :breached_at "
                "WHERE lead_id = :lead AND serial = :no"
            ),
            rows,
        )


def downgrade() -> None:
    for name in ("touched_at", "breached_at"):
        op.drop_column("hand_off", name)
