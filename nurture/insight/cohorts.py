"""How far the leads that came in a period have come since, by persona: a funnel of people, each counted once at each stage.

Whoever is further has been at every stage before, so that no stage has more than the one before it. A lead counts for the
persona that it has now.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, null, or_, select

from nurture.engine.ways import BEYOND, PATH, at
from nurture.insight.periods import Period
from nurture.insight.shown import Shown, of_shown
from nurture.statistics.rates import Rate
from nurture.store.records import lead_way
from nurture.vocabulary.words import Stage

OF_TEN = 0.9
"""A lead has had the time for a step once it has been waiting as long as nine of ten took that went on."""
LOOKED_AT, LEAST = 2_000, 20
"""Leads from whom that time is taken, the newest; with fewer than *LEAST* of them it is not known."""
OTHERWISE = timedelta(days=30)
"""That time, where it is not known."""
RECENT = timedelta(days=365)
"""How far back leads are looked at for it."""

_way = lead_way.c
_came_at, _has_moved = _way.came_at, _way.mql_at.is_not(None)


class Reached(msgspec.Struct, frozen=True):
    """One stage of one persona.

    leads  that came to the stage.
    young  those of them that have not gone on, and have not been there for as long as that usually takes.
    """

    stage: Stage
    leads: int
    young: int


class Cohort(msgspec.Struct, frozen=True):
    """Leads of one persona, or of all: *reached* stands in the order of the path."""

    persona: str | None
    reached: tuple[Reached, ...]

    @property
    def leads(self) -> int:
        return self.reached[0].leads

    def at(self, stage: Stage) -> Reached:
        return self.reached[PATH.index(stage)]

    def rate(self, stage: Stage, of: Stage = Stage.INQUIRY) -> Rate:
        """Of those that came to *of*, those that came to *stage* after it."""
        return Rate(self.at(stage).leads, self.at(of).leads)

    def young(self, stage: Stage, of: Stage = Stage.INQUIRY) -> int:
        """Leads on the way from *of* to *stage* that have not had the time: the rate may still rise by theirs."""
        return sum(each.young for each in self.reached[PATH.index(of) : PATH.index(stage)])


class Cohorts(msgspec.Struct, frozen=True):
    """By persona, most leads first, those with none last; *whole* is all of them together.

    usual  how long nine of ten took for each step, by the stage that it leads to.
    """

    personas: tuple[Cohort, ...]
    whole: Cohort
    usual: Mapping[Stage, timedelta]


def cohorts(
    connection: Connection, period: Period, *, whom: Shown, usual: Mapping[Stage, timedelta] | None = None
) -> Cohorts:
    """The leads that came in *period*, as they stood when it is seen."""
    usual = usual_times(connection, period.seen_at, whom=whom) if usual is None else usual
    came = _came(connection, period, usual, whom)
    moved = _moved(connection, period, usual, whom)
    found = [
        Cohort(
            persona,
            (
                # One that went on is not young; those are known by their stages alone, which have an index of their own.
                Reached(Stage.INQUIRY, leads, young - gone_on.get("young_gone_on", 0)),
                *(
                    Reached(stage, gone_on.get(stage.value, 0), gone_on.get(f"young_{stage}", 0))
                    for stage in BEYOND
                ),
            ),
        )
        for persona, (leads, young) in came.items()
        for gone_on in [moved.get(persona, {})]
    ]
    found.sort(key=lambda each: (each.persona is None, -each.leads, each.persona or ""))
    whole = tuple(
        Reached(
            stage, sum(each.at(stage).leads for each in found), sum(each.at(stage).young for each in found)
        )
        for stage in PATH
    )
    return Cohorts(tuple(found), Cohort(None, whole), usual)


def usual_times(connection: Connection, now: datetime, *, whom: Shown) -> dict[Stage, timedelta]:
    """How long nine of ten took for each step of the way, by the stage that it leads to, of the newest who have gone on."""
    columns = [_came_at, *(lead_way.c[at(stage)] for stage in BEYOND)]
    rows = connection.execute(
        select(*columns)
        .where(_has_moved, _came_at >= now - RECENT, _came_at < now, of_shown(lead_way.c.lead_id, whom))
        .order_by(_came_at.desc())
        .limit(LOOKED_AT)
    ).all()
    return {
        stage: _of_ten(sorted(row[place] - row[place - 1] for row in rows if row[place] is not None))
        for place, stage in enumerate(BEYOND, 1)
    }


def _of_ten(took: Sequence[timedelta]) -> timedelta:
    return max(took[int(OF_TEN * (len(took) - 1))], timedelta()) if len(took) >= LEAST else OTHERWISE


def _came(
    connection: Connection, period: Period, usual: Mapping[Stage, timedelta], whom: Shown
) -> dict[str | None, tuple[int, int]]:
    """By persona: how many leads came, and how many of them lately."""
    lately = func.count().filter(_came_at > period.seen_at - usual[Stage.MQL])
    rows = connection.execute(
        select(lead_way.c.persona, func.count(), lately)
        .where(*_of(period, whom))
        .group_by(lead_way.c.persona)
    )
    return {persona: (leads, young) for persona, leads, young in rows}


def _moved(
    connection: Connection, period: Period, usual: Mapping[Stage, timedelta], whom: Shown
) -> dict[str | None, dict[str, Any]]:
    """By persona: of those that went on at all, how many came to each stage, and how many of these are young there."""
    counts: list[ColumnElement[Any]] = []
    seen = {stage: lead_way.c[at(stage)] <= period.seen_at for stage in BEYOND}
    for stage, after in zip(BEYOND, [*BEYOND[1:], None], strict=True):
        counts.append(func.count().filter(seen[stage]).label(stage.value))
        if after is not None:
            column, further = lead_way.c[at(stage)], lead_way.c[at(after)]
            waits = or_(further.is_(null()), further > period.seen_at)
            lately = column > period.seen_at - usual[after]
            counts.append(func.count().filter(and_(seen[stage], lately, waits)).label(f"young_{stage}"))
    gone_on = and_(seen[Stage.MQL], _came_at > period.seen_at - usual[Stage.MQL])
    counts.append(func.count().filter(gone_on).label("young_gone_on"))
    rows = connection.execute(
        select(lead_way.c.persona, *counts).where(_has_moved, *_of(period, whom)).group_by(lead_way.c.persona)
    )
    return {row["persona"]: dict(row) for row in rows.mappings()}


def _of(period: Period, whom: Shown) -> tuple[ColumnElement[bool], ...]:
    return (
        _came_at >= period.since,
        _came_at < min(period.until, period.seen_at),
        of_shown(lead_way.c.lead_id, whom),
    )
