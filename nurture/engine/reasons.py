"""What made a lead interesting: the rules that credited most, for those who are to talk with it."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.aliases import whole
from nurture.store import records as table
from nurture.vocabulary.points import EntryKind

REMEMBERED = timedelta(days=30)


class Reason(msgspec.Struct, frozen=True):
    """A rule, how often it counted, and its points in all."""

    rule: str
    times: int
    points: float

    @property
    def plainly(self) -> str:
        """For a sentence: 'Asked for demo', 'Clicked, 3 times'."""
        words = self.rule.replace("-", " ").capitalize()
        return words if self.times == 1 else f"{words}, {self.times} times"

    @property
    def briefly(self) -> str:
        """For a line: 'asked for demo', 'clicked ×3'."""
        words = self.rule.replace("-", " ")
        return words if self.times == 1 else f"{words} ×{self.times}"


def heaviest(connection: Connection, lead_id: int, now: datetime, *, most: int) -> tuple[Reason, ...]:
    """What raised the lead's interest most in the last 30 days, heaviest first."""
    credited = func.sum(table.score_entry.c.credited)
    times = func.count(table.score_entry.c.event_id.distinct())
    rows = connection.execute(
        select(table.score_entry.c.rule, times.label("times"), credited.label("points"))
        .outerjoin(table.verdict, table.verdict.c.event_id == table.score_entry.c.event_id)
        .where(
            table.score_entry.c.lead_id.in_(whole(connection, lead_id)),
            table.score_entry.c.kind != EntryKind.MERGED.value,
            table.score_entry.c.at > now - REMEMBERED,
            table.verdict.c.pattern.is_(None),  # what a machine turned out to have done interested nobody
        )
        .group_by(table.score_entry.c.rule)
        .having(credited > 0)
        .order_by(credited.desc(), table.score_entry.c.rule)
        .limit(most)
    )
    return tuple(Reason(row.rule, row.times, row.points) for row in rows)
