"""System mails for a page: what was posted, to whom, and what came of it. What they said is not kept."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.store.mapping import Fetched
from nurture.store.records import outbox
from nurture.vocabulary.words import TouchStatus


class OutboxLine(msgspec.Struct, frozen=True):
    """One system mail as it stands.

    lead_id     whom it is about; None for nobody.
    settled_at  None until it is in a final status.
    code        of the server that answered; "" for none.
    """

    id: int
    mail: str
    to: str
    lead_id: int | None
    posted_at: datetime
    status: TouchStatus
    settled_at: datetime | None
    attempts: int
    code: str
    answer: str


def posted_mails(
    connection: Connection, *, before: int | None = None, most: int, troubled: bool = False
) -> tuple[OutboxLine, ...]:
    """System mails, newest first.

    before    the id that the page before ended with; None for the first page.
    troubled  only those that somebody may have to look at: bounced, failed, unknown or cancelled.
    """
    statement = select(outbox).order_by(outbox.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(outbox.c.id < before)
    if troubled:
        statement = statement.where(outbox.c.status.in_([status.value for status in TROUBLED]))
    return tuple(map(_line, connection.execute(statement)))


def posted_mail(connection: Connection, outbox_id: int) -> OutboxLine | None:
    """One system mail; None where there is none."""
    row = connection.execute(select(outbox).where(outbox.c.id == outbox_id)).first()
    return None if row is None else _line(row)


TROUBLED = (TouchStatus.BOUNCED, TouchStatus.FAILED, TouchStatus.UNKNOWN, TouchStatus.CANCELLED)


def _line(row: Fetched) -> OutboxLine:
    return OutboxLine(
        id=row.id,
        mail=row.mail,
        to=row.to,
        lead_id=row.lead_id,
        posted_at=row.posted_at,
        status=TouchStatus(row.status),
        settled_at=row.settled_at,
        attempts=row.attempts,
        code=row.code or "",
        answer=row.answer or "",
    )
