"""Posting a system mail: one row in the outbox, in the transaction of whatever it tells of."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.content.system_mails import SYSTEM_MAILS
from nurture.store import records as table
from nurture.store.database import take_numbers
from nurture.store.due import DueKind, enqueue
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.words import TouchStatus


def post(
    connection: Connection,
    mail: str,
    *,
    to: str,
    values: Mapping[str, PropertyValue],
    key: str,
    now: datetime,
    lead_id: int | None = None,
    language: str | None = None,
) -> None:
    """Let the next tick send *mail* to *to*: once for each *key*, whatever becomes of it.

    mail     one of ``SYSTEM_MAILS``.
    values   what its names say; those left out are empty. An address may be a path of ours: '/inbox'; a moment is one
             in ISO 8601, and is told in the reader's language when the mail is built.
    key      names the occasion: 'hand-off:42:1'. What was posted under it already is not posted again.
    lead_id  whom it is about, or who reads it; None for nobody.
    language where the reader's own is not known; None for the installation's.
    """
    assert mail in SYSTEM_MAILS, f"no system mail {mail!r}"
    strange = values.keys() - SYSTEM_MAILS[mail].names.keys()
    assert not strange, f"system mail {mail!r} has no name {', '.join(sorted(strange))}"
    if connection.execute(select(table.outbox.c.id).where(table.outbox.c.key == key)).first() is not None:
        return
    (number,) = take_numbers(connection, "outbox", 1)
    row = {
        "id": number,
        "key": key,
        "mail": mail,
        "to": to,
        "given": values,
        "language": language,
        "lead_id": lead_id,
        "posted_at": now,
        "status": TouchStatus.PLANNED.value,
    }
    # Another transaction may have taken the key meanwhile: then the number leads nowhere, and the outbox drops it.
    insert_if_new(connection, table.outbox, [row])
    enqueue(connection, DueKind.MESSAGE, [(number, lead_id or 0, now)])
