"""What became of each step's mails that were decided in a period: sent, opened, clicked, and who left before. One statement for all.

A mail belongs to the day on which it left, or on which it was decided that it does not; what people did with it later counts for it.
Each count is a range of an index that was made for it, so that it costs what it counts and nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)  # fmt: skip

from nurture.insight.campaigns import SETTLED
from nurture.insight.periods import Period
from nurture.insight.shown import SAMPLE, Shown
from nurture.statistics.rates import Rate
from nurture.store.records import touch
from nurture.vocabulary.words import TouchStatus

ANSWERED_WITHIN = timedelta(days=3)
"""Most people who open or click a mail have done so by then; a younger mail may still be answered."""
Place = tuple[str, str, str]
"""Campaign, track and step, by their keys."""

PLACE = (touch.c.campaign, touch.c.track, touch.c.step)
IS_SETTLED = text("touch.settled_at IS NOT NULL")
IS_OPENED, IS_CLICKED = text("touch.opened_at IS NOT NULL"), text("touch.clicked_at IS NOT NULL")
"""As their indexes say it."""
FINAL = (*SETTLED, TouchStatus.CANCELLED)


class StepFigures(msgspec.Struct, frozen=True):
    """One step.

    left     leads that left the track, or reached its goal, before the mail's time came.
    young    mails that left so lately that they may still be answered.
    """

    sent: int = 0
    skipped: int = 0
    refused: int = 0
    unknown: int = 0
    left: int = 0
    opened: int = 0
    clicked: int = 0
    young: int = 0

    @property
    def came(self) -> int:
        """Leads that were to have the mail and of whom it was decided."""
        return self.sent + self.skipped + self.refused + self.unknown + self.left

    @property
    def mails(self) -> int:
        """What left, or may have."""
        return self.sent + self.unknown

    @property
    def opens(self) -> Rate:
        return Rate(min(self.opened, self.mails), self.mails)

    @property
    def clicks(self) -> Rate:
        return Rate(min(self.clicked, self.mails), self.mails)

    @property
    def drop_off(self) -> Rate:
        """Of those that were to have it, those that left before."""
        return Rate(self.left, self.came)

    def __add__(self, other: "StepFigures") -> "StepFigures":
        return StepFigures(*(a + b for a, b in zip(_counts(self), _counts(other), strict=True)))

    def __sub__(self, other: "StepFigures") -> "StepFigures":
        return StepFigures(*(a - b for a, b in zip(_counts(self), _counts(other), strict=True)))


def step_figures(connection: Connection, period: Period, *, whom: Shown) -> dict[Place, StepFigures]:
    """Every step that has any, also those that no track has any more."""
    places = _places(connection)
    found = _counted(connection, places, period) if places else {}
    if whom is Shown.REAL:  # few beside all others, whom no index knows by their leads
        for place, theirs in _of_samples(connection, period).items():
            found[place] -= theirs
    return {place: each for place, each in found.items() if each.came}


# ------------------------------------------------------------ which steps there are


def _places(connection: Connection) -> tuple[Place, ...]:
    """One look into the index for each step, however many mails it has."""
    return tuple((row.campaign, row.track, row.step) for row in connection.execute(PLACES))


# ------------------------------------------------------------ what became of them


def _counted(connection: Connection, places: Sequence[Place], period: Period) -> dict[Place, StepFigures]:
    at = union_all(
        *(
            select(*(cast(literal(key), Text).label(name) for key, name in zip(place, NAMES, strict=True)))
            for place in places
        )
    ).cte("places")
    here = and_(*(mine == at.c[name] for mine, name in zip(PLACE, NAMES, strict=True)))
    # What cannot have come yet is not asked for: the database would ask it of every mail.
    ends = () if period.is_now and period.until > period.seen_at else (touch.c.settled_at < _end(period),)
    in_it = (here, touch.c.settled_at >= period.since, *ends)
    opened, clicked = (
        () if period.is_now else (came_at <= period.seen_at,)
        for came_at in (touch.c.opened_at, touch.c.clicked_at)
    )
    left = or_(*(touch.c.status == each.value for each in LEFT))

    def count(name: str, *met: Any) -> Any:
        return select(func.count()).select_from(touch).where(*met).correlate(at).scalar_subquery().label(name)

    counts = [
        *(count(each.value, IS_SETTLED, *in_it, touch.c.status == each.value) for each in FINAL),
        count("opened", IS_OPENED, *in_it, *opened),
        count("clicked", IS_CLICKED, *in_it, *clicked),
        count("young", IS_SETTLED, *in_it, touch.c.settled_at > period.seen_at - ANSWERED_WITHIN, left),
    ]
    rows = connection.execute(select(*(at.c[name] for name in NAMES), *counts)).mappings()
    return {(row["campaign"], row["track"], row["step"]): _figures(row) for row in rows}


def _of_samples(connection: Connection, period: Period) -> dict[Place, StepFigures]:
    """The same of the sample's leads alone, from their own rows."""
    settled = and_(touch.c.settled_at >= period.since, touch.c.settled_at < _end(period))

    def count(name: str, *met: ColumnElement[bool]) -> Any:
        return func.count().filter(*met).label(name)

    left = or_(*(touch.c.status == each.value for each in LEFT))
    rows = connection.execute(
        select(
            *PLACE,
            *(count(each.value, settled, touch.c.status == each.value) for each in FINAL),
            count("opened", settled, touch.c.opened_at <= period.seen_at),
            count("clicked", settled, touch.c.clicked_at <= period.seen_at),
            count("young", settled, touch.c.settled_at > period.seen_at - ANSWERED_WITHIN, left),
        )
        .where(touch.c.lead_id.in_(SAMPLE))
        .group_by(*PLACE)
    ).mappings()
    return {(row["campaign"], row["track"], row["step"]): _figures(row) for row in rows}


def _figures(row: Mapping[Any, Any]) -> StepFigures:
    found = {name: int(row[name]) for name in ("opened", "clicked", "young")}
    for status, name in SETTLED.items():
        found[name] = found.get(name, 0) + int(row[status.value])
    return StepFigures(left=int(row[TouchStatus.CANCELLED.value]), **found)


def _counts(figures: StepFigures) -> tuple[int, ...]:
    return msgspec.structs.astuple(figures)


def _end(period: Period) -> datetime:
    return min(period.until, period.seen_at)


LEFT = (TouchStatus.SENT, TouchStatus.UNKNOWN)
NAMES = ("campaign", "track", "step")
PLACES = text("""
WITH RECURSIVE
campaigns(campaign) AS (
  SELECT min(campaign) FROM touch WHERE settled_at IS NOT NULL
  UNION ALL
  SELECT (SELECT min(touch.campaign) FROM touch WHERE settled_at IS NOT NULL AND touch.campaign > before.campaign)
  FROM campaigns AS before WHERE before.campaign IS NOT NULL
),
tracks(campaign, track) AS (
  SELECT campaign, (SELECT min(touch.track) FROM touch WHERE settled_at IS NOT NULL AND touch.campaign = campaigns.campaign)
  FROM campaigns WHERE campaign IS NOT NULL
  UNION ALL
  SELECT campaign, (
    SELECT min(touch.track) FROM touch
    WHERE settled_at IS NOT NULL AND touch.campaign = before.campaign AND touch.track > before.track
  )
  FROM tracks AS before WHERE before.track IS NOT NULL
),
steps(campaign, track, step) AS (
  SELECT campaign, track, (
    SELECT min(touch.step) FROM touch
    WHERE settled_at IS NOT NULL AND touch.campaign = tracks.campaign AND touch.track = tracks.track
  )
  FROM tracks WHERE track IS NOT NULL
  UNION ALL
  SELECT campaign, track, (
    SELECT min(touch.step) FROM touch
    WHERE settled_at IS NOT NULL AND touch.campaign = before.campaign AND touch.track = before.track AND touch.step > before.step
  )
  FROM steps AS before WHERE before.step IS NOT NULL
)
SELECT campaign, track, step FROM steps WHERE step IS NOT NULL ORDER BY campaign, track, step
""")
"""The steps that an index holds, each found by one look for the next: a statement that knew them by DISTINCT would read every mail."""
