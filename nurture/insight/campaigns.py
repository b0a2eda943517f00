"""How far leads got: what became of each step's mail, and how many people clicked in it."""

from collections import defaultdict
from typing import Any

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, cast, distinct, func, or_, select, type_coerce

from nurture.statemachine.turn import HUMAN
from nurture.store.records import event, touch
from nurture.vocabulary.words import EventKind, TouchStatus

WAITING = (TouchStatus.PLANNED, TouchStatus.DEFERRED, TouchStatus.CLAIMED, TouchStatus.SENDING)
REFUSED = (TouchStatus.BOUNCED, TouchStatus.FAILED)


class StepNumbers(msgspec.Struct, frozen=True):
    """What became of the mails of a step.

    waiting  planned, put off, or on their way.
    clicked  mails in which a person clicked.
    """

    waiting: int = 0
    sent: int = 0
    skipped: int = 0
    refused: int = 0
    unknown: int = 0
    clicked: int = 0


def step_numbers(connection: Connection, campaign: str) -> dict[tuple[str, str], StepNumbers]:
    """The numbers of each step of a campaign that has any, by (track, step)."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = connection.execute(
        select(touch.c.track, touch.c.step, touch.c.status, func.count().label("touches"))
        .where(touch.c.campaign == campaign)
        .group_by(touch.c.track, touch.c.step, touch.c.status)
    )
    for row in rows:
        name = _NAMES.get(TouchStatus(row.status))
        if name is not None:
            counts[row.track, row.step][name] += row.touches
    for row in connection.execute(_clicked(connection, campaign)):
        counts[row.track, row.step]["clicked"] = row.touches
    return {place: StepNumbers(**numbers) for place, numbers in counts.items()}


_NAMES = {
    **dict.fromkeys(WAITING, "waiting"),
    **dict.fromkeys(REFUSED, "refused"),
    TouchStatus.SENT: "sent",
    TouchStatus.SKIPPED: "skipped",
    TouchStatus.UNKNOWN: "unknown",
}


def _clicked(connection: Connection, campaign: str) -> Any:
    humanity = _property(connection, "humanity").as_float()
    return (
        select(touch.c.track, touch.c.step, func.count(distinct(touch.c.id)).label("touches"))
        .select_from(event)
        .join(touch, touch.c.id == cast(_property(connection, "touch").as_string(), touch.c.id.type))
        .where(
            event.c.kind == EventKind.MAIL_CLICKED.value,
            touch.c.campaign == campaign,
            or_(humanity.is_(None), humanity >= HUMAN),
        )
        .group_by(touch.c.track, touch.c.step)
    )


def _property(connection: Connection, name: str) -> Any:
    """A property of an event, inside the database; on SQLite text is JSON as it stands."""
    as_json: ColumnElement[Any] = (
        type_coerce(event.c.properties, JSON)
        if connection.dialect.name == "sqlite"
        else cast(event.c.properties, JSON)
    )
    return as_json[name]
