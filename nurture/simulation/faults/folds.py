"""Leads after every commit: what was absorbed is decided again, in the order in which it was, and must come to the same."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from nurture.content.model import Programme
from nurture.engine.apply import DECIDED
from nurture.engine.merge_rows import merge_of
from nurture.simulation.faults.ground import Ground
from nurture.statemachine.advance import advance
from nurture.statemachine.past import LOOKING_BACK, Memory
from nurture.statemachine.table import STAGE_TABLE, TEMPERATURE_TABLE
from nurture.store import records as table
from nurture.store.mapping import event_of, unpacked
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

WAITING = """SELECT id FROM event WHERE absorbed_at IS NULL AND lead_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM set_aside WHERE kind = 'event' AND ref = event.id)"""
NEW = select(table.event).where(table.event.c.id > bindparam("after")).order_by(table.event.c.id)
THESE = (
    select(table.event)
    .where(table.event.c.id.in_(bindparam("refs", expanding=True)))
    .order_by(table.event.c.id)
)
STATES = select(table.lead_state.c.lead_id, table.lead_state.c.state).where(
    table.lead_state.c.lead_id.in_(bindparam("refs", expanding=True))
)
CREATED = select(table.lead.c.created_at).where(table.lead.c.id == bindparam("lead"))
HAND_OFFS = "SELECT lead_id, count(*) FROM hand_off GROUP BY lead_id"
ESCALATED = "SELECT lead_id, count(*) FROM notice WHERE what = 'sla breach' GROUP BY lead_id"
MOVES = {
    EventKind.STAGE_CHANGED: {(row.source.value, row.target.value) for row in STAGE_TABLE},
    EventKind.TEMPERATURE_CHANGED: {(row.source.value, row.target.value) for row in TEMPERATURE_TABLE},
}


class FoldWatch:
    """What leads are by their events.

    late  numbers of events that are taken, and will be committed later.
    """

    def __init__(self, ground: Ground, programme: Programme) -> None:
        self.late: set[int] = set()
        self.waiting: set[int] = set()
        self._ground = ground
        self._programme = programme
        self._states: dict[int, LeadState] = {}
        self._memories: defaultdict[int, Memory] = defaultdict(Memory)
        self._newest = 0
        self._entries: Counter[int] = Counter()
        self._breaches: Counter[int] = Counter()
        self._at: dict[tuple[int, EventKind], str] = {}

    def look(self) -> list[Event]:
        """Look at what was absorbed since the last look, and return it."""
        driver = self._ground.driver
        waiting = {row[0] for row in driver.execute(WAITING)}
        newest = driver.execute("SELECT max(id) FROM event").fetchone()[0] or 0
        if newest == self._newest and waiting == self.waiting and not self.late:
            return []
        with self._ground.database.engine.connect() as connection:
            new = connection.execute(NEW, {"after": self._newest}).all()
            came_late = self._came_late(connection)
            self._newest = newest
            for row in new:
                if row.source == DECIDED:
                    self._decided(row)
            told = {row.id for row in new if row.source != DECIDED}
            absorbed = (self.waiting | came_late | told) - waiting
            self.waiting = waiting
            events = self._fold(connection, absorbed) if absorbed else []
        if new:
            self._handed_over()
        return events

    def _came_late(self, connection: Connection) -> set[int]:
        if not self.late:
            return set()
        came = {row.id for row in connection.execute(THESE, {"refs": sorted(self.late)})}
        self.late -= came
        return came

    def _fold(self, connection: Connection, refs: set[int]) -> list[Event]:
        """5. The stored state equals the fold of its events, each under the programme and at the moment it was absorbed."""
        events, leads = [], set()
        for row in connection.execute(THESE, {"refs": sorted(refs)}).all():
            if row.absorbed_at is None:
                continue
            event = event_of(row)
            state = self._states.get(row.lead_id) or self._created(connection, row.lead_id)
            programme = self._ground.shelf.live(connection, row.revision).programme
            memory = self._memories[row.lead_id]
            merge = merge_of(connection, event) if event.kind in LOOKING_BACK else None
            past = memory.before(event, merge)
            advanced = advance(programme, state, event, row.absorbed_at, past)
            memory.remember(event, advanced.effects, row.absorbed_at, merge)
            self._states[row.lead_id] = advanced.state
            leads.add(row.lead_id)
            events.append(event)
        stored = {
            row.lead_id: unpacked(row.state) for row in connection.execute(STATES, {"refs": sorted(leads)})
        }
        for lead_id in sorted(leads):
            if self._states[lead_id] != stored.get(lead_id):
                self._ground.accuse(5, f"lead {lead_id}: the stored state is not the fold of its events")
                self._states[lead_id] = stored[lead_id]
        return events

    def _created(self, connection: Connection, lead_id: int) -> LeadState:
        created_at: datetime = connection.execute(CREATED, {"lead": lead_id}).scalar_one()
        return LeadState(lead=Lead(id=lead_id, created_at=created_at))

    def _decided(self, row: Row[Any]) -> None:
        """4. Every move is a row of the tables, from where the lead was."""
        kind, said = EventKind(row.kind), row.properties
        if kind in MOVES:
            before, after = said["before"], said["after"]
            at = self._at.get((row.lead_id, kind), before)
            if (before, after) not in MOVES[kind] or at != before:
                self._ground.accuse(4, f"lead {row.lead_id}: {kind} from {before} to {after}, being {at}")
            self._at[row.lead_id, kind] = after
            self._ground.tell(f"lead {row.lead_id}: {before} -> {after}")
        if (
            kind is EventKind.STAGE_CHANGED
            and "_to_" not in str(said["by"])
            and any(
                stage.value == said["after"] and policy.hand_off
                for stage, policy in self._programme.stages.items()
            )
        ):
            self._entries[row.lead_id] += 1
        if kind is EventKind.SLA_BREACHED:
            self._breaches[row.lead_id] += 1

    def _merged(self) -> bool:
        return self._ground.driver.execute("SELECT 1 FROM lead_merge").fetchone() is not None

    def _handed_over(self) -> None:
        """6. Each entry to a stage with a hand-off has one; each broken SLA escalates once."""
        for statement, wanted, what in (
            (HAND_OFFS, self._entries, "entries to a hand-off, {} hand-offs"),
            (ESCALATED, self._breaches, "broken deadlines, {} escalations"),
        ):
            found = Counter(dict(self._ground.driver.execute(statement)))
            if found.total() == wanted.total() and self._merged():
                continue  # a hand-off goes with the lead that is merged
            for lead_id in sorted(found.keys() | wanted.keys()):
                if found[lead_id] != wanted[lead_id]:
                    told = what.format(found[lead_id])
                    self._ground.accuse(6, f"lead {lead_id}: {wanted[lead_id]} {told}")
