"""The last months a day: mails that left, what people did with them, and how many leads were of which temperature."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.daily import at_temperature, into_campaign
from nurture.insight.shown import Shown
from nurture.store.records import daily_count
from nurture.vocabulary.words import EventKind, Temperature

DAY = timedelta(days=1)


class Series(msgspec.Struct, frozen=True):
    """One number a day, oldest first."""

    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def most(self) -> int:
        return max(self.counts, default=0)

    def last(self, days: int) -> int:
        """The sum of the last *days*."""
        return sum(self.counts[-days:])


class Trends(msgspec.Struct, frozen=True, kw_only=True):
    """Series over the same days, the last of which is today.

    sent          mails that left.
    opened        opens that a person made, of whichever mail.
    clicked       clicks likewise.
    temperatures  leads that are here now, by the temperature that they had at the end of each day.
    """

    days: tuple[date, ...]
    sent: Series
    opened: Series
    clicked: Series
    temperatures: Mapping[Temperature, Series]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has left and nobody has done anything."""
        return not (self.sent.total or self.opened.total or self.clicked.total)


def trends(
    connection: Connection, *, today: date, days: int, whom: Shown, standing: Mapping[Temperature, int]
) -> Trends:
    """The series of *days* that end with *today*.

    standing  leads of each temperature as they stand now, from which the days before are counted back.
    """
    span = tuple(today - DAY * back for back in reversed(range(days)))
    counts = _counts(connection, span[0], whom)
    return Trends(
        days=span,
        sent=_series(counts[EventKind.MAIL_SENT], span),
        opened=_series(counts[EventKind.MAIL_OPENED], span),
        clicked=_series(counts[EventKind.MAIL_CLICKED], span),
        temperatures={
            temperature: _counted_back(standing[temperature], counts[at_temperature(temperature)], span)
            for temperature in Temperature
        },
    )


def entered(connection: Connection, campaign: str, *, today: date, days: int, whom: Shown) -> int:
    """How often leads entered a campaign in the *days* that end with *today*."""
    last = (today - DAY * back for back in range(days))
    total = connection.execute(
        select(func.sum(daily_count.c["count"])).where(
            daily_count.c.what == into_campaign(campaign),
            daily_count.c.sample.is_(whom is Shown.SAMPLE),
            daily_count.c.day.in_([day.isoformat() for day in last]),
        )
    ).scalar()
    return int(total or 0)


def _counts(connection: Connection, since: date, whom: Shown) -> Mapping[str, Mapping[date, int]]:
    wanted = (
        EventKind.MAIL_SENT.value,
        EventKind.MAIL_OPENED.value,
        EventKind.MAIL_CLICKED.value,
        *(at_temperature(temperature) for temperature in Temperature),
    )
    rows: Any = connection.execute(
        select(daily_count.c.what, daily_count.c.day, daily_count.c["count"].label("amount")).where(
            daily_count.c.what.in_(wanted),
            daily_count.c.sample.is_(whom is Shown.SAMPLE),
            daily_count.c.day >= since.isoformat(),
        )
    )
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        found[row.what][date.fromisoformat(row.day)] = row.amount
    return found


def _series(counts: Mapping[date, int], days: Sequence[date]) -> Series:
    return Series(tuple(counts.get(day, 0) for day in days))


def _counted_back(now: int, changes: Mapping[date, int], days: Sequence[date]) -> Series:
    """How many there were at the end of each day: *now* at the last, before it less what has come since."""
    found = [now]
    for day in reversed(days[1:]):
        found.append(max(0, found[-1] - changes.get(day, 0)))
    return Series(tuple(reversed(found)))
