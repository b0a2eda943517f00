"""Leads by the million: the rows of the store's first lead, over and over, with other ids and addresses."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind
from nurture.store.mapping import packed, unpacked
from nurture.vocabulary.touch import serial_of, touch_id

FIRST = 1
AT_ONCE = 2_000

Row = dict[str, Any]


def add_twins(database: Database, leads: int, address: Callable[[int], str]) -> None:
    """Make leads 2 to *leads* out of lead 1, whose events have been absorbed."""
    with database.writing() as connection:
        originals = {
            each: [dict(row) for row in connection.execute(select(each)).mappings()] for each in TWINS
        }
        connection.execute(update(table.serial).values(next=leads + 1))
        for start in range(FIRST + 1, leads + 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, leads + 1))
            _add(connection, originals, numbers, address)


def _add(
    connection: Connection,
    originals: Mapping[Any, list[Row]],
    numbers: range,
    address: Callable[[int], str],
) -> None:
    for each, twin in TWINS.items():
        rows = [twin(row, number, address(number)) for number in numbers for row in originals[each]]
        if rows:
            connection.execute(each.insert(), rows)


def _lead(row: Row, number: int, address: str) -> Row:
    return {**row, "id": number, "email": address}


def _state(row: Row, number: int, address: str) -> Row:
    state = unpacked(row["state"])
    twin = replace(state, lead=replace(state.lead, id=number, email=address))
    return {**row, "lead_id": number, "state": packed(twin)}


def _event(row: Row, number: int, address: str) -> Row:
    twin = {**row, "lead_id": number, "source_id": f"{number}:{row['source_id']}"}
    fields = row["properties"].get("fields", {})
    if "email" in fields:
        twin["properties"] = {**row["properties"], "fields": {**fields, "email": address}}
    del twin["id"]
    return twin


def _entry(row: Row, number: int, _: str) -> Row:
    twin = {**row, "lead_id": number}
    del twin["id"]
    return twin


def _touch(row: Row, number: int, _: str) -> Row:
    return {**row, "id": touch_id(number, serial_of(row["id"])), "lead_id": number}


def _due(row: Row, number: int, _: str) -> Row:
    its_id = number if row["kind"] == DueKind.TIMER else touch_id(number, serial_of(row["id"]))
    return {**row, "id": its_id, "lead_id": number}


TWINS: Mapping[Any, Callable[[Row, int, str], Row]] = {
    table.lead: _lead,
    table.lead_state: _state,
    table.event: _event,
    table.score_entry: _entry,
    table.touch: _touch,
    table.due: _due,
}
"""What a lead that was only just taken in has rows in."""
