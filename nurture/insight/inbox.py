"""What sales has: open hand-offs, each with its clock, the reason for it, and an answer that is on its way."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from nurture.engine.aliases import whole
from nurture.insight.timeline import name_of
from nurture.scoring.ledger import interest_score
from nurture.statemachine.table import WITH_SALES
from nurture.store.mapping import event_of, unpacked
from nurture.store.records import event, hand_off, lead_state, score_entry, verdict
from nurture.vocabulary.state import LeadState, SlaClock
from nurture.vocabulary.words import EventKind

ANSWERS = (EventKind.HAND_OFF_ACCEPTED, EventKind.HAND_OFF_REJECTED, EventKind.CONTACTED, EventKind.STAGE_SET)
SETTLING = (EventKind.HAND_OFF_REJECTED, EventKind.CONTACTED, EventKind.STAGE_SET)
"""Answers after which nothing waits for sales any more, also before the engine has taken them in."""
REMEMBERED = timedelta(days=90)
VISITS_SHOWN = 8
MOST = 100
"""Hand-offs that a page shows at once; whoever has more looks at the most urgent first."""


class Reason(msgspec.Struct, frozen=True):
    """A rule that made the lead interesting: how often it counted, its points in all, and when it last did."""

    rule: str
    times: int
    points: float
    last_at: datetime


class HandOffLine(msgspec.Struct, frozen=True):
    """One lead that sales has.

    rep          None where nobody had room.
    answer       what a person has just said and the engine has not taken in yet.
    reasons      heaviest first.
    points_today gained since *since* of ``open_hand_offs``.
    snoozed_until until when a rep has put it off; None for not at all.
    """

    state: LeadState
    interest: float
    team: str
    rep: str | None
    made_at: datetime
    accepted_at: datetime | None
    answer: EventKind | None
    reasons: tuple[Reason, ...]
    points_today: float
    snoozed_until: datetime | None = None

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None or self.answer is EventKind.HAND_OFF_ACCEPTED

    def is_away(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now

    @property
    def name(self) -> str:
        return name_of(self.state)

    @property
    def clock(self) -> SlaClock | None:
        """The agreed time that runs; None where none does, or the answer that stops it is on its way."""
        stops = (EventKind.HAND_OFF_ACCEPTED, EventKind.HAND_OFF_REJECTED, EventKind.CONTACTED)
        return None if self.answer in stops else self.state.clock

    def is_late(self, now: datetime) -> bool:
        return self.clock is not None and self.clock.due_at <= now


class Visit(msgspec.Struct, frozen=True):
    """A page of ours that the lead looked at."""

    path: str
    times: int
    last_at: datetime


class Shelf(StrEnum):
    """Where an open hand-off lies in the inbox.

    TODO     it waits for sales: nobody has accepted it, or its clock runs, or it is back from having been put off.
    SNOOZED  a rep has put it off.
    WORK     sales has done what was agreed, and works on.
    """

    TODO = "todo"
    SNOOZED = "snoozed"
    WORK = "work"


class Whose(msgspec.Struct, frozen=True):
    """Hand-offs of a team, of a rep, or of both; or of one lead. None for all."""

    team: str | None = None
    rep: str | None = None
    lead: int | None = None

    @property
    def open(self) -> tuple[ColumnElement[bool], ...]:
        """What their rows meet."""
        asked = ((hand_off.c.team, self.team), (hand_off.c.rep, self.rep), (hand_off.c.lead_id, self.lead))
        return (hand_off.c.closed_at.is_(None), *(column == value for column, value in asked if value))


EVERYBODY = Whose()


class Waiting(msgspec.Struct, frozen=True):
    """How many leads sales has: those that wait for it, of them the unclaimed; the late wherever they lie."""

    open: int
    todo: int
    unclaimed: int
    late: int
    snoozed: int

    @property
    def work(self) -> int:
        return self.open - self.todo - self.snoozed


def waiting(connection: Connection, whose: Whose = EVERYBODY, *, now: datetime) -> Waiting:
    """The counts, from open hand-offs and their leads' clocks alone."""
    todo, late = lies_on(Shelf.TODO, now), and_(lead_state.c.clock_due_at <= now, ~_is_answered())
    wanted = {
        "open": lead_state.c.lead_id.is_not(None),
        "todo": todo,
        "unclaimed": and_(todo, hand_off.c.accepted_at.is_(None), ~_is_accepted()),
        "late": late,
        "snoozed": lies_on(Shelf.SNOOZED, now),
    }
    sums = [func.coalesce(func.sum(case((met, 1), else_=0)), 0).label(name) for name, met in wanted.items()]
    row = connection.execute(
        select(*sums)
        .select_from(hand_off)
        .join(lead_state, lead_state.c.lead_id == hand_off.c.lead_id)
        .where(*whose.open, _is_with_sales())
    ).one()
    return Waiting(**{name: int(getattr(row, name)) for name in wanted})


def lies_on(shelf: Shelf, now: datetime) -> ColumnElement[bool]:
    """What a hand-off's row, joined with its lead's, meets on a shelf; an answer that is on its way counts as taken in."""
    away = and_(hand_off.c.snoozed_until.is_not(None), hand_off.c.snoozed_until > now)
    waits = or_(
        hand_off.c.accepted_at.is_(None),
        lead_state.c.clock_due_at.is_not(None),
        hand_off.c.snoozed_until.is_not(None),
    )
    match shelf:
        case Shelf.SNOOZED:
            return and_(away, ~_is_answered())
        case Shelf.TODO:
            return and_(~away, waits, ~_is_answered())
        case Shelf.WORK:
            return or_(_is_answered(), and_(~away, ~waits))


def _is_with_sales() -> ColumnElement[bool]:
    return lead_state.c.stage.in_([stage.value for stage in WITH_SALES])


def _is_answered() -> ColumnElement[bool]:
    return _said(SETTLING)


def _is_accepted() -> ColumnElement[bool]:
    return _said((EventKind.HAND_OFF_ACCEPTED,))


def _said(kinds: Sequence[EventKind]) -> ColumnElement[bool]:
    """Whether an event of these kinds waits to be taken in for the hand-off's lead."""
    waits = select(event.c.lead_id).where(
        event.c.id > 0,  # by the index of what waits: SQLite else reads every event of every lead
        event.c.absorbed_at.is_(None),
        event.c.lead_id.is_not(None),
        event.c.kind.in_([kind.value for kind in kinds]),
    )
    return hand_off.c.lead_id.in_(waits)


def next_back(connection: Connection, whose: Whose = EVERYBODY, *, now: datetime) -> datetime | None:
    """When the first of those that were put off comes back; None where none was."""
    at = func.min(hand_off.c.snoozed_until, type_=hand_off.c.snoozed_until.type)
    return connection.execute(select(at).where(*whose.open, hand_off.c.snoozed_until > now)).scalar()


def open_hand_offs(
    connection: Connection,
    *,
    now: datetime,
    since: datetime,
    whose: Whose = EVERYBODY,
    shelf: Shelf | None = None,
    is_late: bool = False,
    most: int = MOST,
) -> tuple[HandOffLine, ...]:
    """Leads that sales has, the most urgent first: by the running clock, then those that wait, then the hottest.

    since    from when points count as today's.
    shelf    where they lie; None for everywhere.
    is_late  only those whose clock has run out.
    most     how many are read; those whose clock runs come first.
    """
    handed = (
        select(hand_off, lead_state.c.state)
        .join(lead_state, lead_state.c.lead_id == hand_off.c.lead_id)
        .where(*whose.open, _is_with_sales(), *(() if shelf is None else (lies_on(shelf, now),)))
        .limit(most)
    )
    if is_late:
        handed = handed.where(lead_state.c.clock_due_at <= now, ~_is_answered())
    clock = lead_state.c.clock_due_at
    rows = connection.execute(handed.where(clock.is_not(None)).order_by(clock)).all()
    if len(rows) < most:
        rest = handed.where(clock.is_(None)).order_by(hand_off.c.accepted_at.is_not(None), hand_off.c.made_at)
        rows = [*rows, *connection.execute(rest.limit(most - len(rows)))]
    found = [(row, unpacked(row.state)) for row in rows]
    latest = [
        (row, state)
        for row, state in found
        if state.hand_off is not None and state.hand_off.serial == row.serial
    ]
    lead_ids = [row.lead_id for row, _ in latest]
    answers, reasons = _answers(connection, lead_ids), _reasons(connection, lead_ids, now - REMEMBERED)
    today = _gained(connection, lead_ids, since)
    lines = [
        HandOffLine(
            state=state,
            interest=interest_score(state.accumulators, now),
            team=row.team,
            rep=row.rep,
            made_at=row.made_at,
            accepted_at=row.accepted_at,
            answer=answers.get(row.lead_id),
            reasons=tuple(reasons[row.lead_id]),
            points_today=today.get(row.lead_id, 0.0),
            snoozed_until=row.snoozed_until,
        )
        for row, state in latest
    ]
    return tuple(sorted(lines, key=lambda line: _urgency(line, now)))


def visits_of(connection: Connection, lead_id: int) -> tuple[Visit, ...]:
    """The pages that the lead looked at, the latest first."""
    rows = connection.execute(
        select(event)
        .where(event.c.lead_id.in_(whole(connection, lead_id)), event.c.kind == EventKind.PAGE_VISITED.value)
        .order_by(event.c.id.desc())
        .limit(200)
    )
    seen: dict[str, Visit] = {}
    for each in map(event_of, rows):
        path = each.text("path") or "/"
        known = seen.get(path)
        seen[path] = (
            Visit(path, 1, each.occurred_at)
            if known is None
            else msgspec.structs.replace(known, times=known.times + 1)
        )
    return tuple(seen.values())[:VISITS_SHOWN]


def _urgency(line: HandOffLine, now: datetime) -> tuple[bool, datetime, bool, float]:
    clock = line.clock
    return clock is None, clock.due_at if clock else now, line.accepted_at is not None, -line.interest


def _answers(connection: Connection, lead_ids: Sequence[int]) -> dict[int, EventKind]:
    rows = connection.execute(
        select(event.c.lead_id, event.c.kind)
        .where(
            event.c.absorbed_at.is_(None),
            event.c.lead_id.is_not(None),
            event.c.lead_id.in_(lead_ids),
            event.c.kind.in_([kind.value for kind in ANSWERS]),
        )
        .order_by(event.c.id)
    )
    return {row.lead_id: EventKind(row.kind) for row in rows}


def _reasons(connection: Connection, lead_ids: Sequence[int], since: datetime) -> dict[int, list[Reason]]:
    points = func.sum(score_entry.c.credited).label("points")
    last_at = func.max(score_entry.c.at, type_=score_entry.c.at.type).label("last_at")
    times = func.count(score_entry.c.event_id.distinct()).label("times")
    rows = connection.execute(
        select(score_entry.c.lead_id, score_entry.c.rule, times, points, last_at)
        .outerjoin(verdict, verdict.c.event_id == score_entry.c.event_id)
        .where(score_entry.c.lead_id.in_(lead_ids), score_entry.c.at >= since, verdict.c.pattern.is_(None))
        .group_by(score_entry.c.lead_id, score_entry.c.rule)
        .order_by(points.desc(), score_entry.c.rule)
    )
    found: dict[int, list[Reason]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(Reason(row.rule, row.times, row.points, row.last_at))
    return found


def _gained(connection: Connection, lead_ids: Sequence[int], since: datetime) -> dict[int, float]:
    rows = connection.execute(
        select(score_entry.c.lead_id, func.sum(score_entry.c.credited))
        .where(score_entry.c.lead_id.in_(lead_ids), score_entry.c.at >= since)
        .group_by(score_entry.c.lead_id)
    )
    return dict(rows.all())
