"""The revisions of one file: those in which its text changed, who made them and why."""

from datetime import datetime
from itertools import pairwise

import msgspec
from sqlalchemy import Connection, select

from nurture.store.records import content_text, revision, revision_text

MOST = 100


class TextRevision(msgspec.Struct, frozen=True):
    """One text that a file had, from revision *number* on."""

    number: int
    applied_at: datetime
    actor: str
    reason: str
    sha256: str


def history_of(connection: Connection, path: str) -> tuple[TextRevision, ...]:
    """What the file at *path* said, the newest first; revisions that left it as it was are left out."""
    rows = connection.execute(
        select(
            revision.c.number,
            revision.c.applied_at,
            revision.c.actor,
            revision.c.reason,
            revision_text.c.sha256,
        )
        .join(revision_text, revision_text.c.revision == revision.c.number)
        .where(revision_text.c.path == path)
        .order_by(revision.c.number)
    )
    all_of_them = [TextRevision(*row) for row in rows]
    changed = all_of_them[:1] + [now for before, now in pairwise(all_of_them) if now.sha256 != before.sha256]
    return tuple(reversed(changed))[:MOST]


def text_at(connection: Connection, path: str, number: int) -> str | None:
    """The text of the file at *path* in revision *number*; None where it had none."""
    return connection.execute(
        select(content_text.c.body)
        .join(revision_text, revision_text.c.sha256 == content_text.c.sha256)
        .where(revision_text.c.revision == number, revision_text.c.path == path)
    ).scalar()
