"""Letting in: by password, by a link, by the company's identity provider, and what a password change ends.

Whoever has a second step is not let in yet: ``finish`` does, with the code.
"""

from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, update

from nurture.engine.accounts import Account, account, account_of
from nurture.engine.accounts_links import Purpose, new_link, use_link, void_links
from nurture.engine.accounts_passwords import hashed, is_outdated, matches
from nurture.engine.accounts_tries import forgive_login, login_limits, may_try, reset_limits
from nurture.engine.audit import audit
from nurture.engine.second_step import passes
from nurture.identity.seal import Seal
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.database import Database

LETS_IN = frozenset({Purpose.LOGIN, Purpose.INVITATION})
RESETS = frozenset({Purpose.RESET})
NOBODY = "no account"
ADDRESS_MAX = 254  # RFC 5321 §4.5.3.1.3


class Refused(Enum):
    """Why somebody was not let in. Whether the address or the password was wrong is not told."""

    WRONG = "wrong"
    TOO_OFTEN = "too often"


def log_in(database: Database, clock: Clock, email: str, password: str, *, client: str) -> Account | Refused:
    """The account behind an address and its password.

    client  the address that the request came from.
    Comparing takes tenths of a second on purpose, so no transaction is open meanwhile.
    """
    typed = email.strip().lower()[:ADDRESS_MAX]
    with database.writing() as connection:
        if not may_try(connection, login_limits(typed, client), now=clock.now()):
            return Refused.TOO_OFTEN
        who = account_of(connection, typed)
    is_right = matches(None if who is None or not who.is_active else who.password, password)
    with database.writing() as connection:
        now = clock.now()
        if who is None or not is_right:  # both write one line, so that the time taken tells nothing either
            actor = NOBODY if who is None else who.email
            audit(connection, actor=actor, what="failed to log in", now=now, detail={"from": client})
            return Refused.WRONG
        forgive_login(connection, typed, client)
        if who.password is not None and is_outdated(who.password):
            _keep(connection, who, password=hashed(password, email=who.email))
        return _let_in(connection, who, now, client=client, how="password")


def log_in_by_link(connection: Connection, token: str, *, now: datetime, client: str) -> Account | None:
    """The account that a link lets in, this once; None for one that does not work any more."""
    found = use_link(connection, token, LETS_IN, now=now)
    return None if found is None else _let_in(connection, found[0], now, client=client, how=found[1].value)


def log_in_by_provider(
    connection: Connection, email: str, provider: str, *, now: datetime, client: str
) -> Account | None:
    """The account of an address that the company's identity provider stands for; None where nobody here has it.

    Nobody is let in who was not invited. Whoever has a second step here is still asked for it.
    """
    who = account_of(connection, email.strip().lower()[:ADDRESS_MAX])
    if who is None or not who.is_active:
        audit(
            connection,
            actor=NOBODY if who is None else who.email,
            what="failed to log in",
            now=now,
            detail={"by": provider, "from": client},
        )
        return None
    return _let_in(connection, who, now, client=client, how=provider)


def ask_reset(
    connection: Connection, email: str, *, now: datetime, client: str
) -> tuple[Account, str] | Refused | None:
    """The account and the token to mail to it; None where the address has none, which the page must not tell."""
    typed = email.strip().lower()[:ADDRESS_MAX]
    if not may_try(connection, reset_limits(typed, client), now=now):
        return Refused.TOO_OFTEN
    who = account_of(connection, typed)
    if who is None or not who.is_active:
        return None
    audit(connection, actor=who.email, what="asked to reset the password", now=now, detail={"from": client})
    return who, new_link(connection, who, Purpose.RESET, now=now)


def reset_password(
    connection: Connection, token: str, password: str, *, now: datetime, client: str
) -> Account | None:
    """The account with its new password, logged in; None for a link that does not work any more.

    Raises AccountError for a password that is too easy; the caller's transaction then keeps the link.
    """
    found = use_link(connection, token, RESETS, now=now)
    if found is None:
        return None
    who = set_password(connection, found[0], password, now=now)
    forgive_login(connection, who.email, client)
    return _let_in(connection, who, now, client=client, how=Purpose.RESET.value)


def finish(
    database: Database, clock: Clock, who: Account, code: str, *, seal: Seal, client: str
) -> Account | Refused:
    """Let *who* in, whose first step was right, by the code of the second."""
    with database.writing() as connection:
        now = clock.now()
        if not may_try(connection, login_limits(f"second step of {who.id}", client), now=now):
            return Refused.TOO_OFTEN
        if not passes(connection, who, code, seal=seal, now=now):
            audit(connection, actor=who.email, what="gave a wrong code", now=now, detail={"from": client})
            return Refused.WRONG
        forgive_login(connection, f"second step of {who.id}", client)
        return _enter(connection, who, now, client=client, how="second step")


def set_password(connection: Connection, who: Account, password: str, *, now: datetime) -> Account:
    """Keep a new password: every other session ends, every link is void. Raises AccountError for one too easy."""
    _keep(connection, who, password=hashed(password, email=who.email), epoch=table.account.c.epoch + 1)
    void_links(connection, who)
    audit(connection, actor=who.email, what="changed the password", now=now)
    return account(connection, who.id) or who


def _let_in(connection: Connection, who: Account, now: datetime, *, client: str, how: str) -> Account:
    """Past the first step, which for most is the only one."""
    if who.second_step is None:
        return _enter(connection, who, now, client=client, how=how)
    audit(
        connection, actor=who.email, what="took the first step", now=now, detail={"by": how, "from": client}
    )
    return who


def _enter(connection: Connection, who: Account, now: datetime, *, client: str, how: str) -> Account:
    _keep(connection, who, logged_in_at=now)
    audit(connection, actor=who.email, what="logged in", now=now, detail={"by": how, "from": client})
    return who


def _keep(connection: Connection, who: Account, **columns: object) -> None:
    connection.execute(update(table.account).where(table.account.c.id == who.id).values(**columns))
