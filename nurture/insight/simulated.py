"""What would come of a campaign, played ahead on leads of this store: distributions over runs, what they assume, and one lead's story."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from nurture.content.catalog import Catalog
from nurture.content.model import Programme
from nurture.insight.audience import audience
from nurture.insight.campaigns import step_numbers
from nurture.insight.forecast import limits, waiting
from nurture.insight.sales_history import with_sales
from nurture.insight.sampling import drawn
from nurture.insight.shown import shown
from nurture.simulation.ahead import OUTCOMES, PLAYED, Story, play
from nurture.simulation.behaviour import Habits
from nurture.statemachine.enrol import live_in
from nurture.statemachine.foreseen import Waiting
from nurture.vocabulary.words import Gate

KNOWN_MOST = 300
"""Leads that runs draw from, of those who would enter and of those inside."""
MEASURED_FROM = 200
"""Mails of the campaign that must have left before what people did with them says more than what is usual."""
OUTSIDE = 10
"""One run in so many lies outside of a band, half of them on each side."""


class Band(msgspec.Struct, frozen=True):
    """The middle of the runs, and the bounds between which nine of ten lie."""

    low: int
    middle: int
    high: int


class Simulation(msgspec.Struct, frozen=True):
    """What the runs came to.

    entering, inside  leads that they stand for: those who would enter now, and those who are in it; *played* in each run.
    habits    what people do; *measured* how many mails of this campaign say so, 0 for what is usual elsewhere; *handed* how
              many hand-offs say what sales does, likewise.
    mails     of the campaign; *weeks* by week; *outcomes* leads by what they came to; *held* mails that waited, by the gate.
    """

    days: int
    seed: int
    entering: int
    inside: int
    played: int
    runs: int
    habits: Habits
    measured: int
    handed: int
    mails: Band
    weeks: tuple[Band, ...]
    outcomes: dict[str, Band]
    held: tuple[tuple[Gate, Band], ...]
    story: Story | None

    @property
    def most(self) -> int:
        return max((each.high for each in self.weeks), default=0)


def simulated(
    connection: Connection,
    programme: Programme,
    catalog: Catalog,
    key: str,
    now: datetime,
    *,
    days: int,
    seed: int,
    sample: int,
    breathe: Callable[[], None] | None = None,
) -> Simulation:
    """Campaign *key* over *days* days, as *programme* has it, in which it is live.

    seed     of the runs; *sample* of the leads that they draw from.
    breathe  called after every turn that is played.
    """
    who = audience(connection, programme, key, now, seed=sample)
    entering = who.states[:KNOWN_MOST]
    states, of = drawn(connection, whom=shown(connection), most=KNOWN_MOST, seed=sample, campaign=key)
    inside = [each for each in states if live_in(each, key) is not None]
    habits, measured = habits_in(connection, key)
    habits, handed = with_sales(connection, habits, now)
    leads: list[Waiting] = [
        *waiting(connection, entering, now, who.enter.count / max(1, len(entering))),
        *waiting(connection, inside, now, of / max(1, len(states))),
    ]
    runs, story = play(
        programme,
        key,
        leads,
        now,
        days=days,
        seed=seed,
        links=links_in(catalog),
        habits=habits,
        allowed=limits(connection, programme, now),
        breathe=breathe,
    )
    held = {gate for run in runs for gate in run.held}
    return Simulation(
        days=days,
        seed=seed,
        entering=who.enter.count,
        inside=of,
        played=min(PLAYED, len(leads)),
        runs=len(runs),
        habits=habits,
        measured=measured,
        handed=handed,
        mails=band([run.mails for run in runs]),
        weeks=tuple(band([run.weeks[week] for run in runs]) for week in range(-(-days // 7)) if runs),
        outcomes={name: band([run.counts[name] for run in runs]) for name in OUTCOMES},
        held=tuple((gate, band([run.held.get(gate, 0.0) for run in runs])) for gate in Gate if gate in held),
        story=story,
    )


def band(came_to: Sequence[float]) -> Band:
    """The middle of what the runs came to, and between which bounds nine of ten lie."""
    values = sorted(came_to)
    if not values:
        return Band(0, 0, 0)
    outside = len(values) // (2 * OUTSIDE)
    middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    return Band(round(values[outside]), round(middle), round(values[-1 - outside]))


def habits_in(connection: Connection, key: str) -> tuple[Habits, int]:
    """What people do with the mails of a campaign, and how many mails say so; 0 for what is usual elsewhere."""
    numbers = step_numbers(connection, key).values()
    sent, opened, clicked = (
        sum(getattr(each, name) for each in numbers) for name in ("sent", "opened", "clicked")
    )
    if sent < MEASURED_FROM:
        return Habits(), 0
    return Habits(opens=min(1.0, opened / sent), clicks=min(1.0, clicked / max(1, opened))), sent


def links_in(catalog: Catalog) -> Callable[[str], Sequence[str]]:
    """The named links of a mail, for everybody; none for one that is not there."""

    def links(mail: str) -> Sequence[str]:
        family = catalog.mails.get(mail)
        return () if family is None else tuple(family.pick(None, None).front.links)

    return links
