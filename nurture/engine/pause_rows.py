"""Pauses as rows: those that last, those that are over, and when they held mail for long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.scheduling.spans import Span
from nurture.store import records as table

EVERYTHING = ""
"""Stands for all campaigns where one could be named."""
ITSELF = ""
"""Who paused it where no person did."""
LONG = timedelta(hours=1)
"""What was held for so long is spread over the window when it goes on; what was held shorter leaves at once."""
REMEMBERED = timedelta(days=30)
LIVE = select(table.pause).where(table.pause.c.ended_at.is_(None)).order_by(table.pause.c.campaign)
LIVE_LOCKED = LIVE.with_for_update(read=True)


class Cause(StrEnum):
    """Why nothing leaves."""

    PERSON = "person"
    SENDER = "sender"
    COMPLAINTS = "complaints"
    BOUNCES = "bounces"


class Pause(msgspec.Struct, frozen=True):
    """One of them, that lasts or is over.

    campaign  its key; EVERYTHING for all.
    problem   which of the sender's, for cause SENDER.
    why       a person's reason, a server's words, or the rate.
    actor     an address, or ITSELF.
    """

    id: int
    campaign: str
    cause: Cause
    problem: str | None
    why: str
    began_at: datetime
    actor: str
    ended_at: datetime | None
    ended_by: str | None
    ended_why: str | None

    def covers(self, campaign: str) -> bool:
        return self.campaign in (EVERYTHING, campaign)

    @property
    def told(self) -> str:
        """Who and why, as a decision says it."""
        of = "all mail" if self.campaign == EVERYTHING else "the campaign"
        by = f" by {self.actor}" if self.actor else ""
        return f"{of} is paused{by}: {self.why}"


def live_pauses(connection: Connection, *, lock: bool = False) -> tuple[Pause, ...]:
    """What is paused now, everything first.

    lock  whether none of it may end before this transaction does (PostgreSQL).
    """
    return tuple(map(_pause, connection.execute(LIVE_LOCKED if lock else LIVE)))


def past_pauses(connection: Connection, now: datetime, *, most: int = 50) -> tuple[Pause, ...]:
    """Those that have ended within 30 days, the last one first."""
    ended = table.pause.c.ended_at
    over = select(table.pause).where(ended > now - REMEMBERED).order_by(ended.desc()).limit(most)
    return tuple(map(_pause, connection.execute(over)))


def spans_of(over: Sequence[Pause], campaign: str) -> Sequence[Span]:
    """When mail of *campaign* was held for long by pauses that are *over*; those that overlap are one."""
    found: list[Span] = []
    for each in sorted(over, key=lambda each: each.began_at):
        if each.ended_at is None or not each.covers(campaign):
            continue
        if found and each.began_at <= found[-1].ended:
            found[-1] = Span(found[-1].began, max(found[-1].ended, each.ended_at))
        else:
            found.append(Span(each.began_at, each.ended_at))
    return [span for span in found if span.ended - span.began >= LONG]


def _pause(row: Any) -> Pause:
    return Pause(
        id=row.id,
        campaign=row.campaign,
        cause=Cause(row.cause),
        problem=row.problem,
        why=row.why,
        began_at=row.began_at,
        actor=row.actor,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        ended_why=row.ended_why,
    )
