"""Segments counted by a walk over the leads, now and then and when a person asks: pages show what was found, and when.

A broadcast does not go by what was found: it asks each lead anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select

from nurture.content.model import Programme, Segment
from nurture.engine.live import Live
from nurture.engine.sweep_rows import Sweep, SweepKind, ask_for, running
from nurture.statemachine.consent import is_sales_own
from nurture.statemachine.known import known_of
from nurture.statemachine.scope import Scope
from nurture.store import records as table
from nurture.store.statements import insert_if_new
from nurture.vocabulary.state import LeadState

COUNTED = ("members", "no_address", "suppressed", "sales_owned")


def refresh(connection: Connection, *, by: str, now: datetime) -> int:
    """Have every segment counted, unless that is under way. Returns the walk's number."""
    under_way = running(connection, SweepKind.SEGMENTS)
    return under_way.id if under_way else ask_for(connection, SweepKind.SEGMENTS, actor=by, now=now)


def is_member(programme: Programme, segment: Segment, state: LeadState, now: datetime) -> bool:
    """Whether the lead is in the segment at *now*; what is unknown of it does not put it there."""
    return known_of(programme).holds(segment.when, Scope(programme, state, None, now))


def count(
    connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime
) -> int:
    """A batch of a walk: who is in which segment, written where it has changed. Returns how many are in any."""
    programme, totals = live.programme, sweep.counts
    members: set[tuple[int, str]] = set()
    inside = 0
    for state in states:
        scope = Scope(programme, state, None, now)
        known = known_of(programme)
        found = [key for key, each in programme.segments.items() if known.holds(each.when, scope)]
        members.update((state.lead.id, key) for key in found)
        inside += bool(found)
        for name in (*(f"segment {key}" for key in found), *(f"tag {tag}" for tag in state.lead.tags)):
            total = totals.setdefault(name, dict.fromkeys(COUNTED, 0))
            for what in _counted(programme, state):
                total[what] += 1
    if states:
        _write_members(connection, (states[0].lead.id, states[-1].lead.id), members)
    return inside


def settle(connection: Connection, live: Live, sweep: Sweep, now: datetime) -> None:
    """The walk has come to the end: what it counted is what pages show from now on."""
    counts: Mapping[str, Mapping[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0), sweep.counts)
    segments = live.programme.segments
    rows: list[dict[str, Any]] = [
        {"kind": "segment", "key": key, "condition": each.when.source, **counts[f"segment {key}"]}
        for key, each in segments.items()
    ]
    rows += [
        {"kind": "tag", "key": name.removeprefix("tag "), "condition": "", **total}
        for name, total in sweep.counts.items()
        if name.startswith("tag ")
    ]
    connection.execute(delete(table.audience_count))
    insert_if_new(connection, table.audience_count, [{**row, "counted_at": now} for row in rows])
    of = table.sweep.c
    earlier = (of.kind == SweepKind.SEGMENTS.value, of.finished_at.is_not(None), of.id < sweep.id)
    connection.execute(delete(table.sweep).where(*earlier))  # one an hour would be kept for nobody
    gone = table.segment_member.c.segment.not_in(sorted(segments))
    connection.execute(delete(table.segment_member).where(gone))


def _counted(programme: Programme, state: LeadState) -> Iterator[str]:
    """What the lead counts as: a member, and the first reason why no mail would reach it."""
    yield "members"
    if state.lead.email is None:
        yield "no_address"
    elif state.suppressed is not None:
        yield "suppressed"
    elif is_sales_own(programme, state):
        yield "sales_owned"


def _write_members(connection: Connection, between: tuple[int, int], members: set[tuple[int, str]]) -> None:
    """Membership of the leads from one number to another."""
    of = table.segment_member.c
    rows = connection.execute(select(of.lead_id, of.segment).where(of.lead_id.between(*between)))
    before = {(row.lead_id, row.segment) for row in rows}
    new = [{"lead_id": lead_id, "segment": key} for lead_id, key in sorted(members - before)]
    insert_if_new(connection, table.segment_member, new)
    gone = [{"ref": lead_id, "key": key} for lead_id, key in sorted(before - members)]
    if gone:
        this = and_(of.lead_id == bindparam("ref"), of.segment == bindparam("key"))
        connection.execute(delete(table.segment_member).where(this), gone)
