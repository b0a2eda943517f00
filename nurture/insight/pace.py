"""How fast mail leaves, and whether: pauses, rates, the warm-up of the sender, domains that are waited for."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, literal, select

from nurture.content.model import Programme, WarmUp
from nurture.delivery.sender_problems import PROBLEMS
from nurture.engine.campaign_rates import rates
from nurture.engine.held import HELD
from nurture.engine.pause_rows import Cause, Pause, live_pauses, past_pauses
from nurture.engine.pauses import remedy_of
from nurture.engine.ramp import RampDay, ramp_day
from nurture.scheduling.rates import Tally
from nurture.scheduling.throttle import warm_up_allowance
from nurture.store.due import DueKind
from nurture.store.records import domain_bucket, due, touch

DOMAINS_SHOWN = 10
PAST_SHOWN = 10


class Stop(msgspec.Struct, frozen=True):
    """A pause as it is shown.

    name    of the campaign; None for all mail.
    what    what is wrong with the sender, in a sentence; "" for any other cause.
    remedy  what to do before it is resumed; "" where a person paused it.
    held    how many mails wait for it.
    """

    pause: Pause
    name: str | None
    what: str
    remedy: str
    held: int


class RampStep(msgspec.Struct, frozen=True):
    """A stretch of the plan: *allowed* mails a day from *begins* on."""

    begins: date
    allowed: int


class CampaignPace(msgspec.Struct, frozen=True):
    """A campaign's rates of the last seven days."""

    key: str
    name: str
    tally: Tally
    is_paused: bool


class Pace(msgspec.Struct, frozen=True):
    """All of it.

    ramp     None where the programme has no warm-up.
    plan     what is to come of it, today's stretch first.
    domains  the domains for which mail waits, and until when moments are promised.
    """

    stops: tuple[Stop, ...]
    past: tuple[Pause, ...]
    campaigns: tuple[CampaignPace, ...]
    ramp: RampDay | None
    plan: tuple[RampStep, ...]
    domains: tuple[tuple[str, datetime], ...]

    @property
    def is_everything_paused(self) -> bool:
        return any(not each.pause.campaign for each in self.stops)


def pace(connection: Connection, programme: Programme, now: datetime) -> Pace:
    """How it stands at *now*."""
    live = live_pauses(connection)
    paused = {each.campaign for each in live}
    tallies = rates(connection, now)
    ramp = ramp_day(connection, programme, now)
    keys = [each.key for each in programme.campaigns.values() if not each.draft]
    return Pace(
        stops=stops(connection, programme, live),
        past=past_pauses(connection, now, most=PAST_SHOWN),
        campaigns=tuple(
            CampaignPace(key, programme.campaigns[key].name, tallies.get(key, Tally()), key in paused)
            for key in sorted(keys, key=lambda key: -tallies.get(key, Tally()).attempted)
        ),
        ramp=ramp,
        plan=() if ramp is None else plan(programme, ramp),
        domains=_domains(connection, now),
    )


def stops(connection: Connection, programme: Programme, live: Sequence[Pause]) -> tuple[Stop, ...]:
    """What is paused, with what waits for it."""
    if not live:
        return ()
    held: dict[str, int] = dict(
        connection.execute(
            select(touch.c.campaign, func.count())
            .join(due, due.c.id == touch.c.id)
            .where(due.c.kind == DueKind.TOUCH.value, due.c.due_at == literal(HELD, due.c.due_at.type))
            .group_by(touch.c.campaign)
        ).all()
    )
    found = []
    for each in live:
        campaign = programme.campaigns.get(each.campaign)
        name = None if not each.campaign else each.campaign if campaign is None else campaign.name
        problem = PROBLEMS.get(each.problem or "") if each.cause is Cause.SENDER else None
        what = "" if problem is None else problem.what
        waits = held.get(each.campaign, 0) if each.campaign else sum(held.values())
        found.append(Stop(each, name, what, remedy_of(each.cause, each.problem), waits))
    return tuple(found)


def plan(programme: Programme, ramp: RampDay) -> tuple[RampStep, ...]:
    """The ramp from its day on, if no day is held: one line for each change."""
    policy = programme.sending.warm_up
    assert policy is not None, "a sender with a ramp has a plan"
    return planned(policy, first=ramp.first + timedelta(days=ramp.held), day=ramp.day)


PLANNED_MOST = timedelta(days=3 * 365)


def planned(policy: WarmUp, *, first: date, day: date) -> tuple[RampStep, ...]:
    """From *day* on, the days of a ramp that began on *first* on which more may leave than the day before; three years at most."""
    found: list[RampStep] = []
    last = day + PLANNED_MOST
    while not found or (found[-1].allowed < policy.full.amount and day < last):
        allowed = warm_up_allowance(
            start=policy.start.amount,
            double_every=policy.double_every.elapsed,
            full=policy.full.amount,
            first_day=first,
            day=day,
        )
        if not found or allowed != found[-1].allowed:
            found.append(RampStep(day, allowed))
        day += timedelta(days=1)
    return tuple(found)


def warned(connection: Connection, now: datetime) -> dict[str, Tally]:
    """Campaigns whose rates are bad enough to be looked at."""
    return {key: tally for key, tally in rates(connection, now).items() if tally.is_bad}


def _domains(connection: Connection, now: datetime) -> tuple[tuple[str, datetime], ...]:
    until = domain_bucket.c.promised_until
    rows = connection.execute(
        select(domain_bucket.c.domain, until)
        .where(until > now)
        .order_by(until.desc(), domain_bucket.c.domain)
        .limit(DOMAINS_SHOWN)
    )
    return tuple((row.domain, row.promised_until) for row in rows)
