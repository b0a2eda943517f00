"""Where leads stand on their way, and how many came to each stage lately."""

from datetime import date

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.daily import at_stage
from nurture.insight.shown import Shown, of_shown
from nurture.store.records import daily_count, lead_state
from nurture.vocabulary.words import Stage

PATH = (Stage.INQUIRY, Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.ADVOCATE)
ASIDE = (Stage.RECYCLED, Stage.LOST, Stage.DISQUALIFIED)


class StageLine(msgspec.Struct, frozen=True):
    """One stage.

    now      leads that stand there.
    entered  how often a lead came to it since the day that was asked for; one may come back.
    """

    stage: Stage
    now: int
    entered: int


class Funnel(msgspec.Struct, frozen=True):
    """The way to a customer in its order, and the ways off it."""

    path: tuple[StageLine, ...]
    aside: tuple[StageLine, ...]

    @property
    def most(self) -> int:
        """How often leads came to the stage that most came to."""
        return max(line.entered for line in self.path)


def funnel(connection: Connection, *, since: date, whom: Shown) -> Funnel:
    """Every stage with leads or not, as of now."""
    standing: dict[str, int] = dict(
        connection.execute(
            select(lead_state.c.stage, func.count())
            .where(of_shown(lead_state.c.lead_id, whom))
            .group_by(lead_state.c.stage)
        ).all()
    )
    wanted = {at_stage(stage): stage for stage in Stage}
    entered: dict[str, int] = dict(
        connection.execute(
            select(daily_count.c.what, func.sum(daily_count.c["count"]))
            .where(
                daily_count.c.what.in_(wanted),
                daily_count.c.sample.is_(whom is Shown.SAMPLE),
                daily_count.c.day >= since.isoformat(),
            )
            .group_by(daily_count.c.what)
        ).all()
    )

    def line(stage: Stage) -> StageLine:
        return StageLine(stage, standing.get(stage.value, 0), entered.get(at_stage(stage), 0))

    return Funnel(path=tuple(map(line, PATH)), aside=tuple(map(line, ASIDE)))
