"""What dead workers of this home left in the middle of a batch: what was not started is sent again at once, what was answered is
settled as answered, and only what was in flight is `unknown`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from nurture.delivery.journal import Journal, Left, abandoned
from nurture.engine.claim import Claim
from nurture.engine.settle import Settling
from nurture.log import get_log
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind, enqueue
from nurture.store.mapping import touch_of, unpacked
from nurture.vocabulary.words import TouchStatus

log = get_log(__name__)

NOT_STARTED = "the worker ended before the last byte; the mail did not leave"
LOST = "the worker ended between the last byte and the answer; the mail may have left"


class Recovered(msgspec.Struct):
    """What was found, by what became of it."""

    released: int = 0
    answered: int = 0
    unknown: int = 0


class Journals:
    """The journals of one home: the one that this process writes, made when it is first needed, and those of the dead."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._own: Journal | None = None

    def own(self) -> Journal:
        if self._own is None:
            self._own = Journal(self._directory)
        return self._own

    def recover(self, database: Database, now: datetime, *, resend: bool = False) -> Recovered:
        """Settle what was left, also by a batch of our own that broke. Files go when everything in them is committed.

        resend  whether what was in flight is sent again, too.
        """
        recovered = Recovered()
        for left in abandoned(self._directory):
            _recover(database, left, now, recovered, resend=resend)
        if self._own is not None and (left := self._own.left()):
            _recover(database, left, now, recovered, resend=resend)
            self._own.release()
        if recovered != Recovered():
            log.warning("journals read", **msgspec.structs.asdict(recovered))
        return recovered

    def close(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None


def _recover(
    database: Database, left: Sequence[Left], now: datetime, recovered: Recovered, *, resend: bool
) -> None:
    if not left:
        return
    with database.writing() as connection:
        known = {each.touch_id: each for each in left}
        settle(connection, known, now, recovered, resend=resend)


def settle(
    connection: Connection,
    left: Mapping[int, Left],
    now: datetime,
    recovered: Recovered,
    *,
    resend: bool = False,
) -> None:
    """Write what the journal knows of touches that nobody has taken over since; the count goes to *recovered*."""
    settling = Settling(now, resend=resend)
    released: list[tuple[int, int, datetime]] = []
    rows = [
        row
        for row in connection.execute(HELD, {"refs": sorted(left)}).all()
        if row.attempts == left[row.id].attempt
        # Else another worker may have made this attempt; what it has not begun is safely taken from it.
        and (left[row.id].claimed or row.status == TouchStatus.CLAIMED)
    ]
    states = connection.execute(STATES, {"refs": sorted({row.lead_id for row in rows})})
    state_of = {row.lead_id: unpacked(row.state) for row in states}
    for row in rows:
        known = left[row.id]
        claim = Claim(touch_of(row), state_of[row.lead_id], row.attempts, row.tried_at or now)
        if known.receipt is not None and row.status != TouchStatus.CLAIMED:
            settling.receipt(claim, known.receipt)
            recovered.answered += 1
        elif row.status == TouchStatus.CLAIMED or (known.not_started and row.status == TouchStatus.SENDING):
            released.append((row.id, row.lead_id, now))
        elif known.not_started:  # others have given it up, and it certainly did not leave
            settling.receipt(claim, Receipt(row.id, ReceiptStatus.DEFERRED, at=now, text=NOT_STARTED))
            recovered.released += 1
        elif row.status == TouchStatus.SENDING:
            settling.receipt(claim, Receipt(row.id, ReceiptStatus.UNKNOWN, at=now, text=LOST))
            recovered.unknown += 1
    settling.write(connection)
    if released:
        connection.execute(RELEASED, {"refs": [touch_id for touch_id, _, _ in released]})
        enqueue(connection, DueKind.TOUCH, released)
    recovered.released += len(released)


_THESE: Any = table.touch.c.id.in_(bindparam("refs", expanding=True))
HELD = (
    select(table.touch)
    .where(
        _THESE,
        table.touch.c.status.in_(
            [TouchStatus.CLAIMED.value, TouchStatus.SENDING.value, TouchStatus.UNKNOWN.value]
        ),
    )
    .with_for_update()
)
STATES = select(table.lead_state).where(table.lead_state.c.lead_id.in_(bindparam("refs", expanding=True)))
RELEASED = update(table.touch).where(_THESE).values(status=TouchStatus.PLANNED.value)
