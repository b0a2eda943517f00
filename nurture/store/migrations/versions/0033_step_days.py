"""What a report counts of each step's mails in some days: the indexes of a campaign's page, by the day as well."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INDEXES = (
    ("step_settled", ["campaign", "track", "step", "status"], ["settled_at"], "settled_at IS NOT NULL"),
    ("step_opened", ["campaign", "track", "step"], ["settled_at", "opened_at"], "opened_at IS NOT NULL"),
    ("step_clicked", ["campaign", "track", "step"], ["settled_at", "clicked_at"], "clicked_at IS NOT NULL"),
)


def upgrade() -> None:
    for name, before, added, where in INDEXES:
        make(name, [*before, *added], where)


def downgrade() -> None:
    for name, before, _, where in INDEXES:
        make(name, before, where)


def make(name: str, columns: list[str], where: str) -> None:
    op.drop_index(f"ix_touch_{name}", table_name="touch")
    op.create_index(
        f"ix_touch_{name}", "touch", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
