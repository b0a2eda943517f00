"""Mails of unknown fate, settled by a person: it arrived, or it did not and is sent again, under the same Message-ID.

What is said is an event of the lead, with who said it. Until then a mail of unknown fate counts as had, and its track goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from nurture.engine.audit import audit
from nurture.engine.outcomes import outcome_event
from nurture.store import records as table
from nurture.store.due import enqueue_touches
from nurture.store.mapping import touch_of
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import EventKind, Lane, MailClass, TouchStatus

ABSORBED_FIRST = timedelta(seconds=5)
"""Until a mail is sent again the lead has learnt that it was not had; else the gates would skip it."""


def arrived(connection: Connection, touch_ids: Sequence[int], *, by: str, now: datetime) -> int:
    """Somebody knows that these left. Returns how many were still of unknown fate."""
    rows = _unknown(connection, touch_ids)
    events = [
        outcome_event(touch_of(row), EventKind.MAIL_SENT, row.settled_at or now, now, by=by) for row in rows
    ]
    insert_if_new(connection, table.event, events)
    if rows:
        said = {"refs": [row.id for row in rows], "said": f"it arrived, says {by}"}
        connection.execute(ARRIVED, said)
        _note(connection, rows, "said that mails of unknown fate arrived", by, now)
    return len(rows)


def send_again(connection: Connection, touch_ids: Sequence[int], *, by: str, now: datetime) -> int:
    """Somebody knows that these did not leave: they are due at once, and ask the gates again. Returns how many."""
    rows = _unknown(connection, touch_ids)
    events = [
        outcome_event(touch_of(row), EventKind.MAIL_LOST, now, now, row.attempts, by=by) for row in rows
    ]
    insert_if_new(connection, table.event, events)
    if rows:
        connection.execute(AGAIN, {"refs": [row.id for row in rows], "at": now})
        due_at = now + ABSORBED_FIRST
        enqueue_touches(
            connection,
            [(row.id, row.lead_id, due_at, Lane.anew(MailClass(row.mail_class))) for row in rows],
        )
        _note(connection, rows, "sent mails of unknown fate again", by, now)
    return len(rows)


def _unknown(connection: Connection, touch_ids: Sequence[int]) -> Sequence[Any]:
    return connection.execute(UNKNOWN, {"refs": list(touch_ids)}).all()


def _note(connection: Connection, rows: Sequence[Any], what: str, by: str, now: datetime) -> None:
    target = f"mail {rows[0].id}" if len(rows) == 1 else f"{len(rows)} mails"
    audit(connection, actor=by, what=what, now=now, target=target, detail={"mails": len(rows)})


_THESE: Any = table.touch.c.id.in_(bindparam("refs", expanding=True))
UNKNOWN = (
    select(table.touch)
    .where(_THESE, table.touch.c.status == TouchStatus.UNKNOWN.value)
    .order_by(table.touch.c.id)
    .with_for_update()
)
ARRIVED = update(table.touch).where(_THESE).values(status=TouchStatus.SENT.value, answer=bindparam("said"))
AGAIN = (
    update(table.touch)
    .where(_THESE)
    .values(status=TouchStatus.PLANNED.value, due_at=bindparam("at"), settled_at=None, code=None, answer=None)
)
