"""How many mails a lead may get: so many a calendar day, so many in a rolling week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from nurture.scheduling.zones import local_day

WEEK = timedelta(hours=168)


class Cap(msgspec.Struct, frozen=True):
    """At most *amount* mails, at least 1, per calendar day in the lead's zone or per rolling 168 hours."""

    amount: int
    per: Literal["day", "week"]

    def __post_init__(self) -> None:
        assert self.amount >= 1, "a cap lets one mail through"


def next_under_caps(
    now: datetime, recent: Sequence[datetime], caps: Sequence[Cap], zone: ZoneInfo
) -> datetime:
    """The first moment at or after *now* at which one more mail keeps every cap; *now* itself if it does.

    now     aware UTC.
    recent  when the lead's counting touches left or were claimed, in any order; what is older than a week and a day
            may be missing. One that another worker's clock put into the future counts as well.
    """
    at, moved = now, True
    while moved:
        moved = False
        for cap in caps:
            if len(recent) >= cap.amount:
                allowed = _next_under(cap, at, recent, zone)
                at, moved = allowed, moved or allowed > at
    return at


def _next_under(cap: Cap, at: datetime, recent: Sequence[datetime], zone: ZoneInfo) -> datetime:
    """*at*, or the moment at which this cap alone lets one more through."""
    if cap.per == "week":
        counted = sorted(sent for sent in recent if sent > at - WEEK)
        return at if len(counted) < cap.amount else counted[-cap.amount] + WEEK
    today = at.astimezone(zone).date()
    counted = [sent for sent in recent if sent.astimezone(zone).date() == today]
    return at if len(counted) < cap.amount else local_day(at, zone)[1]
