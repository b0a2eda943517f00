"""How often one may try: counted in the store, for every web process, by the engine's clock.

A try is counted before it is judged, so that many at once cannot slip through together. A library that counts in the
process would let each process be tried anew, and one that shares its counts needs a server of its own.
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
    """Count one try of each subject, and say whether all are within their limit of the last WINDOW."""
    tries = table.login_try
    connection.execute(delete(tries).where(tries.c.at <= now - WINDOW))
    connection.execute(insert(tries), [{"subject": subject, "at": now} for subject in limits])
    counted: dict[str, int] = dict(
        connection.execute(
            select(tries.c.subject, func.count()).where(tries.c.subject.in_(list(limits))).group_by(tries.c.subject)
        )
        .tuples()
        .all()
    )
    return all(counted[subject] <= most for subject, most in limits.items())


def forget_tries(connection: Connection, subject: str) -> None:
    """A try that was right wipes out those before it."""
    connection.execute(delete(table.login_try).where(table.login_try.c.subject == subject))


def login_limits(email: str, client: str) -> dict[str, int]:
    return {login_subject(email): PER_ADDRESS, f"login from {client}": PER_CLIENT}


def login_subject(email: str) -> str:
    return f"login as {email}"


def reset_limits(email: str, client: str) -> dict[str, int]:
    """Mails of one kind to one address are few: it is somebody's mailbox."""
    return {f"reset of {email}": 3, f"reset from {client}": 20}
