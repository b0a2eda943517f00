"""What is known of a mail besides its worker's word: its provider has told of it, somebody has opened it. It may be known first."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from nurture.providers.model import ReportKind
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, TouchStatus

FAILED = (ReportKind.BOUNCED, ReportKind.REJECTED, ReportKind.FAILED)
LEFT = frozenset(ReportKind) - {*FAILED, ReportKind.UNKNOWN, ReportKind.SUBSCRIBED}
"""What is only told of a mail that the provider had taken."""
RETURNED = (TouchStatus.SENT.value, TouchStatus.UNKNOWN.value, TouchStatus.BOUNCED.value)
"""What a mail is that may have come back."""
WORST_FIRST = (BounceKind.HARD, BounceKind.BLOCK, BounceKind.SOFT)


def settle_known(connection: Connection, touch_ids: Collection[int]) -> None:
    """Touches that have just become unknown, and of which something was known before: nothing more will be told of them."""
    if not touch_ids:
        return
    refs = {"refs": sorted(touch_ids)}
    connection.execute(OPENED, refs)
    for touch_id in connection.execute(REPORTED, refs).scalars().all():
        settle_reported(connection, touch_id)


def settle_reported(connection: Connection, touch_id: int) -> None:
    """What all that its provider has told of a touch says of its mail: that it came back outweighs that it arrived."""
    known = connection.execute(
        select(table.provider_event).where(table.provider_event.c.touch_id == touch_id)
    ).all()
    failures = [each for each in known if each.bounce is not None]
    if failures:
        order = WORST_FIRST.index
        worst = min(failures, key=lambda each: (order(BounceKind(each.bounce)), each.occurred_at, each.key))
        values = {
            "status": TouchStatus.BOUNCED.value,
            "code": worst.code or None,
            "answer": worst.text or None,
        }
        possible: tuple[str, ...] = RETURNED
    elif any(each.kind in LEFT for each in known):
        values = {"status": TouchStatus.SENT.value, "answer": "it arrived: its provider says so"}
        possible = (TouchStatus.UNKNOWN.value,)
    else:
        return
    connection.execute(
        table.touch.update()
        .where(table.touch.c.id == touch_id, table.touch.c.status.in_(possible))
        .values(**values)
    )


_THESE: Any = table.touch.c.id.in_(bindparam("refs", expanding=True))
OPENED = (
    update(table.touch)
    .where(_THESE, table.touch.c.status == TouchStatus.UNKNOWN.value, table.touch.c.opened_at.is_not(None))
    .values(status=TouchStatus.SENT.value, answer="it arrived: somebody opened it")
)
REPORTED = (
    select(table.provider_event.c.touch_id)
    .where(table.provider_event.c.touch_id.in_(bindparam("refs", expanding=True)))
    .distinct()
)
