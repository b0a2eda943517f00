"""How many leads do not have what a mail says of them, so that its fallback is read instead."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.content.scope import LeadView
from nurture.statemachine.scope import Fields
from nurture.store.mapping import unpacked
from nurture.store.records import lead, lead_campaign, lead_state
from nurture.vocabulary.state import LeadState

LOOKED_AT = 500
"""Leads that are looked at: it is asked while somebody types."""


class Lacking(msgspec.Struct, frozen=True):
    """*leads* have no *field*."""

    field: str
    leads: int


class Lacks(msgspec.Struct, frozen=True):
    """What is lacking of whom.

    of        how many leads were looked at.
    is_all    whether these are all who may get the mail; else the newest LOOKED_AT of them.
    campaign  whether they are inside the mail's campaign; else nobody is, and the newest leads were looked at.
    """

    found: tuple[Lacking, ...]
    of: int
    is_all: bool
    campaign: bool


def lacks(
    connection: Connection, programme: Programme, campaign: str, fields: Collection[str], now: datetime
) -> Lacks:
    """Which of *fields* are not known of leads with an address inside *campaign*, those that most leads lack first."""
    everybody = (
        select(lead_state.c.state)
        .join(lead, lead.c.id == lead_state.c.lead_id)
        .where(lead.c.email.is_not(None))
        .order_by(lead_state.c.lead_id.desc())
        .limit(LOOKED_AT + 1)
    )
    inside = everybody.where(
        lead_state.c.lead_id.in_(select(lead_campaign.c.lead_id).where(lead_campaign.c.campaign == campaign))
    )
    rows = connection.execute(inside).all() if fields else []
    is_campaign = bool(rows)
    if fields and not rows:
        rows = connection.execute(everybody).all()
    states = [unpacked(row.state) for row in rows[:LOOKED_AT]]
    return Lacks(lacked(programme, fields, states, now), len(states), len(rows) <= LOOKED_AT, is_campaign)


def lacked(
    programme: Programme, fields: Collection[str], states: Sequence[LeadState], now: datetime
) -> tuple[Lacking, ...]:
    """How many of *states* lack each of *fields*, those that most lack first; those that nobody lacks are left out."""
    views = [LeadView(programme, Fields(state, now)) for state in states]
    counts = {field: sum(view.get(field) is None for view in views) for field in fields}
    return tuple(
        Lacking(field, count)
        for field, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count
    )
