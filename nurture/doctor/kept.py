"""What the store keeps about health: the last report, and when a worker was last at work."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from nurture.doctor.finding import Report
from nurture.store.records import health
from nurture.store.statements import upsert

REPORT, WORKER = "report", "worker"
BEAT = timedelta(seconds=30)
"""How often a worker says that it is at work."""


def keep_report(connection: Connection, report: Report) -> None:
    """Let *report* be the last one."""
    row = {"name": REPORT, "at": report.at, "value": msgspec.to_builtins(report)}
    upsert(connection, health, [row], key=("name",))


def last_report(connection: Connection) -> Report | None:
    """The last one; None before the first."""
    kept = connection.execute(select(health.c.value).where(health.c.name == REPORT)).scalar()
    return None if kept is None else msgspec.convert(kept, Report)


def note_worker(connection: Connection, now: datetime) -> None:
    """A worker is at work. Whichever worker it is: what waits is done as long as there is one."""
    upsert(connection, health, [{"name": WORKER, "at": now, "value": None}], key=("name",))


def worker_at(connection: Connection) -> datetime | None:
    """When one was last at work; None for never."""
    return connection.execute(select(health.c.at).where(health.c.name == WORKER)).scalar()
