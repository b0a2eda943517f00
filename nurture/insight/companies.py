"""Companies: the list, and one with its people, what they were sent, and what sales had of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, true, tuple_

from nurture.engine.lead_filter import LAST
from nurture.engine.list_keys import folded
from nurture.insight.leads import LeadFilter, LeadLine, Order, lead_page
from nurture.insight.mails import MailLine, recent_mails
from nurture.store.mapping import Fetched
from nurture.store.records import company, hand_off, lead
from nurture.vocabulary.state import LeadState

PEOPLE_MAX = 100
MAILS_MAX = 30
HAND_OFFS_MAX = 50


class CompanyOrder(StrEnum):
    HOTTEST = "hottest"
    LARGEST = "largest"
    NAME = "name"


class CompanyLine(msgspec.Struct, frozen=True):
    """A company as its leads tell of it: how many there are, and how many are hot or warm."""

    key: str
    name: str
    leads: int
    hot: int
    warm: int


class CompanyPage(msgspec.Struct, frozen=True):
    """Lines, and the company after which the next page begins; None on the last."""

    lines: tuple[CompanyLine, ...]
    next_key: str | None


class HandOffOf(msgspec.Struct, frozen=True):
    """A hand-off of one of a company's people."""

    lead_id: int
    rep: str | None
    made_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    reason: str | None


class Account(msgspec.Struct, frozen=True):
    """One company.

    people     the hottest first, PEOPLE_MAX at most.
    mails      the newest touches of all its people.
    sent       how many mails they were sent in all.
    hand_offs  the newest of them, HAND_OFFS_MAX at most.
    handed     how often they were handed over in all.
    """

    line: CompanyLine
    people: tuple[LeadLine, ...]
    mails: tuple[MailLine, ...]
    sent: int
    hand_offs: tuple[HandOffOf, ...]
    handed: int

    def person(self, lead_id: int) -> LeadState | None:
        return next((each.state for each in self.people if each.state.lead.id == lead_id), None)


def company_page(
    connection: Connection, search: str, order: CompanyOrder, after: str | None, *, size: int
) -> CompanyPage:
    """The *size* companies that follow *after*, of those whose name begins so."""
    begins = folded(search)
    named = company.c.key.between(begins, begins + LAST) if begins else true()
    ranks: dict[CompanyOrder, Sequence[Any]] = {
        CompanyOrder.HOTTEST: (company.c.hot, company.c.warm, company.c.leads, company.c.key),
        CompanyOrder.LARGEST: (company.c.leads, company.c.key),
        CompanyOrder.NAME: (company.c.key,),
    }
    rank = ranks[order]
    statement = select(company).where(named)
    last = None if after is None else _row(connection, after)
    if order is CompanyOrder.NAME:
        statement = statement.order_by(*rank)
        if last is not None:
            statement = statement.where(company.c.key > last.key)
    else:
        statement = statement.order_by(*(column.desc() for column in rank))
        if last is not None:
            statement = statement.where(tuple_(*rank) < tuple_(*(getattr(last, each.name) for each in rank)))
    rows = connection.execute(statement.limit(size + 1)).all()
    lines = tuple(_line(row) for row in rows[:size])
    return CompanyPage(lines, lines[-1].key if len(rows) > size else None)


def company_count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(company)).scalar_one()


def account(connection: Connection, key: str, now: datetime) -> Account | None:
    """The company with this key; None where no lead is of it."""
    row = _row(connection, key)
    if row is None:
        return None
    of_it = select(lead.c.id).where(lead.c.company_key == key)
    people = lead_page(
        connection, LeadFilter(company=key), Order.HOTTEST, None, size=PEOPLE_MAX, now=now
    ).lines
    mails, sent = recent_mails(connection, of_it, most=MAILS_MAX)
    theirs = hand_off.c.lead_id.in_(of_it)
    newest = select(hand_off).where(theirs).order_by(hand_off.c.made_at.desc()).limit(HAND_OFFS_MAX)
    hand_offs = tuple(
        HandOffOf(**{name: getattr(each, name) for name in HandOffOf.__struct_fields__})
        for each in connection.execute(newest)
    )
    handed = connection.execute(select(func.count()).select_from(hand_off).where(theirs)).scalar_one()
    return Account(_line(row), people, mails, sent, hand_offs, handed)


def last_act(state: LeadState) -> datetime | None:
    """When a person last did something that we saw."""
    return max(state.acts.values(), default=None)


def _row(connection: Connection, key: str) -> Fetched | None:
    return connection.execute(select(company).where(company.c.key == key)).first()


def _line(row: Fetched) -> CompanyLine:
    return CompanyLine(row.key, row.name, row.leads, row.hot, row.warm)
