"""What the store keeps of the doctor: the last report."""

import msgspec
from sqlalchemy import Connection, select

from nurture.doctor.finding import Report
from nurture.store.records import health
from nurture.store.statements import upsert

REPORT = "report"


def keep_report(connection: Connection, report: Report) -> None:
    """Let *report* be the last one."""
    row = {"name": REPORT, "at": report.at, "value": msgspec.to_builtins(report)}
    upsert(connection, health, [row], key=("name",))


def last_report(connection: Connection) -> Report | None:
    """The last one; None before the first."""
    kept = connection.execute(select(health.c.value).where(health.c.name == REPORT)).scalar()
    return None if kept is None else msgspec.convert(kept, Report)
