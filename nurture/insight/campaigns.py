"""How far leads got: what became of each step's mail, and in how many of them people acted."""

from collections import defaultdict

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from nurture.store.records import touch
from nurture.vocabulary.words import TouchStatus


class StepNumbers(msgspec.Struct, frozen=True):
    """What became of the mails of a step.

    waiting  planned, put off, or on their way.
    opened   mails that a person opened, as far as opens can be told; *clicked* likewise.
    """

    waiting: int = 0
    sent: int = 0
    skipped: int = 0
    refused: int = 0
    unknown: int = 0
    opened: int = 0
    clicked: int = 0


PLACE = (touch.c.track, touch.c.step)
WAITING = touch.c.settled_at.is_(None)
SETTLED = {
    TouchStatus.BOUNCED: "refused",
    TouchStatus.FAILED: "refused",
    TouchStatus.SENT: "sent",
    TouchStatus.SKIPPED: "skipped",
    TouchStatus.UNKNOWN: "unknown",
}
"""Which number a touch in a final status counts for; one that was cancelled counts for none."""


def step_numbers(
    connection: Connection, campaign: str, track: str | None = None
) -> dict[tuple[str, str], StepNumbers]:
    """The numbers of each step of a campaign, or of one of its tracks, that has any, by (track, step): by indexes that were each
    made for its number.
    """
    of = (touch.c.campaign == campaign, *(() if track is None else (touch.c.track == track,)))
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    settled = (
        select(*PLACE, touch.c.status, func.count().label("touches"))
        .where(*of, touch.c.settled_at.is_not(None))
        .group_by(*PLACE, touch.c.status)
    )
    for row in connection.execute(settled):
        name = SETTLED.get(TouchStatus(row.status))
        if name is not None:
            counts[row.track, row.step][name] += row.touches
    for name, met in (
        ("waiting", WAITING),
        ("opened", touch.c.opened_at.is_not(None)),
        ("clicked", touch.c.clicked_at.is_not(None)),
    ):
        for place, touches in _counted(connection, *of, met).items():
            counts[place][name] = touches
    return {place: StepNumbers(**numbers) for place, numbers in counts.items()}


def waiting_at(connection: Connection, campaign: str) -> dict[tuple[str, str], int]:
    """How many mails of each step wait or are on their way, by (track, step)."""
    return _counted(connection, touch.c.campaign == campaign, WAITING)


def _counted(connection: Connection, *met: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    rows = connection.execute(select(*PLACE, func.count().label("touches")).where(*met).group_by(*PLACE))
    return {(row.track, row.step): row.touches for row in rows}
