"""The day at a glance: what left, what waits, and what is wrong, the worst first."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, text

from nurture.engine.held import HELD
from nurture.insight.set_aside import aside_count
from nurture.insight.shown import Shown, of_shown
from nurture.store.due import DueKind
from nurture.store.records import daily_count, due, hand_off, lead_state, revision, task, touch
from nurture.vocabulary.words import EventKind, Temperature

LATE = timedelta(minutes=5)
"""How long a due touch may wait before somebody should ask whether a worker runs."""
UNKNOWN, DEFERRED = text("touch.status = 'unknown'"), text("touch.status = 'deferred'")
"""As their indexes say it: SQLite uses a partial index only for its own words."""


class LiveRevision(msgspec.Struct, frozen=True):
    """What is live, since when and by whom."""

    number: int
    sha256: str
    applied_at: datetime
    actor: str
    reason: str


class Trouble(StrEnum):
    """What may be wrong, the worst first."""

    NOT_SENDING = "not sending"
    SET_ASIDE = "set aside"
    BREACHED = "breached"
    UNKNOWN = "unknown"
    FAILED = "failed"
    UNOWNED = "unowned"
    DEFERRED = "deferred"


class Problem(msgspec.Struct, frozen=True):
    """Something that a person should look at, and how many times over."""

    trouble: Trouble
    count: int
    since: datetime | None = None


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """Counts.

    sent, refused  on that day, as it was taken in; refused: bounced, failed.
    unknown        all that nobody has settled, of any day.
    deferred       waiting because a server asked for it.
    due_next       when the next touch may leave; None where nothing waits.
    due_in_a_day   touches that may leave within 24 hours.
    unclaimed      leads that were handed to sales and that nobody has accepted, nor put off.
    snoozed        those that a rep has put off until later.
    """

    sent: int
    refused: int
    unknown: int
    deferred: int
    due_next: datetime | None
    due_in_a_day: int
    open_tasks: int
    unclaimed: int
    snoozed: int
    leads: dict[Temperature, int]
    live: LiveRevision | None
    problems: tuple[Problem, ...]


def today(
    connection: Connection,
    *,
    now: datetime,
    day: date,
    whom: Shown,
) -> Today:
    """The counts at *now*, which is on *day* of the programme's calendar."""
    happened = _happened(connection, day, whom)
    snoozed = and_(hand_off.c.snoozed_until.is_not(None), hand_off.c.snoozed_until > now)
    refused = happened.get(EventKind.MAIL_BOUNCED, 0) + happened.get(EventKind.MAIL_FAILED, 0)
    unknown, deferred = (
        _count(
            connection, select(func.count()).select_from(touch).where(status, of_shown(touch.c.lead_id, whom))
        )
        for status in (UNKNOWN, DEFERRED)
    )
    queued = and_(due.c.kind == DueKind.TOUCH.value, of_shown(due.c.lead_id, whom))
    due_next = connection.execute(
        select(func.min(due.c.due_at, type_=due.c.due_at.type)).where(queued)
    ).scalar()
    due_next = None if due_next == HELD else due_next
    found = (
        Problem(Trouble.NOT_SENDING, _overdue(connection, now), due_next),
        Problem(Trouble.SET_ASIDE, aside_count(connection)),
        Problem(Trouble.BREACHED, _late(connection, now, whom)),
        Problem(Trouble.UNKNOWN, unknown),
        Problem(Trouble.FAILED, refused),
        Problem(Trouble.UNOWNED, _handed(connection, whom, hand_off.c.rep.is_(None))),
        Problem(Trouble.DEFERRED, deferred),
    )
    return Today(
        sent=happened.get(EventKind.MAIL_SENT, 0),
        refused=refused,
        unknown=unknown,
        deferred=deferred,
        due_next=due_next,
        due_in_a_day=_count(
            connection, select(func.count()).where(queued, due.c.due_at <= now + timedelta(days=1))
        ),
        open_tasks=_count(
            connection,
            select(func.count())
            .select_from(task)
            .where(task.c.done_at.is_(None), of_shown(task.c.lead_id, whom)),
        ),
        unclaimed=_handed(connection, whom, hand_off.c.accepted_at.is_(None), ~snoozed),
        snoozed=_handed(connection, whom, snoozed),
        leads=_temperatures(connection, whom),
        live=live_revision(connection),
        problems=tuple(problem for problem in found if problem.count),
    )


def live_revision(connection: Connection) -> LiveRevision | None:
    """The newest revision; None in a store that has none."""
    row = connection.execute(select(revision).order_by(revision.c.number.desc()).limit(1)).first()
    return (
        None if row is None else LiveRevision(row.number, row.sha256, row.applied_at, row.actor, row.reason)
    )


def _happened(connection: Connection, day: date, whom: Shown) -> dict[str, int]:
    """What became of mails on *day*, by kind of event: from the sums, for a busy day has many mails."""
    kinds = (EventKind.MAIL_SENT.value, EventKind.MAIL_BOUNCED.value, EventKind.MAIL_FAILED.value)
    rows = connection.execute(
        select(daily_count.c.what, daily_count.c["count"]).where(
            daily_count.c.what.in_(kinds),
            daily_count.c.sample.is_(whom is Shown.SAMPLE),
            daily_count.c.day == day.isoformat(),
        )
    )
    return dict(rows.all())


def _handed(connection: Connection, whom: Shown, *which: ColumnElement[bool]) -> int:
    """How many leads sales has, of *which*."""
    return _count(connection, select(func.count()).select_from(hand_off).where(*_open(whom), *which))


def _late(connection: Connection, now: datetime, whom: Shown) -> int:
    return _count(
        connection,
        select(func.count())
        .select_from(lead_state)
        .join(hand_off, hand_off.c.lead_id == lead_state.c.lead_id)
        .where(lead_state.c.clock_due_at <= now, *_open(whom)),
    )


def _open(whom: Shown) -> tuple[ColumnElement[bool], ...]:
    return hand_off.c.closed_at.is_(None), of_shown(hand_off.c.lead_id, whom)


def _overdue(connection: Connection, now: datetime) -> int:
    return _count(
        connection,
        select(func.count()).where(due.c.kind == DueKind.TOUCH.value, due.c.due_at < now - LATE),
    )


def _temperatures(connection: Connection, whom: Shown) -> dict[Temperature, int]:
    rows = connection.execute(
        select(lead_state.c.temperature, func.count())
        .where(of_shown(lead_state.c.lead_id, whom))
        .group_by(lead_state.c.temperature)
    )
    found: dict[str, int] = dict(rows.all())
    return {temperature: found.get(temperature.value, 0) for temperature in Temperature}


def _count(connection: Connection, statement: Select[int]) -> int:
    return connection.execute(statement).scalar_one()
