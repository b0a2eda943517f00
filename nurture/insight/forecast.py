"""What would leave in the coming days if a campaign went live now: by day, beside all other mail and the sender's limit."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, or_, select

from nurture.content.model import Programme
from nurture.engine.facts import COUNTING, REMEMBERED, WAITING
from nurture.engine.ramp import ramp_day
from nurture.insight.audience import Audience
from nurture.insight.timeline import name_of
from nurture.scheduling.throttle import warm_up_allowance
from nurture.statemachine.calendars import send_window
from nurture.statemachine.foreseen import Leaving, Played, Waiting
from nurture.store.mapping import touch_of
from nurture.store.records import touch
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass

DAYS = 14
ENTERING_MOST, OTHERS_MOST = 120, 60
"""Leads that are played ahead, of those who enter and of those who are in other campaigns: a page must answer in seconds."""
EXAMPLES = 5


class ForecastDay(msgspec.Struct, frozen=True):
    """A day of the programme's clock.

    mails    of the campaign; *others* of all other campaigns.
    limited  of both, those that the sender's limit counts: operational mail is exempt.
    allowed  the limit; None for none.
    """

    day: date
    mails: int
    others: int
    limited: int
    allowed: int | None

    @property
    def is_full(self) -> bool:
        return self.allowed is not None and self.limited >= self.allowed


class Example(msgspec.Struct, frozen=True):
    """What one lead would get: the mail's name, and how many days from now."""

    lead_id: int
    name: str
    mails: tuple[tuple[int, str], ...]


class Forecast(msgspec.Struct, frozen=True):
    """The coming days.

    played    how many of those who enter were played ahead, and how many of other campaigns.
    first_at  when the campaign's first mail leaves; None where none does.
    """

    days: tuple[ForecastDay, ...]
    first_at: datetime | None
    played: tuple[int, int]
    is_whole: bool
    examples: tuple[Example, ...]

    @property
    def mails(self) -> int:
        return sum(each.mails for each in self.days)

    @property
    def most(self) -> int:
        return max((each.mails + each.others for each in self.days), default=0)

    @property
    def full_days(self) -> int:
        return sum(each.is_full for each in self.days)


def forecast(
    connection: Connection, programme: Programme, key: str, who: Audience, now: datetime
) -> Forecast:
    """The coming days of campaign *key*, which mails *who*; *programme* is the one in which it is live."""
    elsewhere = [state for state in who.others if state.live_enrolments]
    entering, others = who.states[:ENTERING_MOST], elsewhere[:OTHERS_MOST]
    scale = who.of / who.looked_at if who.looked_at else 1.0
    leads = [
        *waiting(connection, entering, now, scale * len(who.states) / max(1, len(entering))),
        *waiting(connection, others, now, scale * len(elsewhere) / max(1, len(others))),
    ]
    zone = ZoneInfo(programme.time_zone)
    limit = limits(connection, programme, now)
    played = Played(programme, leads, now, allowed=limit, zone=zone)
    leaving = played.until(now + timedelta(days=DAYS))
    mine = [each for each in leaving if each.touch.campaign == key]
    return Forecast(
        days=by_day(
            leaving,
            key,
            first=now.astimezone(zone).date(),
            zone=zone,
            allowed=limit,
            weekdays=send_window(programme.sending).days,
        ),
        first_at=mine[0].at if mine else None,
        played=(len(entering), len(others)),
        is_whole=who.is_whole and len(entering) == len(who.states) and len(others) == len(elsewhere),
        examples=tuple(_example(state, mine, now) for state in entering[:EXAMPLES]),
    )


def by_day(
    leaving: Sequence[Leaving],
    key: str,
    *,
    first: date,
    zone: ZoneInfo,
    allowed: Callable[[date], int] | None,
    weekdays: Collection[int] = range(7),
) -> tuple[ForecastDay, ...]:
    """The mails of DAYS days, each as many as its lead stands for.

    weekdays  those of the send window, Monday is 0.

    Of a mail that stands for several the limit lets some leave on its day, and the others on the days after.
    """
    limited, exempt = (
        defaultdict[tuple[date, bool], float](float),
        defaultdict[tuple[date, bool], float](float),
    )
    for each in leaving:
        sums = limited if each.touch.mail_class is MailClass.MARKETING else exempt
        sums[each.at.astimezone(zone).date(), each.touch.campaign == key] += each.weight
    found = []
    for ahead in range(DAYS):
        day = first + timedelta(days=ahead)
        most = None if allowed is None else allowed(day)
        if most is not None:
            later = next(each for each in after(day) if each.weekday() in weekdays)
            over = max(0.0, limited[day, True] + limited[day, False] - most)
            for mine, moved in (
                (True, min(over, limited[day, True])),
                (False, max(0.0, over - limited[day, True])),
            ):
                limited[day, mine] -= moved
                limited[later, mine] += moved
        mails, others = (limited[day, mine] + exempt[day, mine] for mine in (True, False))
        counts = limited[day, True] + limited[day, False]
        found.append(ForecastDay(day, round(mails), round(others), round(counts), most))
    return tuple(found)


def after(day: date) -> Iterator[date]:
    """The week after *day*."""
    return (day + timedelta(days=ahead) for ahead in range(1, 8))


def limits(connection: Connection, programme: Programme, now: datetime) -> Callable[[date], int] | None:
    """How many marketing mails the sender's ramp lets leave on each day, of today what is left; None where there is no ramp."""
    stands, policy = ramp_day(connection, programme, now), programme.sending.warm_up
    if stands is None or policy is None:
        return None

    def allowed(day: date) -> int:
        if day <= stands.day:
            return max(0, stands.allowed - stands.used)
        return warm_up_allowance(
            start=policy.start.amount,
            double_every=policy.double_every.elapsed,
            full=policy.full.amount,
            first_day=stands.first + timedelta(days=stands.held),
            day=day,
        )

    return allowed


def waiting(
    connection: Connection, states: Sequence[LeadState], now: datetime, weight: float
) -> list[Waiting]:
    """The leads with the mails that wait for them and when they were last mailed."""
    of = touch.c
    rows = connection.execute(
        select(touch).where(
            of.lead_id.in_([state.lead.id for state in states]),
            or_(of.status.in_([each.value for each in WAITING]), of.claimed_at > now - REMEMBERED),
        )
    )
    waits: dict[int, list[Touch]] = defaultdict(list)
    recent: dict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.status in WAITING:
            waits[row.lead_id].append(touch_of(row))
        elif row.status in COUNTING and row.mail_class == MailClass.MARKETING.value and row.claimed_at:
            recent[row.lead_id].append(row.claimed_at)
    return [Waiting(each, weight, waits[each.lead.id], recent[each.lead.id]) for each in states]


def _example(state: LeadState, mine: Sequence[Leaving], now: datetime) -> Example:
    mails = tuple(
        ((each.at - now).days, each.touch.mail.rpartition("/")[2])
        for each in mine
        if each.touch.lead_id == state.lead.id
    )
    return Example(state.lead.id, name_of(state), mails)
