"""Webhooks for a page: what was posted and how it was answered, and when each provider last told us something."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Subquery, Table, func, select

from nurture.engine.webhook_calls import CallStatus
from nurture.store import records as table

COUNTED = 10_000
"""The newest rows that are looked at: nobody wants to know more of years ago, and no page waits for it."""


class CallLine(msgspec.Struct, frozen=True):
    """One call. *answer* is "" until there is one."""

    id: int
    lead_id: int
    webhook: str
    step: str
    status: CallStatus
    attempts: int
    created_at: datetime
    settled_at: datetime | None
    answer: str


def call_counts(connection: Connection) -> dict[str, dict[CallStatus, int]]:
    """How many of the newest calls are where, by webhook."""
    newest = _newest(table.webhook_call, "webhook", "status")
    rows = connection.execute(
        select(newest.c.webhook, newest.c.status, func.count()).group_by(newest.c.webhook, newest.c.status)
    )
    found: dict[str, dict[CallStatus, int]] = {}
    for webhook, status, count in rows:
        found.setdefault(webhook, {})[CallStatus(status)] = count
    return found


def last_calls(
    connection: Connection, *, before: int | None = None, most: int, status: CallStatus | None = None
) -> tuple[CallLine, ...]:
    """Calls, newest first.

    before  the id that the page before ended with; None for the first page.
    status  only those that are there.
    """
    call = table.webhook_call.c
    columns = (call[name] for name in CallLine.__struct_fields__)
    statement = select(*columns).order_by(call.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(call.id < before)
    if status is not None:
        statement = statement.where(call.status == status.value)
    return tuple(
        CallLine(**{**row, "status": CallStatus(row["status"]), "answer": row["answer"] or ""})
        for row in connection.execute(statement).mappings()
    )


def last_reports(connection: Connection) -> dict[str, datetime]:
    """When each provider last told us something, of those among the newest reports."""
    newest = _newest(table.provider_delivery, "provider", "received_at")
    told = select(newest.c.provider, func.max(newest.c.received_at).label("at")).group_by(newest.c.provider)
    return {row.provider: row.at for row in connection.execute(told)}


def last_posted_mail(connection: Connection) -> datetime | None:
    """When mail that came back was last posted to us, if among the newest."""
    newest = _newest(table.inbound, "source", "received_at")
    return connection.execute(
        select(func.max(newest.c.received_at)).where(newest.c.source == "post")
    ).scalar()


def kept_at(connection: Connection, names: Iterable[str]) -> dict[str, tuple[datetime, str]]:
    """When a setting was last kept on a page, and by whom."""
    kept = table.setting.c
    rows = connection.execute(select(kept.name, kept.at, kept.actor).where(kept.name.in_(list(names))))
    return {row.name: (row.at, row.actor) for row in rows}


def _newest(of: Table, *columns: str) -> Subquery:
    return select(*(of.c[name] for name in columns)).order_by(of.c.id.desc()).limit(COUNTED).subquery()
