"""The list of leads: filtered, in an order, a page after another by key, so that page 900 costs what page 1 does."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, true, tuple_

from nurture.engine.lead_filter import LeadFilter, matching
from nurture.scoring.ledger import interest_score
from nurture.store.mapping import unpacked
from nurture.store.records import lead, lead_state
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Temperature

__all__ = ["LeadFilter", "LeadLine", "LeadPage", "Order", "lead_page", "temperature_counts"]

HOTTEST_FIRST = (Temperature.HOT, Temperature.WARM, Temperature.COLD)


class Order(StrEnum):
    HOTTEST = "hottest"
    NEWEST = "newest"
    NAME = "name"
    FIT = "fit"


class LeadLine(msgspec.Struct, frozen=True):
    """One line: the lead's state, its interest as it has decayed by now, and whether it was made for show."""

    state: LeadState
    interest: float
    sample: bool


class LeadPage(msgspec.Struct, frozen=True):
    """Lines, and the key after which the next page begins; None on the last."""

    lines: tuple[LeadLine, ...]
    next_key: str | None


def lead_page(
    connection: Connection, wanted: LeadFilter, order: Order, after: str | None, *, size: int, now: datetime
) -> LeadPage:
    """The *size* leads that follow key *after* (None: from the start; a key that we did not make counts as none).

    Which leads a page has goes by their scores as last decided; on it, the hottest stand by what they are worth now.
    """
    rows: list[Any] = []
    key = _key_of(after)
    name = None if key is None or order is not Order.NAME else _name_of(connection, key.lead_id)
    for part in _parts(wanted, order, key, name):
        rows += connection.execute(part.limit(size + 1 - len(rows))).all()
        if len(rows) > size:
            break
    lines = lines_of(connection, [row.lead_id for row in rows[:size]], now)
    if order is Order.HOTTEST:  # stored scores have decayed since, each from its own moment
        lines.sort(key=lambda line: (-line.state.temperature.rank, -line.interest))
    last = rows[size - 1] if len(rows) > size else None
    return LeadPage(tuple(lines), None if last is None else _key(last, order))


def temperature_counts(connection: Connection, wanted: LeadFilter) -> dict[Temperature, int]:
    """How many leads of each temperature the other filters let through."""
    others = msgspec.structs.replace(wanted, temperature=None)
    counted = select(lead_state.c.temperature, func.count()).where(matching(others))
    found: dict[str, int] = dict(connection.execute(counted.group_by(lead_state.c.temperature)).all())
    return {temperature: found.get(temperature.value, 0) for temperature in Temperature}


def lines_of(connection: Connection, lead_ids: Sequence[int], now: datetime) -> list[LeadLine]:
    """These leads as they are, in this order."""
    found = connection.execute(
        select(lead_state.c.lead_id, lead_state.c.state, lead.c.sample)
        .join(lead, lead.c.id == lead_state.c.lead_id)
        .where(lead_state.c.lead_id.in_(lead_ids))
    )
    states = {row.lead_id: (unpacked(row.state), row.sample) for row in found}
    return [
        LeadLine(state, interest_score(state.accumulators, now), sample)
        for state, sample in (states[lead_id] for lead_id in lead_ids)
    ]


class _Key(msgspec.Struct, frozen=True):
    """Where a page ended: in which temperature, with which score, at which lead."""

    temperature: str
    value: float
    lead_id: int


def _key(row: Any, order: Order) -> str:
    value = row.fit_score if order is Order.FIT else row.interest_score
    return f"{row.temperature}:{value!r}:{row.lead_id}"


def _key_of(text: str | None) -> _Key | None:
    temperature, _, rest = (text or "").partition(":")
    value, _, lead_id = rest.partition(":")
    try:
        return _Key(Temperature(temperature).value, float(value), int(lead_id))
    except ValueError:
        return None


def _name_of(connection: Connection, lead_id: int) -> str | None:
    return connection.execute(select(lead.c.name_key).where(lead.c.id == lead_id)).scalar()


def _parts(wanted: LeadFilter, order: Order, after: _Key | None, name: str | None) -> Iterator[Select[Any]]:
    """The statements whose rows, one after the other, are the list from *after* on; *name* is that lead's."""
    # Narrow columns only: what a list does not show, it does not read.
    base = select(
        lead_state.c.lead_id, lead_state.c.temperature, lead_state.c.interest_score, lead_state.c.fit_score
    ).where(matching(wanted))
    newest = lead_state.c.lead_id.desc()
    match order:
        case Order.NEWEST:
            beyond = true() if after is None else lead_state.c.lead_id < after.lead_id
            yield base.where(beyond).order_by(newest)
        case Order.NAME:
            beyond = true()
            if after is not None and name is not None:
                beyond = tuple_(lead.c.name_key, lead.c.id) > tuple_(
                    literal(name, lead.c.name_key.type), after.lead_id
                )
            named = base.join(lead, lead.c.id == lead_state.c.lead_id)
            yield named.where(beyond).order_by(lead.c.name_key, lead.c.id)
        case Order.FIT:
            beyond = (
                true() if after is None else _below(lead_state.c.fit_score, int(after.value), after.lead_id)
            )
            yield base.where(beyond).order_by(lead_state.c.fit_score.desc(), newest)
        case Order.HOTTEST:
            # One part a temperature: each is a walk along the index (temperature, interest_score).
            reached = after is None
            for temperature in HOTTEST_FIRST:
                beyond = true()
                if after is not None and temperature == after.temperature:
                    reached = True
                    beyond = _below(lead_state.c.interest_score, after.value, after.lead_id)
                if reached and wanted.temperature in (None, temperature):
                    part = base.where(lead_state.c.temperature == temperature.value, beyond)
                    yield part.order_by(lead_state.c.interest_score.desc(), newest)


def _below(column: ColumnElement[Any], value: float, lead_id: int) -> ColumnElement[bool]:
    return tuple_(column, lead_state.c.lead_id) < tuple_(value, lead_id)
