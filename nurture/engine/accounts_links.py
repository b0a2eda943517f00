"""Links that let in once: the first admin's, an invitation's, and the one that sets a forgotten password.

A token is 256 random bits; the store keeps its SHA-256, which is enough for what cannot be guessed.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from nurture.engine.accounts import Account, account
from nurture.store import records as table

TOKEN_BYTES = 32


class Purpose(StrEnum):
    """What a link is for."""

    LOGIN = "login"
    INVITATION = "invitation"
    RESET = "reset"


VALID = {
    Purpose.LOGIN: timedelta(hours=24),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
}
"""How long a link works."""


def new_link(connection: Connection, who: Account, purpose: Purpose, *, now: datetime) -> str:
    """A token for *who*; an older one for the same purpose is void, and so is every one that has expired."""
    links = table.account_link
    older = (links.c.account_id == who.id) & (links.c.purpose == purpose.value)
    connection.execute(delete(links).where(older | (links.c.expires_at <= now)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "sha256": _digest(token),
        "account_id": who.id,
        "purpose": purpose.value,
        "expires_at": now + VALID[purpose],
    }
    connection.execute(insert(links), row)
    return token


def link_owner(
    connection: Connection, token: str, purposes: frozenset[Purpose], *, now: datetime
) -> tuple[Account, Purpose] | None:
    """Whom a token would let in, and what for; it stays as it was. None for one that does not work."""
    links = table.account_link
    row = connection.execute(
        select(links.c.account_id, links.c.purpose).where(
            links.c.sha256 == _digest(token),
            links.c.purpose.in_([each.value for each in purposes]),
            links.c.expires_at > now,
        )
    ).first()
    who = None if row is None else account(connection, row.account_id)
    return None if row is None or who is None or not who.is_active else (who, Purpose(row.purpose))


def use_link(
    connection: Connection, token: str, purposes: frozenset[Purpose], *, now: datetime
) -> tuple[Account, Purpose] | None:
    """Whom the token lets in, this once. None for one that does not work, or not any more."""
    found = link_owner(connection, token, purposes, now=now)
    if found is None:
        return None
    # Two that come with the same token at once: only one of them deletes the row.
    gone = connection.execute(delete(table.account_link).where(table.account_link.c.sha256 == _digest(token)))
    return found if gone.rowcount == 1 else None


def void_links(connection: Connection, who: Account) -> None:
    """No link that was given to *who* works any more."""
    connection.execute(delete(table.account_link).where(table.account_link.c.account_id == who.id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
