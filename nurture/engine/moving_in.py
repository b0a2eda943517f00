"""What another product's export says of people, into their history: each fact once, at its own time, however often told.

What is settled here is not undone by an export: a suppression or a refusal stays, a lead that has moved here keeps its stage,
and one that was mailed before goes on being mailed until somebody says no.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.capture.exports.fact import Fact
from nurture.capture.exports.facts import facts_of
from nurture.capture.exports.person import person_of
from nurture.capture.exports.product import Export
from nurture.capture.rows import LeadRow
from nurture.engine.intake import NewLead, add_events
from nurture.engine.moving_settled import Settled, in_parts, moved_here, topics_of
from nurture.engine.moving_tally import Tally
from nurture.store import records as table
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

Told = tuple[int, LeadRow]
"""A lead's number and the row about it."""


def moved_in(row: LeadRow, export: Export, fact: str) -> NewLead:
    """The person of *row*; *fact* names this telling."""
    person = person_of(row, export)
    return NewLead(
        reference=row.source_id,
        fact=fact,
        fields={**person.identity, **person.fields},
        created_at=person.created_at,
        tags=person.tags,
        unconfirmed=person.unasked,
    )


def move_in(
    connection: Connection,
    export: Export,
    told: Sequence[Told],
    *,
    source: str,
    now: datetime,
) -> Tally:
    """Write what the rows state of their leads, with the suppressions in force from this transaction on."""
    tally = Tally(tagged=sum("tags" in row.said for _, row in told))
    events: list[Event] = []
    suppressions: list[dict[str, object]] = []
    news = list(_news(connection, export, told, source=source))
    settled = Settled(connection, [(lead_id, row) for lead_id, row, fact in news if topics_of(fact)])
    for lead_id, row, stated in news:
        fact = settled.respected(lead_id, stated)
        tally.take(fact)
        tally.held += fact is not stated
        events.append(_event(lead_id, fact, source, now))
        if fact.cause is not None and "email" in row.identity:
            suppressions.append(
                {
                    "address": row.identity["email"],
                    "scope": fact.cause.scope,
                    "cause": fact.cause.value,
                    "at": fact.at or now,
                }
            )
    add_events(connection, events)
    insert_if_new(connection, table.suppression, suppressions)
    return tally


def _news(
    connection: Connection,
    export: Export,
    told: Sequence[Told],
    *,
    source: str,
) -> Iterator[tuple[int, LeadRow, Fact]]:
    """The facts that no earlier export stated; a stage only of leads that have not moved here."""
    moved = moved_here(connection, (lead_id for lead_id, _ in told))
    stated = [
        (lead_id, row, fact)
        for lead_id, row in told
        for fact in facts_of(row, export)
        if fact.kind is not EventKind.STAGE_SET or lead_id not in moved
    ]
    names = {_source_id(lead_id, fact) for lead_id, _, fact in stated}
    asked = select(table.event.c.source_id).where(table.event.c.source == source)
    before = {
        name
        for part in in_parts(names)
        for name in connection.execute(asked.where(table.event.c.source_id.in_(part))).scalars()
    }
    for lead_id, row, fact in stated:
        name = _source_id(lead_id, fact)
        if name not in before:
            before.add(name)
            yield lead_id, row, fact


def _source_id(lead_id: int, fact: Fact) -> str:
    """The same fact has the same name in next month's export."""
    return f"{lead_id}:{fact.kind}:{fact.detail}:{fact.at.isoformat() if fact.at else ''}"


def _event(lead_id: int, fact: Fact, source: str, now: datetime) -> Event:
    return Event(
        lead_id=lead_id,
        kind=fact.kind,
        occurred_at=fact.at or now,
        received_at=now,
        source=source,
        source_id=_source_id(lead_id, fact),
        properties=fact.properties,
    )
