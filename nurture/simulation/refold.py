"""Deciding everything again: a lead's state is nothing but the fold of its events, its interest the fold of its ledger."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from nurture.content.model import Programme
from nurture.engine.apply import DECIDED
from nurture.engine.live import Live, load_revision
from nurture.engine.merge_rows import merge_of
from nurture.engine.ways import ways_kept, ways_told
from nurture.scoring.ledger import fold
from nurture.statemachine.advance import advance
from nurture.statemachine.past import LOOKING_BACK, Memory
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import entry_of, event_of, unpacked
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.points import ScoreEntry
from nurture.vocabulary.state import LeadState

AS_ABSORBED = (table.event.c.absorbed_at, table.event.c.id)
AS_TOLD = (table.event.c.id,)
"""Events are absorbed in the order in which they are told. Only one that was committed late follows a later one."""


def refolded(
    connection: Connection, order: tuple[ColumnElement[Any], ...] = AS_ABSORBED
) -> Iterator[LeadState]:
    """Every lead's state, decided again from its first event, each under the programme and at the moment it was absorbed."""
    then = Programmes(connection)
    created = {row.id: row.created_at for row in connection.execute(select(table.lead))}
    absorbed = connection.execute(
        select(table.event)
        .where(
            table.event.c.absorbed_at.is_not(None),
            table.event.c.source != DECIDED,
            table.event.c.lead_id.in_(select(table.lead.c.id)),
        )
        .order_by(table.event.c.lead_id, *order)
    ).all()
    for lead_id, rows in groupby(absorbed, key=lambda row: row.lead_id):
        state = LeadState(lead=Lead(id=lead_id, created_at=created.pop(lead_id)))
        memory = Memory()
        for row in rows:
            programme, event = then.at(row.revision, row.absorbed_at), event_of(row)
            merge = merge_of(connection, event) if event.kind in LOOKING_BACK else None
            if merge is None and event.number("other") is not None:
                break  # whoever was merged, and is a lead again, has been erased since: nobody can tell what it brought
            advanced = advance(programme, state, event, row.absorbed_at, memory.before(event, merge))
            memory.remember(event, advanced.effects, row.absorbed_at, merge)
            state = advanced.state
        else:
            yield state
    for lead_id, created_at in created.items():
        yield LeadState(lead=Lead(id=lead_id, created_at=created_at))


class Programmes:
    """Programmes as they were: a revision, with what its experiments had learned by a moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._revisions: dict[int, Live] = {}
        self._at: dict[tuple[int, datetime], Programme] = {}

    def at(self, revision: int, moment: datetime) -> Programme:
        """The programme of *revision* at *moment*; a batch of events shares one."""
        if revision not in self._revisions:
            self._revisions[revision] = load_revision(self._connection, revision, base_url="")
        key = (revision, moment)
        if key not in self._at:
            self._at[key] = self._revisions[revision].programme_at(self._connection, moment)
        return self._at[key]


def states_differ(database: Database) -> Iterator[str]:
    """Invariant 5: the stored state equals the fold of its events, in the order in which they were absorbed.

    That order is the one of their moments; where workers' clocks differ, it is the one in which they were told.
    """
    with database.reading() as connection:
        stored = {
            row.lead_id: unpacked(row.state)
            for row in connection.execute(select(table.lead_state.c.lead_id, table.lead_state.c.state))
        }
        leads = set(connection.execute(select(table.lead.c.id)).scalars())
        differ = _differing(refolded(connection), stored)
        if differ:
            differ &= _differing(refolded(connection, AS_TOLD), stored)
    for lead_id in sorted(differ):
        yield f"lead {lead_id}: the stored state is not the fold of its events"
    for lead_id in sorted(stored.keys() - leads):
        yield f"lead {lead_id}: a state without a lead"


def _differing(folded: Iterator[LeadState], stored: Mapping[int, LeadState]) -> set[int]:
    return {state.lead.id for state in folded if stored.get(state.lead.id) != state}


def scores_differ(database: Database) -> Iterator[str]:
    """Invariant 5: the stored accumulators equal the fold of the ledger."""
    ledger: dict[int, list[ScoreEntry]] = defaultdict(list)
    with database.reading() as connection:
        for row in connection.execute(select(table.score_entry).order_by(table.score_entry.c.id)):
            ledger[row.lead_id].append(entry_of(row))
        rows = connection.execute(select(table.lead_state.c.lead_id, table.lead_state.c.state))
        for row in rows:
            if fold(ledger.get(row.lead_id, ())) != unpacked(row.state).accumulators:
                yield f"lead {row.lead_id}: the stored score is not the fold of its ledger"


def ways_differ(database: Database) -> Iterator[str]:
    """Invariant 5: how far a lead has come, as it is counted for reports, is what its events tell."""
    with database.reading() as connection:
        told, stored = ways_told(connection), ways_kept(connection)
    for lead_id in sorted(told.keys() | stored.keys()):
        if told.get(lead_id) != stored.get(lead_id):
            yield f"lead {lead_id}: how far it has come is not what its events tell"
