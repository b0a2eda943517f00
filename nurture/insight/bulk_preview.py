"""What an act on leads would do, before anybody asks for it: with how many, and why not with the others."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.model import Programme
from nurture.engine.bulk_acts import Asked, decide
from nurture.engine.lead_filter import LeadFilter, matching
from nurture.insight.sampling import LOOKED_AT
from nurture.store.mapping import unpacked
from nurture.store.records import lead_state


class Preview(msgspec.Struct, frozen=True):
    """What became of the leads that were looked at.

    of       how many the act is for; more than *looked_at* where they are many: then those of the lowest numbers were.
    skipped  why leads would be left alone, and how many of them, the most first.
    """

    looked_at: int
    of: int
    taken: int
    skipped: dict[str, int]

    @property
    def words(self) -> str:
        """In a sentence."""
        said = f"{self.taken:,} of {self.looked_at:,} leads can be moved"
        if self.looked_at < self.of:
            said = f"{self.taken:,} of the first {self.looked_at:,} leads can be moved"
        left = "; ".join(f"{count:,} {why}" for why, count in self.skipped.items())
        return f"{said}. Left alone: {left}." if left else f"{said}."


def preview(
    connection: Connection,
    programme: Programme,
    asked: Asked,
    *,
    chosen: Collection[int] | None,
    wanted: LeadFilter | None,
    now: datetime,
) -> Preview:
    """What *asked* would do now with the leads that are *chosen*, or with all that *wanted* lets through."""
    assert (chosen is None) is not (wanted is None), "an act is for those chosen, or for those that match"
    whom = matching(wanted) if wanted is not None else lead_state.c.lead_id.in_(sorted(set(chosen or ())))
    states = connection.execute(
        select(lead_state.c.state).where(whom).order_by(lead_state.c.lead_id).limit(LOOKED_AT)
    ).scalars()
    verdicts = [decide(asked, unpacked(state), programme, now) for state in states]
    of = len(verdicts)
    if of == LOOKED_AT:
        of = int(connection.execute(select(func.count()).select_from(lead_state).where(whom)).scalar_one())
    skipped = Counter(verdict for verdict in verdicts if isinstance(verdict, str))
    return Preview(len(verdicts), of, len(verdicts) - skipped.total(), dict(skipped.most_common()))
