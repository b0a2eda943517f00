"""The list of leads: filtered, in one of three orders, a page after another by key, so that page 900 costs what page 1 does."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, tuple_

from nurture.scoring.ledger import interest_score
from nurture.store.mapping import unpacked
from nurture.store.records import lead, lead_state
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Grade, Stage, Temperature

HOTTEST_FIRST = (Temperature.HOT, Temperature.WARM, Temperature.COLD)


class Order(StrEnum):
    HOTTEST = "hottest"
    NEWEST = "newest"
    FIT = "fit"


class LeadFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which leads; None does not ask.

    search      beginning of an address, or of a first, last or company name.
    unmailable  only leads without an address.
    """

    temperature: Temperature | None = None
    stage: Stage | None = None
    grade: Grade | None = None
    persona: str | None = None
    owner: str | None = None
    search: str | None = None
    unmailable: bool = False


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
    for part in _parts(wanted, order, _key_of(after)):
        rows += connection.execute(part.limit(size + 1 - len(rows))).all()
        if len(rows) > size:
            break
    states = [(row, unpacked(row.state)) for row in rows[:size]]
    lines = [LeadLine(state, interest_score(state.accumulators, now), row.sample) for row, state in states]
    if order is Order.HOTTEST:  # stored scores have decayed since, each from its own moment
        lines.sort(key=lambda line: (-line.state.temperature.rank, -line.interest))
    last = rows[size - 1] if len(rows) > size else None
    return LeadPage(tuple(lines), None if last is None else _key(last, order))


def temperature_counts(connection: Connection, wanted: LeadFilter) -> dict[Temperature, int]:
    """How many leads of each temperature the other filters let through."""
    others = msgspec.structs.replace(wanted, temperature=None)
    counted = select(lead_state.c.temperature, func.count()).where(_matches(others))
    if _asks_of_lead(others):
        counted = counted.join(lead, lead.c.id == lead_state.c.lead_id)
    found: dict[str, int] = dict(connection.execute(counted.group_by(lead_state.c.temperature)).all())
    return {temperature: found.get(temperature.value, 0) for temperature in Temperature}


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


def _parts(wanted: LeadFilter, order: Order, after: _Key | None) -> Iterator[Select[Any]]:
    """The statements whose rows, one after the other, are the list from *after* on."""
    base = (
        select(
            lead_state.c.lead_id,
            lead_state.c.state,
            lead_state.c.temperature,
            lead_state.c.interest_score,
            lead_state.c.fit_score,
            lead.c.sample,
        )
        .join(lead, lead.c.id == lead_state.c.lead_id)
        .where(_matches(wanted))
    )
    newest = lead_state.c.lead_id.desc()
    match order:
        case Order.NEWEST:
            beyond = true() if after is None else lead_state.c.lead_id < after.lead_id
            yield base.where(beyond).order_by(newest)
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


def _matches(wanted: LeadFilter) -> ColumnElement[bool]:
    asked = {
        lead_state.c.temperature: wanted.temperature,
        lead_state.c.stage: wanted.stage,
        lead_state.c.grade: wanted.grade,
        lead_state.c.persona: wanted.persona,
        lead_state.c.owner: wanted.owner,
    }
    conditions: list[ColumnElement[bool]] = [
        column == str(value) for column, value in asked.items() if value is not None
    ]
    if wanted.unmailable:
        conditions.append(lead.c.email.is_(None))
    if wanted.search:
        begins = wanted.search.lower()
        names = (
            lead.c.email,
            func.lower(lead.c.first_name),
            func.lower(lead.c.last_name),
            func.lower(lead.c.company),
        )
        conditions.append(or_(*(name.startswith(begins, autoescape=True) for name in names)))
    return and_(true(), *conditions)


def _asks_of_lead(wanted: LeadFilter) -> bool:
    return wanted.unmailable or bool(wanted.search)
