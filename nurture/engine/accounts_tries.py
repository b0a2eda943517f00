"""How often one may try: counted in the store, for every web process, by the engine's clock.

A try is counted before its password is compared, which takes long, so that many at once do not slip through together.
A library that counts in the process would let each process be tried anew, and one that shares its counts needs a server
of its own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from nurture.store import records as table

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 10
"""Tries for one address, whoever makes them. A link lets in all the same."""
PER_CLIENT = 50
"""Tries of one client: an office behind one address has many people."""


def may_try(connection: Connection, limits: Mapping[str, int], *, now: datetime) -> bool:
    """Whether each subject is within its limit of the last WINDOW; if so, one try of each is counted.

    One that is refused does not count: whoever goes on trying does not keep the owner of the address out for longer.
    """
    tries = table.login_try
    connection.execute(delete(tries).where(tries.c.at <= now - WINDOW))
    counted = {
        row.subject: row.times
        for row in connection.execute(
            select(tries.c.subject, func.count().label("times"))
            .where(tries.c.subject.in_(list(limits)))
            .group_by(tries.c.subject)
        )
    }
    if any(counted.get(subject, 0) >= most for subject, most in limits.items()):
        return False
    connection.execute(insert(tries), [{"subject": subject, "at": now} for subject in limits])
    return True


def forgive_login(connection: Connection, email: str, client: str) -> None:
    """The try was right: it wipes out those for its address, and does not count against its client."""
    tries = table.login_try
    connection.execute(delete(tries).where(tries.c.subject == _as(email)))
    latest = select(func.max(tries.c.id)).where(tries.c.subject == _from(client)).scalar_subquery()
    connection.execute(delete(tries).where(tries.c.id == latest))


def login_limits(email: str, client: str) -> dict[str, int]:
    return {_as(email): PER_ADDRESS, _from(client): PER_CLIENT}


def reset_limits(email: str, client: str) -> dict[str, int]:
    """Mails of one kind to one address are few: it is somebody's mailbox."""
    return {f"reset of {email}": 3, f"reset from {client}": 20}


def _as(email: str) -> str:
    return f"login as {email}"


def _from(client: str) -> str:
    return f"login from {client}"
