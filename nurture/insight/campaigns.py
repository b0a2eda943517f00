"""How far leads got: what became of each step's mail, and in how many of them people acted."""

from collections import defaultdict

import msgspec
from sqlalchemy import Connection, func, select

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
SETTLED = {
    TouchStatus.BOUNCED: "refused",
    TouchStatus.FAILED: "refused",
    TouchStatus.SENT: "sent",
    TouchStatus.SKIPPED: "skipped",
    TouchStatus.UNKNOWN: "unknown",
}
"""Which number a touch in a final status counts for; one that was cancelled counts for none."""


def step_numbers(connection: Connection, campaign: str) -> dict[tuple[str, str], StepNumbers]:
    """The numbers of each step of a campaign that has any, by (track, step): from indexes alone, each made for its number."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    settled = (
        select(*PLACE, touch.c.status, func.count().label("touches"))
        .where(touch.c.campaign == campaign, touch.c.settled_at.is_not(None))
        .group_by(*PLACE, touch.c.status)
    )
    for row in connection.execute(settled):
        name = SETTLED.get(TouchStatus(row.status))
        if name is not None:
            counts[row.track, row.step][name] += row.touches
    for name, counted in (
        ("waiting", touch.c.settled_at.is_(None)),
        ("opened", touch.c.opened_at.is_not(None)),
        ("clicked", touch.c.clicked_at.is_not(None)),
    ):
        rows = connection.execute(
            select(*PLACE, func.count().label("touches"))
            .where(touch.c.campaign == campaign, counted)
            .group_by(*PLACE)
        )
        for row in rows:
            counts[row.track, row.step][name] = row.touches
    return {place: StepNumbers(**numbers) for place, numbers in counts.items()}
