"""Who may log in, and who did what."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.accounts import Role
from nurture.store.records import account, account_link, audit_entry


class UserLine(msgspec.Struct, frozen=True):
    """One account in the list.

    logged_in_at  None for one that never has.
    link_until    until when a link that was given to it works; None where none does.
    """

    id: int
    email: str
    name: str | None
    role: Role
    has_password: bool
    has_second_step: bool
    logged_in_at: datetime | None
    disabled_at: datetime | None
    link_until: datetime | None


class AuditLine(msgspec.Struct, frozen=True):
    """One act."""

    id: int
    at: datetime
    actor: str
    what: str
    target: str
    detail: Mapping[str, str | int | bool | None]


class AuditPage(msgspec.Struct, frozen=True):
    """Some acts, newest first. ``before``: where the next page begins; None on the last."""

    lines: tuple[AuditLine, ...]
    before: int | None


def accounts(connection: Connection) -> tuple[UserLine, ...]:
    """Every account: those that may log in first, by address."""
    until = func.max(account_link.c.expires_at, type_=account_link.c.expires_at.type).label("until")
    links = select(account_link.c.account_id, until).group_by(account_link.c.account_id).subquery()
    rows = connection.execute(
        select(account, links.c.until)
        .join(links, links.c.account_id == account.c.id, isouter=True)
        .order_by(account.c.disabled_at.is_not(None), account.c.email)
    )
    return tuple(
        UserLine(
            id=row.id,
            email=row.email,
            name=row.name,
            role=Role(row.role),
            has_password=row.password is not None,
            has_second_step=row.second_step is not None,
            logged_in_at=row.logged_in_at,
            disabled_at=row.disabled_at,
            link_until=row.until,
        )
        for row in rows
    )


def audit_page(connection: Connection, *, actor: str | None, before: int | None, size: int) -> AuditPage:
    """Acts older than the one numbered *before*, or the newest; of one person, or of all."""
    statement = select(audit_entry).order_by(audit_entry.c.id.desc()).limit(size + 1)
    if actor is not None:
        statement = statement.where(audit_entry.c.actor == actor)
    if before is not None:
        statement = statement.where(audit_entry.c.id < before)
    rows = connection.execute(statement).all()
    lines = tuple(
        AuditLine(row.id, row.at, row.actor, row.what, row.target, row.detail) for row in rows[:size]
    )
    return AuditPage(lines, lines[-1].id if len(rows) > size else None)
