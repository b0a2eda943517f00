"""How far leads have come, written with the turns that take them there, and counted anew from what happened.

A lead has come to a stage once it stood there or further on; what it loses again stays come to. Of leads that were merged the
survivor has come as far as any of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Update, bindparam, delete, func, select, update

from nurture.engine.aliases import aliases_of, survivors
from nurture.statemachine.merge_stage import BY_MERGE
from nurture.store import records as table
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage

PATH = (Stage.INQUIRY, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.ADVOCATE)
BEYOND = PATH[1:]
"""Stages that a lead comes to; it begins at the first of the path, whichever it was made with."""
AT_ONCE = 1_000


def at(stage: Stage) -> str:
    """The column that says when a lead came to *stage* of BEYOND."""
    return f"{stage.value}_at"


def begun(leads: Iterable[Lead]) -> list[dict[str, Any]]:
    """The rows of leads that are new."""
    return [{"lead_id": each.id, "came_at": each.created_at} for each in leads]


class Ways:
    """What a batch of turns changes, until ``write``."""

    def __init__(self) -> None:
        self._personas: dict[int, str | None] = {}
        self._came: dict[Stage, list[int]] = {}

    def add(self, before: LeadState, after: LeadState) -> None:
        """One turn."""
        if before.persona != after.persona:
            self._personas[after.lead.id] = after.persona

    def moved(self, lead_id: int, told: Mapping[str, Any]) -> None:
        """Its stage changed, as *told* by the event; there may be several in one turn."""
        stage = came_to(told)
        if stage is not None:
            self._came.setdefault(stage, []).append(lead_id)

    def write(self, connection: Connection, now: datetime) -> None:
        """After the rows of the leads themselves."""
        if self._personas:
            rows = [{"ref": lead_id, "is_now": persona} for lead_id, persona in self._personas.items()]
            connection.execute(SET_PERSONA, rows)
        for stage, lead_ids in self._came.items():
            connection.execute(CAME_TO[stage], [{"ref": lead_id, "at": now} for lead_id in lead_ids])


def came_to(told: Mapping[str, Any]) -> Stage | None:
    """The stage that a change of stage, as *told*, brought a lead to; None for a detour, and for what a merge lends until it is undone."""
    after = told["after"]
    return Stage(after) if after in BEYOND and not str(told.get("by")).startswith(BY_MERGE) else None


# ------------------------------------------------------------ counted anew


class Way(msgspec.Struct, frozen=True):
    """One lead's row."""

    came_at: datetime
    persona: str | None
    came: Mapping[Stage, datetime]


def ways_told(connection: Connection, lead_ids: Collection[int] | None = None) -> dict[int, Way]:
    """The ways of these leads, or of all, from the events alone. Slow: it looks at every event of theirs."""
    moved: dict[int, dict[Stage, datetime]] = defaultdict(dict)
    whose: Mapping[int, int] = {} if lead_ids is None else aliases_of(connection, lead_ids)
    told = select(table.event.c.lead_id, table.event.c.occurred_at, table.event.c.properties).where(
        table.event.c.kind == EventKind.STAGE_CHANGED.value
    )
    if lead_ids is not None:
        told = told.where(table.event.c.lead_id.in_(sorted({*lead_ids, *whose})))
    for row in connection.execute(told).all():
        stage = came_to(row.properties)
        if stage is not None:
            _come(moved[row.lead_id], stage, row.occurred_at)
    if lead_ids is None:
        whose = survivors(connection, moved)
    for other, survivor in whose.items():
        for stage, moment in moved[other].items():
            _come(moved[survivor], stage, moment)
    return {
        row.id: Way(came_at=row.created_at, persona=row.persona, came=moved.get(row.id, {}))
        for row in connection.execute(_leads(lead_ids))
    }


def ways_kept(connection: Connection) -> dict[int, Way]:
    """The ways of all leads as they are kept."""
    return {
        row["lead_id"]: Way(
            came_at=row["came_at"],
            persona=row["persona"],
            came={stage: row[at(stage)] for stage in BEYOND if row[at(stage)] is not None},
        )
        for row in connection.execute(select(table.lead_way)).mappings()
    }


def rewrite(connection: Connection, lead_ids: Collection[int] | None = None) -> int:
    """Write the rows of these leads, or of all, anew from what happened. Returns how many."""
    ways = ways_told(connection, lead_ids)
    gone = delete(table.lead_way)
    connection.execute(gone if lead_ids is None else gone.where(table.lead_way.c.lead_id.in_(lead_ids)))
    rows = [
        {
            "lead_id": lead_id,
            "came_at": way.came_at,
            "persona": way.persona,
            **{at(stage): way.came.get(stage) for stage in BEYOND},
        }
        for lead_id, way in ways.items()
    ]
    for first in range(0, len(rows), AT_ONCE):
        connection.execute(table.lead_way.insert(), rows[first : first + AT_ONCE])
    return len(rows)


def _come(came: dict[Stage, datetime], stage: Stage, moment: datetime) -> None:
    """To *stage*, and so to all before it."""
    for each in BEYOND[: BEYOND.index(stage) + 1]:
        came[each] = min(moment, came.get(each, moment))


def _leads(lead_ids: Collection[int] | None) -> Select[Any]:
    asked = select(table.lead.c.id, table.lead.c.created_at, table.lead_state.c.persona).join(
        table.lead_state, table.lead_state.c.lead_id == table.lead.c.id
    )
    return asked if lead_ids is None else asked.where(table.lead.c.id.in_(sorted(lead_ids)))


def _came_to(stage: Stage) -> Update:
    columns = (table.lead_way.c[at(each)] for each in BEYOND[: BEYOND.index(stage) + 1])
    return THIS_WAY.values(
        {each.name: func.coalesce(each, bindparam("at", type_=each.type)) for each in columns}
    )


THIS_WAY = update(table.lead_way).where(table.lead_way.c.lead_id == bindparam("ref"))
SET_PERSONA = THIS_WAY.values(persona=bindparam("is_now"))
CAME_TO = {stage: _came_to(stage) for stage in BEYOND}
