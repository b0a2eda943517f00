"""Accounts: who may log in, in which role. Whatever takes a right away ends every session that was begun with it.

accounts            an account, and who may have one
accounts_links      tokens that let in once
accounts_passwords  how passwords are kept and compared
accounts_tries      how often one may try
accounts_login      letting in
second_step         the code that is asked for after the password
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from nurture.capture.addresses import normalise
from nurture.engine.audit import audit
from nurture.errors import NurtureError
from nurture.scheduling.zone_names import todays_name
from nurture.store import records as table
from nurture.store.mapping import Fetched

NAME_MAX = 100
FIRST_ADMIN = "admin@localhost"
"""What the first admin is called until it says its own address."""


class AccountError(NurtureError):
    """What was asked of an account cannot be done; the text says why, and what can."""


class Role(StrEnum):
    """What an account is for. Which role may do what, the pages decide (``webapp.rights``)."""

    ADMIN = "admin"
    MARKETER = "marketer"
    AUTHOR = "author"
    APPROVER = "approver"
    SALES = "sales"
    VIEWER = "viewer"


class Account(msgspec.Struct, frozen=True):
    """A person of ours who may log in.

    name         None until the person has said it.
    password     an argon2id hash; None: only a link lets in.
    epoch        rises when a right is taken away or a password changes; a session of an older one has ended.
    disabled_at  None while it may log in.
    second_step  the sealed key of its one-time codes; None where the password is enough.
    language     of the pages, two letters; None: the one that its browser asks for.
    time_zone    on whose clock it is told the time, an IANA name; None: the programme's.
    """

    id: int
    email: str
    name: str | None
    role: Role
    password: str | None
    epoch: int
    created_at: datetime
    logged_in_at: datetime | None
    disabled_at: datetime | None
    second_step: str | None = None
    language: str | None = None
    time_zone: str | None = None

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def called(self) -> str:
        """Its name, or what stands for it."""
        return self.name or self.email.partition("@")[0]


def account(connection: Connection, account_id: int) -> Account | None:
    return _one(connection, table.account.c.id == account_id)


def account_of(connection: Connection, email: str) -> Account | None:
    """The account with this address, however it was typed."""
    return _one(connection, table.account.c.email == (normalise(email) or email.strip().lower()))


def active_admins(connection: Connection) -> tuple[Account, ...]:
    """Admins who may log in, the first one first; locked until the transaction ends, so that one of them stays."""
    statement = (
        select(table.account)
        .where(table.account.c.role == Role.ADMIN.value, table.account.c.disabled_at.is_(None))
        .order_by(table.account.c.id)
        .with_for_update()
    )
    return tuple(map(_account, connection.execute(statement)))


def add(connection: Connection, email: str, role: Role, *, by: str, now: datetime) -> Account:
    """A new account without a password. Raises AccountError for an address that is none or has an account already."""
    address = _own_address(connection, email)
    row = {"email": address, "role": role.value, "created_at": now}
    number = connection.execute(insert(table.account).returning(table.account.c.id), row).scalar_one()
    audit(connection, actor=by, what="invited", target=address, now=now, detail={"role": role.value})
    return _stored(connection, number)


def first_admin(connection: Connection, *, now: datetime) -> Account | None:
    """The admin to let in by a link because no admin can log in alone, made if there is none; None once one can."""
    admins = active_admins(connection)
    if any(each.password for each in admins):
        return None
    if admins:
        return admins[0]
    row = {"email": FIRST_ADMIN, "role": Role.ADMIN.value, "created_at": now}
    number = connection.execute(insert(table.account).returning(table.account.c.id), row).scalar_one()
    return _stored(connection, number)


def set_role(connection: Connection, who: Account, role: Role, *, by: str, now: datetime) -> None:
    """Another role; every session of *who* ends. Raises AccountError for the last admin."""
    if role is who.role:
        return
    _keep_an_admin(connection, who)
    _change(connection, who, role=role.value, epoch=table.account.c.epoch + 1)
    detail = {"from": who.role.value, "to": role.value}
    audit(connection, actor=by, what="changed the role", target=who.email, now=now, detail=detail)


def disable(connection: Connection, who: Account, *, by: str, now: datetime) -> None:
    """No login any more: every session ends, every link is void. Raises AccountError for the last admin."""
    if not who.is_active:
        return
    _keep_an_admin(connection, who)
    _change(connection, who, disabled_at=now, epoch=table.account.c.epoch + 1)
    connection.execute(table.account_link.delete().where(table.account_link.c.account_id == who.id))
    audit(connection, actor=by, what="disabled", target=who.email, now=now)


def enable(connection: Connection, who: Account, *, by: str, now: datetime) -> None:
    """May log in again, with the password that it had."""
    if not who.is_active:
        _change(connection, who, disabled_at=None)
        audit(connection, actor=by, what="enabled", target=who.email, now=now)


def introduce(connection: Connection, who: Account, *, name: str, email: str, now: datetime) -> None:
    """What *who* is called, and where mail reaches it. Raises AccountError for an address that cannot be its own."""
    shown = " ".join(name.split())[:NAME_MAX] or None
    address = who.email if email.strip().lower() == who.email else _own_address(connection, email)
    if (shown, address) != (who.name, who.email):
        _change(connection, who, name=shown, email=address)
        detail = {"name": shown, "address": address}
        audit(connection, actor=who.email, what="changed the name or address", now=now, detail=detail)


def speak(connection: Connection, who: Account, language: str | None) -> None:
    """Show *who* the pages in *language*, or as its browser asks; a choice of its own that nobody asks about later."""
    if language != who.language:
        _change(connection, who, language=language)


def keep_time(connection: Connection, who: Account, time_zone: str | None) -> None:
    """Tell *who* the time by the clock of *time_zone*, or by the programme's. Raises AccountError for a zone that is none."""
    name = None if time_zone is None else todays_name(time_zone)
    if time_zone is not None and name is None:
        raise AccountError(
            f"“{time_zone[:NAME_MAX]}” is not a time zone that we know; choose one such as Europe/Berlin."
        )
    if name != who.time_zone:
        _change(connection, who, time_zone=name)


def end_sessions(connection: Connection, who: Account, *, now: datetime) -> int:
    """Log *who* out everywhere; returns the epoch of sessions from now on."""
    _change(connection, who, epoch=table.account.c.epoch + 1)
    audit(connection, actor=who.email, what="ended all sessions", now=now)
    return _stored(connection, who.id).epoch


def _own_address(connection: Connection, email: str) -> str:
    address = normalise(email)
    if address is None:
        raise AccountError(f"“{email.strip()}” is not an e-mail address; write one such as lena@example.com.")
    if account_of(connection, address) is not None:
        raise AccountError(f"{address} has an account already; see the list of users.")
    return address


def _keep_an_admin(connection: Connection, who: Account) -> None:
    if [each.id for each in active_admins(connection)] == [who.id]:
        raise AccountError(f"{who.email} is the last admin; make somebody else an admin first.")


def _change(connection: Connection, who: Account, **columns: Any) -> None:
    connection.execute(update(table.account).where(table.account.c.id == who.id).values(**columns))


def _stored(connection: Connection, account_id: int) -> Account:
    found = account(connection, account_id)
    assert found is not None, "written in this transaction"
    return found


def _one(connection: Connection, condition: Any) -> Account | None:
    row = connection.execute(select(table.account).where(condition)).first()
    return None if row is None else _account(row)


def _account(row: Fetched) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        password=row.password,
        epoch=row.epoch,
        created_at=row.created_at,
        logged_in_at=row.logged_in_at,
        disabled_at=row.disabled_at,
        second_step=row.second_step,
        language=row.language,
        time_zone=row.time_zone,
    )
