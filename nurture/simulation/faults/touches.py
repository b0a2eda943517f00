"""Touches after every commit: in one status, moved only as they may, in the queue while something is to come, claimed by right."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from nurture.content.model import Programme
from nurture.engine.pause_rows import EVERYTHING
from nurture.scheduling.caps import Cap, next_under_caps
from nurture.scheduling.windows import next_opening
from nurture.simulation.faults.far_end import FarEnd
from nurture.simulation.faults.ground import Ground
from nurture.statemachine.calendars import closed_on, send_window, zone
from nurture.store import records as table
from nurture.store.due import DueKind
from nurture.store.mapping import unpacked
from nurture.store.types import EPOCH, MICROSECOND
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import MailClass, TouchStatus

PLANNED, CLAIMED, SENDING, SENT, DEFERRED, BOUNCED, FAILED, SKIPPED, CANCELLED, UNKNOWN = TouchStatus
MAY_BECOME = {
    None: {PLANNED, CANCELLED},
    PLANNED: {CLAIMED, SKIPPED, CANCELLED},
    CLAIMED: {SENDING, PLANNED, SKIPPED, CANCELLED},
    SENDING: {SENT, DEFERRED, BOUNCED, FAILED, CANCELLED, UNKNOWN, PLANNED},
    DEFERRED: {CLAIMED, SKIPPED, CANCELLED},
    SENT: {BOUNCED},
    UNKNOWN: {SENT, BOUNCED, PLANNED, DEFERRED, FAILED, CANCELLED},
    BOUNCED: set(),
    FAILED: set(),
    SKIPPED: set(),
    CANCELLED: set(),
}
"""What a touch may be after what, besides itself."""
AGAIN = {CLAIMED, SKIPPED, CANCELLED}
"""What one that is being sent may be, too, where the programme has mails of unknown fate sent again."""
COUNTING = {CLAIMED, SENDING, SENT, UNKNOWN, BOUNCED}
HELD = {CLAIMED, SENDING}
FINAL = {status for status in TouchStatus if status.is_final}
TOUCHES = "SELECT id, lead_id, status, attempts, claimed_at, settled_at, mail, mail_class, campaign FROM touch ORDER BY id"
QUEUE = "SELECT id, due_at FROM due WHERE kind = ?"
WAITS = "SELECT 1 FROM event WHERE lead_id = ? AND absorbed_at IS NULL"
STATE = select(table.lead_state.c.state).where(table.lead_state.c.lead_id == bindparam("lead"))
LISTED = select(table.suppression.c.scope).where(table.suppression.c.address == bindparam("address"))


class Seen(NamedTuple):
    """A touch as it is; moments in microseconds since 1970."""

    id: int
    lead_id: int
    status: str
    attempts: int
    claimed_at: int | None
    settled_at: int | None
    mail: str
    mail_class: str
    campaign: str


class TouchWatch:
    """What touches were at the last look, and who claimed them.

    resends  whether the programme has mails of unknown fate sent again.
    held     campaigns that somebody holds.
    called_off  and those that were called off.
    """

    def __init__(self, ground: Ground, far_end: FarEnd, *, resends: bool) -> None:
        self.rows: dict[int, Seen] = {}
        self.queue: dict[int, int] = {}
        self._ground = ground
        self._far_end = far_end
        self._resends = resends
        self.held: set[str] = set()
        self.called_off: set[str] = set()
        self._claims: dict[str, dict[int, int]] = defaultdict(dict)

    def look(self, by: str, clock: datetime, programme: Programme, paused: Collection[str]) -> None:
        """Look at all of them.

        by, clock, programme  whose commit it was, what its clock says, and what is live for it.
        paused                the campaigns that are, or EVERYTHING.
        """
        driver = self._ground.driver
        self.queue = dict(driver.execute(QUEUE, (DueKind.TOUCH.value,)))
        before, self.rows = self.rows, {row[0]: Seen(*row) for row in driver.execute(TOUCHES)}
        for gone in before.keys() - self.rows.keys():
            self._ground.accuse(7, f"touch {gone} is gone")
        for row in self.rows.values():
            self._queued(row)
            was = before.get(row.id)
            if was is not None and was.status == row.status and was.attempts == row.attempts:
                continue
            self._moved(None if was is None else TouchStatus(was.status), row)
            if row.status == CLAIMED:
                self._claims[by][row.id] = row.attempts
                self._claimed(row, clock, programme)
                if EVERYTHING in paused or row.campaign in paused:
                    self._ground.accuse(0, f"touch {row.id} was claimed while it is paused")
        for ref in self.queue.keys() - self.rows.keys():
            self._ground.accuse(7, f"touch {ref} is queued, and not there")

    def held_by(self, name: str) -> set[int]:
        """What a worker has claimed, and nobody has settled or claimed since."""
        return {
            ref
            for ref, attempt in self._claims[name].items()
            if self.rows[ref].status in HELD and self.rows[ref].attempts == attempt
        }

    def let_go(self, name: str) -> None:
        """Ask no more about what it has claimed until now."""
        self._claims[name].clear()

    def _waits(self, lead_id: int) -> bool:
        """Whether the lead has yet to learn of something."""
        return self._ground.driver.execute(WAITS, (lead_id,)).fetchone() is not None

    def _moved(self, was: TouchStatus | None, row: Seen) -> None:
        status = TouchStatus(row.status)
        may = MAY_BECOME[was] | (AGAIN if was is SENDING and self._resends else set())
        if status is not was and status not in may:
            self._ground.accuse(7, f"touch {row.id} was {was}, and is {status}")
        if status is UNKNOWN and not self._far_end.may_doubt(row.id):
            self._ground.accuse(7, f"touch {row.id} is unknown, and nobody had reason not to know")
        self._ground.tell(f"touch {row.id} ({row.mail}) is {status}, try {row.attempts}")

    def _queued(self, row: Seen) -> None:
        """7. What is not final stands in the queue, which is its moment or its lease; what is final does not."""
        is_final = row.status in FINAL
        if is_final == (row.id in self.queue):
            where = "still in the queue" if is_final else "lost: not in the queue"
            self._ground.accuse(7, f"touch {row.id} is {row.status}, and {where}")
        if is_final != (row.settled_at is not None):
            self._ground.accuse(7, f"touch {row.id} is {row.status}, settled at {row.settled_at}")

    def _claimed(self, row: Seen, clock: datetime, programme: Programme) -> None:
        """It may leave from here on: asked of the lead, the list and the caps as they stand, not of the gates."""
        with self._ground.database.engine.connect() as connection:
            packed = connection.execute(STATE, {"lead": row.lead_id}).scalar()
            if packed is None:
                return  # its lead was merged before anybody looked
            state: LeadState = unpacked(packed)
            scopes = set(connection.execute(LISTED, {"address": state.lead.email}).scalars())
        assert row.claimed_at is not None, "it was claimed"
        if row.campaign in self.called_off and not self._waits(row.lead_id):
            self._ground.accuse(0, f"touch {row.id} was claimed after its broadcast was called off")
        if row.campaign in self.held:
            self._ground.accuse(0, f"touch {row.id} was claimed while its broadcast is held")
        at = moment(row.claimed_at)
        if row.id in self.queue and moment(self.queue[row.id]) <= clock:
            self._ground.accuse(7, f"touch {row.id} was claimed without a lease")
        if "all" in scopes or (scopes and row.mail_class == MailClass.MARKETING):
            self._ground.accuse(1, f"touch {row.id} was claimed for an address that is suppressed")
        if row.mail_class != MailClass.MARKETING:
            return
        wall = zone(programme, state.lead)
        opens = next_opening(at, send_window(programme.sending), wall, closed_on(programme, state.lead))
        if opens > at:
            self._ground.accuse(3, f"touch {row.id} was claimed outside the window, at {at.astimezone(wall)}")
        caps = tuple(Cap(amount=cap.mails, per=cap.per) for cap in programme.sending.at_most)
        others = [
            moment(each.claimed_at)
            for each in self.rows.values()
            if each.lead_id == row.lead_id
            and each.id != row.id
            and each.mail_class == MailClass.MARKETING
            and each.status in COUNTING
            and each.claimed_at is not None
        ]
        if next_under_caps(at, others, caps, wall) > at:
            self._ground.accuse(3, f"touch {row.id} was claimed over a cap, at {at.astimezone(wall)}")


def moment(micros: int) -> datetime:
    """As SQLite keeps it."""
    return EPOCH + micros * MICROSECOND
