"""Where the mail stands, in counts of rows: a campaign is finished when none of its touches waits."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.store.due import DueKind
from nurture.store.records import due, outbox, touch
from nurture.store.waiting import waits_to_be_absorbed
from nurture.vocabulary.words import TouchStatus


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is not in a final status, and what nobody knows.

    due         touches whose moment has come; the oldest since *oldest_due*, None for none.
    unfinished  touches that are not in a final status: 0 says that everything is done.
    outbox      system mails that have not left.
    events      that wait to be absorbed.
    """

    due: int
    oldest_due: datetime | None
    planned: int
    deferred: int
    claimed: int
    sending: int
    unknown: int
    outbox: int
    events: int

    @property
    def unfinished(self) -> int:
        return self.planned + self.deferred + self.claimed + self.sending


def standing(connection: Connection, now: datetime, *, campaign: str | None = None) -> Standing:
    """How the mail stands at *now*; the touches of one campaign, if it is named."""
    of_campaign = () if campaign is None else (touch.c.campaign == campaign,)
    counted: dict[str, int] = {
        row.status: row.touches
        for row in connection.execute(
            select(touch.c.status, func.count().label("touches"))
            .where(touch.c.settled_at.is_(None), *of_campaign)
            .group_by(touch.c.status)
        )
    }
    unknown = select(func.count()).where(touch.c.status == TouchStatus.UNKNOWN.value, *of_campaign)
    waiting = select(func.count(), func.min(due.c.due_at, type_=due.c.due_at.type)).where(
        due.c.kind == DueKind.TOUCH.value, due.c.due_at <= now
    )
    if campaign is not None:
        waiting = waiting.join(touch, touch.c.id == due.c.id).where(*of_campaign)
    count, oldest = connection.execute(waiting).one()
    posted = select(func.count()).select_from(outbox).where(outbox.c.settled_at.is_(None))
    heard = select(func.count()).where(*waits_to_be_absorbed())
    return Standing(
        due=count,
        oldest_due=oldest,
        planned=counted.get(TouchStatus.PLANNED.value, 0),
        deferred=counted.get(TouchStatus.DEFERRED.value, 0),
        claimed=counted.get(TouchStatus.CLAIMED.value, 0),
        sending=counted.get(TouchStatus.SENDING.value, 0),
        unknown=connection.execute(unknown).scalar_one(),
        outbox=connection.execute(posted).scalar_one(),
        events=connection.execute(heard).scalar_one(),
    )
