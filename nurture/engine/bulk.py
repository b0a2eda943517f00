"""Acts on many leads: a walk over those that were chosen, or over all that a filter shows, a batch a transaction.

What each lead was left alone for is counted; the events carry the walk's number, by which another walk takes them back.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, update

from nurture.engine.audit import audit
from nurture.engine.bulk_acts import Act, Asked, Told, Verdict, decide, reverse
from nurture.engine.intake import add_events
from nurture.engine.lead_filter import LeadFilter, matching
from nurture.engine.live import Live
from nurture.engine.suppress import lift, suppress
from nurture.engine.sweep_rows import Sweep, SweepKind, ask_for, halt, note, sweep_numbered
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, SuppressionCause

SOURCE = "bulk"
CHOSEN_MAX = 500
"""Leads that can be chosen one by one; more are asked for by a filter."""


def begin(
    connection: Connection,
    asked: Asked,
    *,
    chosen: Collection[int] | None = None,
    wanted: LeadFilter | None = None,
    by: str,
    now: datetime,
) -> Sweep:
    """Have *asked* done with the leads that were *chosen*, or with all that *wanted* lets through at their batch."""
    assert (chosen is None) is not (wanted is None), "an act is for those chosen, or for those that match"
    whom: dict[str, Any] = (
        {"chosen": sorted(set(chosen))[:CHOSEN_MAX]}
        if chosen is not None
        else {"filter": msgspec.to_builtins(wanted)}
    )
    return _begin(connection, {**whom, "act": asked.act.value, "value": asked.value}, by=by, now=now)


def take_back(connection: Connection, number: int, *, by: str, now: datetime) -> Sweep | None:
    """Undo what the walk did so far, and let it do no more. None for no such walk, or one that was taken back already."""
    done = sweep_numbered(connection, number)
    if (
        done is None
        or done.kind is not SweepKind.BULK
        or "undoes" in done.asked
        or "undone_by" in done.counts
    ):
        return None
    if not done.is_over:
        halt(connection, number)
        note(connection, number, cancelled_at=now)
    asked = {"undoes": number, "act": done.asked["act"], "value": done.asked["value"]}
    undoing = _begin(connection, asked, by=by, now=now)
    note(connection, number, counts={**done.counts, "undone_by": undoing.id})
    return undoing


def concerned(sweep: Sweep) -> ColumnElement[bool]:
    """Whom a walk concerns, as things stand at each batch."""
    lead_id = table.lead_state.c.lead_id
    if "undoes" in sweep.asked:
        said, first = table.event.c, f"{sweep.asked['undoes']}:"
        marked = (said.source == SOURCE, said.source_id >= first, said.source_id < first[:-1] + ";")
        return lead_id.in_(select(said.lead_id).where(*marked))
    if "chosen" in sweep.asked:
        return lead_id.in_(sweep.asked["chosen"])
    return matching(msgspec.convert(sweep.asked["filter"], LeadFilter))


def take(connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime) -> int:
    """A batch of a walk; counts why leads were left alone."""
    skipped = Counter(sweep.counts.get("skipped", {}))
    told: list[tuple[LeadState, Told]] = []
    for state, verdict in _verdicts(connection, live, sweep, states, now):
        if isinstance(verdict, str):
            skipped[verdict] += 1
        else:
            told.append((state, verdict))
    sweep.counts["skipped"] = dict(skipped)
    add_events(connection, [_event(sweep, state, each, now) for state, each in told])
    _at_once(connection, told, now)
    return len(told)


def _verdicts(
    connection: Connection, live: Live, sweep: Sweep, states: Sequence[LeadState], now: datetime
) -> Iterator[tuple[LeadState, Verdict]]:
    asked = Asked(Act(sweep.asked["act"]), sweep.asked["value"])
    if "undoes" not in sweep.asked:
        yield from ((state, decide(asked, state, live.programme, now)) for state in states)
        return
    marks = {f"{sweep.asked['undoes']}:{state.lead.id}": state for state in states}
    said = table.event.c
    rows = connection.execute(
        select(said.source_id, said.properties, said.absorbed_at).where(
            said.source == SOURCE, said.source_id.in_(list(marks))
        )
    )
    for row in rows:
        state = marks[row.source_id]
        yield state, reverse(asked, row.properties, None if row.absorbed_at is None else state)


def _event(sweep: Sweep, state: LeadState, told: Told, now: datetime) -> Event:
    return Event(
        lead_id=state.lead.id,
        kind=told.kind,
        occurred_at=now,
        received_at=now,
        source=SOURCE,
        source_id=f"{sweep.id}:{state.lead.id}",
        properties={**told.properties, "by": sweep.actor},
    )


def _at_once(connection: Connection, told: Sequence[tuple[LeadState, Told]], now: datetime) -> None:
    """What must not wait until the events are taken in: who may not be mailed, and whose hand-offs they are."""
    addresses = [state.lead.email for state, each in told if each.kind is EventKind.SUPPRESSED]
    suppress(connection, addresses, SuppressionCause.MANUAL, now)
    for state, each in told:
        if each.kind is EventKind.SUPPRESSION_LIFTED:
            lift(connection, state.lead.email, [SuppressionCause.MANUAL])
    owners: dict[str, list[int]] = {}
    for state, each in told:
        if each.kind is EventKind.LEAD_CHANGED:
            owners.setdefault(each.properties["fields"]["owner"], []).append(state.lead.id)
    for owner, lead_ids in owners.items():
        open_ones = (table.hand_off.c.lead_id.in_(lead_ids), table.hand_off.c.closed_at.is_(None))
        connection.execute(update(table.hand_off).where(*open_ones).values(rep=owner or None))


def _begin(connection: Connection, asked: dict[str, Any], *, by: str, now: datetime) -> Sweep:
    number = ask_for(connection, SweepKind.BULK, asked=asked, actor=by, now=now)
    sweep = sweep_numbered(connection, number)
    assert sweep, "it has just been asked for"
    found = select(func.count()).select_from(table.lead_state).where(concerned(sweep))
    expected = len(asked["chosen"]) if "chosen" in asked else int(connection.execute(found).scalar_one())
    sweep.counts["expected"] = expected
    note(connection, number, counts=sweep.counts)
    what = "took back an act on leads" if "undoes" in asked else f"acted on leads: {asked['act']}"
    detail = {"walk": number, "value": asked["value"], "leads": expected}
    audit(connection, actor=by, what=what, target=f"walk {number}", detail=detail, now=now)
    return sweep
