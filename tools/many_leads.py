"""The sample's leads many times over, each with all that happened to it: a store of the size that a product must bear.

The database makes the copies, a statement for each table: a copy's rows are the original's with other numbers and
addresses. Only the packed states pass through Python, since a lead's number stands inside them.
"""

from collections.abc import Mapping
from itertools import islice
from math import ceil

from msgspec.structs import replace
from sqlalchemy import Connection, Table, func, insert, select, text, update

from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind
from nurture.store.mapping import packed, unpacked
from nurture.vocabulary.touch import TOUCHES_A_LEAD

AT_ONCE = 2_000

LEAD = {"lead_id": "lead_id + copy * :leads"}
TOUCH = f"+ copy * :leads * {TOUCHES_A_LEAD}"
EVENT = {"event_id": "event_id + copy * :events"}
DUE_ID = f"CASE kind WHEN {DueKind.TIMER.value} THEN id + copy * :leads ELSE id {TOUCH} END"

COPIED: Mapping[Table, Mapping[str, str]] = {
    table.lead: {
        "id": "id + copy * :leads",
        "email": "copy || '.' || email",
        "reference": "copy || '.' || reference",
    },
    table.event: {**LEAD, "id": "id + copy * :events", "source_id": "copy || '.' || source_id"},
    table.touch: {**LEAD, "id": f"id {TOUCH}"},
    table.due: {**LEAD, "id": DUE_ID},
    table.score_entry: {**LEAD, **EVENT, "id": "NULL"},
    table.decision: {"id": "NULL", "touch_id": f"touch_id {TOUCH}"},
    table.verdict: {**LEAD, **EVENT},
    table.hand_off: LEAD,
    table.lead_campaign: LEAD,
    table.lead_tag: LEAD,
    table.lead_way: LEAD,
    table.segment_member: LEAD,
    table.suppression: {"address": "copy || '.' || address"},
    table.task: {**LEAD, "id": "NULL"},
    table.visitor: {**LEAD, "id": "copy || '.' || id"},
}
"""What leads have rows in, and by what expression a copy's column differs; forms and mail that came back stay as few as they were."""
COUNTED = ((table.company, ("leads", "hot", "warm")), (table.daily_count, ("count",)))
"""Where leads, or what they did, are counted."""


def add_copies(database: Database, leads: int, events: int) -> tuple[int, int]:
    """Fill the sample's store (SQLite) up to *leads* and *events* or a few more, and say how many of each there are then.

    They are the company's own leads then, no sample any more. Events beyond those of the copies are what a lead did, over again; they gave no points.
    """
    with database.writing() as connection:
        numbers = {
            "leads": connection.scalar(select(func.max(table.lead.c.id))),
            "events": connection.scalar(select(func.max(table.event.c.id))),
        }
        copies = ceil(leads / counted(connection, table.lead))
        for each, differs in COPIED.items():
            _copy(connection, each, differs, range(1, copies), numbers)
        _copy_states(connection, copies, numbers["leads"])
        for each, names in COUNTED:
            connection.execute(update(each).values({name: each.c[name] * copies for name in names}))
        happened = counted(connection, table.event)
        for again in range(1, ceil(events / happened)):
            _happen_again(connection, again, happened)
        connection.execute(update(table.lead).values(sample=False))
        connection.execute(update(table.daily_count).values(sample=False))
        connection.execute(update(table.serial).values(next=copies * numbers["leads"] + 1))
        connection.execute(text("ANALYZE"))
        return counted(connection, table.lead), counted(connection, table.event)


def counted(connection: Connection, rows: Table) -> int:
    return connection.scalar(select(func.count()).select_from(rows)) or 0


def _copy(
    connection: Connection, rows: Table, differs: Mapping[str, str], copies: range, numbers: Mapping[str, int]
) -> None:
    names = [column.name for column in rows.columns if differs.get(column.name) != "NULL"]
    values = ", ".join(differs.get(name, f'"{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        text(
            f"WITH RECURSIVE copies(copy) AS (SELECT :first UNION ALL SELECT copy + 1 FROM copies WHERE copy < :last) "  # noqa: S608
            f"INSERT INTO {rows.name} ({quoted}) SELECT {values} FROM {rows.name}, copies"
        ),
        {**numbers, "first": copies.start, "last": copies.stop - 1},
    )


def _happen_again(connection: Connection, again: int, happened: int) -> None:
    """The first *happened* events once more."""
    names = [column.name for column in table.event.columns if column.name not in ("id", "source_id")]
    quoted = ", ".join(names)
    connection.execute(
        text(
            f"INSERT INTO event (source_id, {quoted}) SELECT :again || ' ' || source_id, {quoted} "  # noqa: S608
            "FROM event ORDER BY id LIMIT :happened"
        ),
        {"again": again, "happened": happened},
    )


def _copy_states(connection: Connection, copies: int, leads: int) -> None:
    originals = [dict(row) for row in connection.execute(select(table.lead_state)).mappings()]
    twins = (
        {
            **row,
            "lead_id": row["lead_id"] + copy * leads,
            "state": packed(
                replace(
                    (state := unpacked(row["state"])),
                    lead=replace(
                        state.lead, id=state.lead.id + copy * leads, email=f"{copy}.{state.lead.email}"
                    ),
                )
            ),
        }
        for copy in range(1, copies)
        for row in originals
    )
    while rows := list(islice(twins, AT_ONCE)):
        connection.execute(insert(table.lead_state), rows)
