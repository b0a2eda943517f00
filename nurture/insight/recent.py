"""The leads that were handed to sales last, and what came of each."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.insight.shown import Shown, of_shown
from nurture.insight.timeline import name_of
from nurture.store.mapping import unpacked
from nurture.store.records import hand_off, lead_state
from nurture.vocabulary.state import LeadState


class RecentHandOff(msgspec.Struct, frozen=True):
    """One hand-off.

    rep     None where nobody had room.
    reason  why it was given back; None where it was not, or is not yet.
    """

    state: LeadState
    rep: str | None
    team: str
    made_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    reason: str | None

    @property
    def name(self) -> str:
        return name_of(self.state)


def recent_hand_offs(connection: Connection, *, most: int, whom: Shown) -> tuple[RecentHandOff, ...]:
    """The *most* that were made last, the latest first."""
    rows = connection.execute(
        select(hand_off, lead_state.c.state)
        .join(lead_state, lead_state.c.lead_id == hand_off.c.lead_id)
        .where(of_shown(hand_off.c.lead_id, whom))
        .order_by(hand_off.c.made_at.desc(), hand_off.c.lead_id)
        .limit(most)
    )
    return tuple(
        RecentHandOff(
            unpacked(row.state),
            row.rep,
            row.team,
            row.made_at,
            row.accepted_at,
            row.closed_at,
            row.reason,
        )
        for row in rows
    )
