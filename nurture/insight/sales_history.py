"""What sales does with the leads that it is given: counted from the last hand-offs, where there are enough of them."""

from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.insight.shown import of_shown, shown
from nurture.simulation.behaviour import Habits
from nurture.statemachine.merge_stage import MERGED
from nurture.store.records import hand_off, lead_state
from nurture.vocabulary.words import Stage

LOOKED_AT = 500
"""The newest hand-offs that are counted."""
RIPE = timedelta(days=14)
"""Younger ones say little: sales may be about to answer them."""
MEASURED_FROM = 50
"""Hand-offs there must be, before what became of them says more than what is usual."""
WON = frozenset({Stage.CUSTOMER, Stage.ADVOCATE})


def with_sales(connection: Connection, habits: Habits, now: datetime) -> tuple[Habits, int]:
    """*habits* with the shares of sales as they were, and how many hand-offs say so; 0 where they stay as they are.

    A share of nothing stays as it is too: of leads that nobody took, none was worth it or not.
    """
    of = hand_off.c
    rows = connection.execute(
        select(of.accepted_at, of.closed_at, of.reason, lead_state.c.stage)
        .outerjoin(lead_state, lead_state.c.lead_id == of.lead_id)
        .where(of.made_at < now - RIPE, of_shown(of.lead_id, shown(connection)))
        .order_by(of.made_at.desc())
        .limit(LOOKED_AT)
    ).all()
    rows = [each for each in rows if each.reason != MERGED]
    if len(rows) < MEASURED_FROM:
        return habits, 0
    taken = [each for each in rows if each.accepted_at is not None]
    answered = len(taken) + sum(each.accepted_at is None and each.reason is not None for each in rows)
    worth = [each for each in taken if each.reason is None]
    return (
        replace(
            habits,
            answers=_share(answered, len(rows), habits.answers),
            accepts=_share(len(taken), answered, habits.accepts),
            agrees=_share(len(worth), len(taken), habits.agrees),
            wins=_share(sum(each.stage in WON for each in worth), len(worth), habits.wins),
            loses=_share(sum(each.stage == Stage.LOST for each in worth), len(worth), habits.loses),
        ),
        len(rows),
    )


def _share(part: int, of: int, otherwise: float) -> float:
    return part / of if of else otherwise
