"""What those who wait for the engine ask it: when it is due next, what has left, what was handed over."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, exists, func, or_, select

from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind
from nurture.store.mapping import touch_of, unpacked
from nurture.store.waiting import waits_to_be_absorbed
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import Stage, TouchStatus


def work_waits(database: Database, now: datetime) -> bool:
    """Whether anything is due or waits to be absorbed: one indexed query, which is all that an idle tick costs."""
    with database.reading() as connection:
        return bool(connection.execute(WORK_WAITS, {"now": now}).scalar_one())


def next_due_at(database: Database) -> datetime | None:
    """When the next touch or timer is due; None if nothing waits."""
    with database.reading() as connection:
        moments = connection.execute(NEXT_OF_EACH).one()
    return min((moment for moment in moments if moment is not None), default=None)


def sent_since(
    database: Database, moment: datetime
) -> Iterator[tuple[Touch, datetime, str | None, str | None]]:
    """Touches that were sent after *moment*, in order: each with when, and its lead's persona and language."""
    with database.reading() as connection:
        rows = connection.execute(SENT_SINCE, {"moment": moment}).all()
    for row in rows:
        state = unpacked(row.state)
        yield touch_of(row), row.settled_at, state.persona, state.lead.language


class HandedOver(msgspec.Struct, frozen=True):
    """A lead that sales has been given; *rep* None where nobody had room."""

    lead_id: int
    team: str
    rep: str | None
    made_at: datetime


def handed_over_since(database: Database, moment: datetime) -> list[HandedOver]:
    """Leads that were handed to sales after *moment*, in order."""
    with database.reading() as connection:
        rows = connection.execute(HANDED_OVER_SINCE, {"moment": moment}).all()
    return [HandedOver(*row) for row in rows]


def best_fitting(database: Database, *, stages: Sequence[Stage], most: int) -> list[int]:
    """The leads in *stages* that fit best and can be mailed, the best first."""
    state = table.lead_state.c
    with database.reading() as connection:
        rows = connection.execute(
            select(state.lead_id)
            .join(table.lead, table.lead.c.id == state.lead_id)
            .where(state.stage.in_([stage.value for stage in stages]), table.lead.c.email.is_not(None))
            .order_by(state.fit_score.desc(), state.lead_id)
            .limit(most)
        )
        return list(rows.scalars())


# Written once: whoever turns a clock asks these at every moment, and to write one takes longer than to answer it.
NEXT_OF_EACH = select(
    *(
        select(func.min(table.due.c.due_at)).where(table.due.c.kind == kind.value).scalar_subquery()
        for kind in DueKind
    )
)
SENT_SINCE = (
    select(table.touch, table.lead_state.c.state)
    .join(table.lead_state, table.lead_state.c.lead_id == table.touch.c.lead_id)
    .where(table.touch.c.settled_at > bindparam("moment"), table.touch.c.status == TouchStatus.SENT.value)
    .order_by(table.touch.c.settled_at, table.touch.c.id)
)
HANDED_OVER_SINCE = (
    select(*(table.hand_off.c[name] for name in HandedOver.__struct_fields__))
    .where(table.hand_off.c.made_at > bindparam("moment"))
    .order_by(table.hand_off.c.made_at, table.hand_off.c.lead_id)
)

# Asked for its first row in order, not for whether there is one: else SQLite looks for it along every lead.
FIRST_WAITING = (
    select(table.event.c.id)
    .where(*waits_to_be_absorbed())
    .order_by(table.event.c.id)
    .limit(1)
    .scalar_subquery()
)
WORK_WAITS = select(
    or_(
        FIRST_WAITING.is_not(None),
        *(
            exists().where(table.due.c.kind == kind.value, table.due.c.due_at <= bindparam("now"))
            for kind in DueKind
        ),
    )
)
