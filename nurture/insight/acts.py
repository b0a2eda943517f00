"""Opens and clicks with who made them and why we think so, newest first: a page of them at a time, by its place."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from nurture.engine.overrule import ACTS, BY_HAND
from nurture.engine.verdicts import VERDICT
from nurture.insight.verdicts import Verdict, verdict_of
from nurture.store.mapping import Fetched, event_of
from nurture.store.records import event, lead, touch, verdict
from nurture.tracking.patterns import PATTERNS
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

LOOKED_THROUGH = 20_000
"""So many events a page of what nobody doubted is looked for in; the next page goes on from there."""
GIVES_AWAY = {each.name: each.gives_away for each in PATTERNS} | {BY_HAND: "Somebody of us said so."}


class Shown(StrEnum):
    """Which of them: a machine's, those judged otherwise later, a person's."""

    MACHINES = "machines"
    OVERTURNED = "overturned"
    PEOPLE = "people"


class Act(msgspec.Struct, frozen=True):
    """One open or click.

    event    as it was told.
    verdict  as it is judged now; None for what nobody ever doubted.
    sent_at  when its mail's 250 came; None if that is not known.
    email    of the lead; None for one without.
    waits    what somebody has just said and the next turn takes in: whether a person did it; None for nothing.
    """

    event: Event
    verdict: Verdict | None
    sent_at: datetime | None
    email: str | None
    waits: bool | None = None

    @property
    def is_person(self) -> bool:
        return self.verdict is None or self.verdict.pattern is None

    @property
    def gives_away(self) -> str:
        """What gave the machine away, in plain words; "" for a person."""
        pattern = None if self.verdict is None else self.verdict.pattern
        return "" if pattern is None else GIVES_AWAY.get(pattern, "")

    @property
    def after_delivery(self) -> timedelta | None:
        """How long after the delivery it came; negative where the server still thought about its answer."""
        return None if self.sent_at is None else self.event.occurred_at - self.sent_at


class Acts(msgspec.Struct, frozen=True):
    """Some of them, newest first. *before* is where the next page begins; None on the last."""

    acts: tuple[Act, ...]
    before: int | None


def acts_page(
    connection: Connection,
    shown: Shown,
    *,
    pattern: str | None = None,
    lead_id: int | None = None,
    before: int | None = None,
    size: int,
) -> Acts:
    """Those older than the one numbered *before*, or the newest; of one pattern, of one lead, or of all."""
    statement = _people(connection, lead_id, before) if shown is Shown.PEOPLE else _judged(shown, pattern)
    if lead_id is not None:
        statement = statement.where((event if shown is Shown.PEOPLE else verdict).c.lead_id == lead_id)
    if before is not None:
        statement = statement.where((event.c.id if shown is Shown.PEOPLE else verdict.c.event_id) < before)
    rows = connection.execute(statement.limit(size + 1)).all()
    waiting = _waiting(connection, {row.lead_id for row in rows})
    sent = _sent(connection, [event_of(row) for row in rows])
    acts = tuple(_act(row, sent, waiting) for row in rows[:size])
    if len(rows) > size:
        return Acts(acts, acts[-1].event.id)
    begins = _begins(connection, before) if shown is Shown.PEOPLE and lead_id is None else 0
    return Acts(acts, begins if begins > 0 else None)


COLUMNS = (
    event,
    verdict.c.humanity,
    verdict.c.pattern,
    verdict.c.overturned_at,
    verdict.c.overruled_by,
    lead.c.email,
)


def _judged(shown: Shown, pattern: str | None) -> Select[Any]:
    statement = (
        select(*COLUMNS)
        .select_from(verdict)
        .join(event, event.c.id == verdict.c.event_id)
        .outerjoin(lead, lead.c.id == verdict.c.lead_id)
        .order_by(verdict.c.event_id.desc())
    )
    if shown is Shown.OVERTURNED:
        statement = statement.where(verdict.c.overturned_at.is_not(None))
    elif pattern is None:
        statement = statement.where(verdict.c.pattern.is_not(None))
    return statement if pattern is None else statement.where(verdict.c.pattern == pattern)


def _people(connection: Connection, lead_id: int | None, before: int | None) -> Select[Any]:
    statement = (
        select(*COLUMNS)
        .select_from(event)
        .outerjoin(verdict, verdict.c.event_id == event.c.id)
        .outerjoin(lead, lead.c.id == event.c.lead_id)
        .where(
            event.c.kind.in_(ACTS),
            event.c.lead_id.is_not(None),
            event.c.absorbed_at.is_not(None),
            verdict.c.pattern.is_(None),
        )
        .order_by(event.c.id.desc())
    )
    return statement if lead_id is not None else statement.where(event.c.id >= _begins(connection, before))


def _begins(connection: Connection, before: int | None) -> int:
    newest = connection.execute(select(event.c.id).order_by(event.c.id.desc()).limit(1)).scalar() or 0
    return (newest + 1 if before is None else before) - LOOKED_THROUGH


def _waiting(connection: Connection, lead_ids: set[int]) -> Mapping[int, bool]:
    """What was said of the leads' acts and no turn has taken in yet."""
    if not lead_ids:
        return {}
    said: Sequence[Fetched] = connection.execute(
        select(event)
        .where(
            event.c.absorbed_at.is_(None),
            event.c.lead_id.in_(sorted(lead_ids)),
            event.c.kind == EventKind.VERDICT_OVERTURNED.value,
            event.c.source == VERDICT,
        )
        .order_by(event.c.id)
    ).all()
    events = map(event_of, said)
    return {int(each.number("overturned") or 0): each.by_person for each in events}


def _sent(connection: Connection, events: Sequence[Event]) -> Mapping[int, datetime | None]:
    """When the 250 of each mail came that they are about."""
    ids = {int(each.number("touch") or 0) for each in events}
    rows = connection.execute(select(touch.c.id, touch.c.settled_at).where(touch.c.id.in_(sorted(ids))))
    return {row.id: row.settled_at for row in rows}


def _act(row: Fetched, sent: Mapping[int, datetime | None], waiting: Mapping[int, bool]) -> Act:
    told = event_of(row)
    found = None if row.humanity is None else verdict_of(row)
    return Act(told, found, sent.get(int(told.number("touch") or 0)), row.email, waiting.get(told.id))
