"""When a worker was last at work, and the last time that none was: mail that missed its moment then makes no burst now."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from nurture.log import get_log
from nurture.scheduling.spans import Span
from nurture.store.records import health
from nurture.store.statements import upsert

log = get_log(__name__)

WORKER, ABSENCE = "worker", "absence"
BEAT = timedelta(seconds=30)
"""How often a worker says that it is at work."""
NOTED_FROM = timedelta(hours=1)
"""Shorter absences are nobody's business: what they held up leaves at once."""


def note_worker(connection: Connection, now: datetime) -> None:
    """A worker is at work. Whichever worker it is: what waits is done as long as there is one."""
    before = worker_at(connection)
    if before is not None and now - before >= NOTED_FROM:
        span = {"began": before.isoformat(), "ended": now.isoformat()}
        upsert(connection, health, [{"name": ABSENCE, "at": now, "value": span}], key=("name",))
        log.warning("nobody was at work", since=before, for_hours=round((now - before) / timedelta(hours=1)))
    upsert(connection, health, [{"name": WORKER, "at": now, "value": None}], key=("name",))


def worker_at(connection: Connection) -> datetime | None:
    """When one was last at work; None for never."""
    return connection.execute(select(health.c.at).where(health.c.name == WORKER)).scalar()


def last_absence(connection: Connection) -> Span | None:
    """The last time that no worker was at work for an hour or more; None for never."""
    kept = connection.execute(select(health.c.value).where(health.c.name == ABSENCE)).scalar()
    if kept is None:
        return None
    return Span(datetime.fromisoformat(kept["began"]), datetime.fromisoformat(kept["ended"]))
