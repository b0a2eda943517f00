"""Broadcasts: set to begin when their revision is published, walked over the leads, held, let go on, and called off.

    publish ─► schedule ─► at its moment: reach, a batch a turn ─► one event a member ─► the state machine, touches, gates

A lead is reached once, whatever stops a walk: its event is idempotent on (campaign, lead).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, literal, select, text, update

from nurture.content.model import Broadcast, Programme
from nurture.engine.held import HELD
from nurture.engine.intake import add_events
from nurture.engine.live import Live
from nurture.engine.schedule import sweeps_of_broadcasts
from nurture.engine.segments import is_member
from nurture.engine.sweep_rows import Sweep, go_on, halt, note
from nurture.statemachine.broadcasts import why_missed
from nurture.store import records as table
from nurture.store.database import ABSORBING
from nurture.store.due import DueKind
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, TouchStatus

SOURCE = "broadcast"
MAILED = "mailed"
"""In a walk's counts: those whom no reason keeps from the mail."""
WAITING = (TouchStatus.PLANNED.value, TouchStatus.DEFERRED.value)
OPEN = tuple(status.value for status in TouchStatus if not status.is_final)
"""Also of mail that is on its way: where it comes back without having left, it does not leave again."""


def reach(
    connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime
) -> int:
    """A batch of a walk: the broadcast comes to those who are its audience now."""
    programme = live.programme
    campaign = programme.campaigns[sweep.subject]
    assert campaign.broadcast is not None
    members = [each for each in states if is_audience(programme, campaign.broadcast, each, now)]
    counts = Counter(why_missed(programme, each, campaign, now) or MAILED for each in members)
    for why, number in counts.items():
        sweep.counts[str(why)] = sweep.counts.get(str(why), 0) + number
    add_events(
        connection,
        [
            Event(
                lead_id=each.lead.id,
                kind=EventKind.BROADCAST_REACHED,
                occurred_at=now,
                received_at=now,
                source=SOURCE,
                source_id=f"{campaign.key}:{each.lead.id}",
                properties={"campaign": campaign.key},
            )
            for each in members
        ],
    )
    return len(members)


def is_audience(programme: Programme, broadcast: Broadcast, state: LeadState, now: datetime) -> bool:
    """Whether the broadcast is for this lead, at *now*."""
    if broadcast.tag is not None:
        return broadcast.tag in state.lead.tags
    segment = programme.segments.get(broadcast.to or "")
    return segment is not None and is_member(programme, segment, state, now)


# ---------------------------------------------------------------- held, let go on, called off


def pause(connection: Connection, campaign: str, *, now: datetime) -> bool:
    """Reach nobody more, and let no mail leave that is not on its way. Returns whether there was anything to pause."""
    sweep = _locked(connection, campaign)
    if sweep is None or sweep.cancelled_at is not None or sweep.paused_at is not None:
        return False
    note(connection, sweep.id, paused_at=now)
    halt(connection, sweep.id)
    _hold(connection, campaign)
    return True


def resume(connection: Connection, campaign: str, *, now: datetime) -> bool:
    """Go on where it was paused. Returns whether it was."""
    sweep = _locked(connection, campaign)
    if sweep is None or sweep.cancelled_at is not None or sweep.paused_at is None:
        return False
    note(connection, sweep.id, paused_at=None)
    if sweep.finished_at is None:
        go_on(connection, sweep.id, max(now, sweep.starts_at))
    moment = select(table.touch.c.due_at).where(table.touch.c.id == table.due.c.id).scalar_subquery()
    connection.execute(
        update(table.due)
        .where(*_queued(campaign), table.due.c.due_at == literal(HELD, table.due.c.due_at.type))
        .values(due_at=moment)
    )
    return True


def cancel(connection: Connection, campaign: str, *, by: str, now: datetime) -> bool:
    """Call it off, before it begins or on its way: no further mail leaves. Returns whether it was not over."""
    sweep = _locked(connection, campaign)
    if sweep is None or sweep.cancelled_at is not None:
        return False
    connection.execute(
        delete(table.event).where(  # they have come to nobody yet
            table.event.c.source == SOURCE,
            table.event.c.absorbed_at.is_(None),
            table.event.c.lead_id.is_not(None),
            table.event.c.source_id.startswith(f"{campaign}:", autoescape=True),
        )
    )
    note(connection, sweep.id, cancelled_at=now, paused_at=None)
    halt(connection, sweep.id)
    _hold(connection, campaign)
    columns = ("lead_id", "kind", "occurred_at", "received_at", "source", "source_id", "properties")
    of = table.event.c
    told = (
        select(
            table.touch.c.lead_id,
            literal(EventKind.BROADCAST_CANCELLED.value),
            literal(now, of.occurred_at.type),
            literal(now, of.received_at.type),
            literal(SOURCE),
            literal(f"cancelled:{campaign}:") + cast(table.touch.c.lead_id, Text),
            literal({"campaign": campaign, "by": by}, of.properties.type),
        )
        .where(table.touch.c.campaign == campaign, table.touch.c.status.in_(OPEN))
        .distinct()
    )
    connection.execute(table.event.insert().from_select(columns, told))
    return True


def _locked(connection: Connection, campaign: str) -> Sweep | None:
    """The walk of a broadcast, while nobody absorbs: what its events plan is planned, or will be seen as held."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ABSORBING})
    return next(iter(sweeps_of_broadcasts(connection, campaign)), None)


def _hold(connection: Connection, campaign: str) -> None:
    connection.execute(update(table.due).where(*_queued(campaign)).values(due_at=HELD))


def _queued(campaign: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Touches of a broadcast that wait."""
    waiting = select(table.touch.c.id).where(
        table.touch.c.campaign == campaign, table.touch.c.status.in_(WAITING)
    )
    return table.due.c.kind == DueKind.TOUCH.value, table.due.c.id.in_(waiting)
