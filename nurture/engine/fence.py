"""The fence around a batch on its way out: what this worker does not hold any more, it does not send.

A worker that was stopped for longer than its lease goes on in the middle of whatever it did. So it looks again before each
mail is built and, where it has not looked for a while, before the dot that ends it; there the journal notes the intent, too.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from nurture.delivery.journal import Journal
from nurture.engine.claim import Claim
from nurture.log import get_log
from nurture.ports import Clock, Receipt
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.words import TouchStatus

log = get_log(__name__)

SHARE_OF_LEASE = 3
"""A third of the lease is how long we go by our last look: clocks of other workers may be minutes ahead of ours."""


class Fence:
    """What a transport tells of one batch, which holds at least one claim, goes through here (``nurture.ports.SendLog``)."""

    def __init__(
        self, database: Database, clock: Clock, claims: Sequence[Claim], journal: Journal | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._attempts = {claim.touch.id: claim.attempt for claim in claims}
        self._look_after = min(claim.lease_for for claim in claims) / SHARE_OF_LEASE
        self._journal = journal
        self._marked: set[int] = set()
        self._looked_at: datetime | None = None

    def hold(self) -> None:
        """The batch begins."""
        if self._journal is not None:
            self._journal.hold(list(self._attempts.items()))

    def marked(self, touch_ids: set[int]) -> None:
        """These have just been marked `sending`, which is a look at them, too."""
        self._marked |= touch_ids
        self._looked_at = self._clock.now()

    def look(self, connection: Connection) -> None:
        """Learn which of the marked touches are still ours."""
        rows = connection.execute(SENDING, {"refs": sorted(self._marked)})
        self._marked = {row.id for row in rows if row.attempts == self._attempts[row.id]}
        self._looked_at = self._clock.now()

    def is_ours(self, claim: Claim) -> bool:
        """Whether the touch was ours at the last look."""
        return claim.touch.id in self._marked

    def before_dot(self, touch_id: int) -> None:
        """Raises OSError where the message must not leave."""
        if self._looked_at is None or self._clock.now() - self._looked_at >= self._look_after:
            with self._database.reading() as connection:
                self.look(connection)
        if touch_id not in self._marked:
            raise PermissionError("another worker has taken the mail over")
        if self._journal is not None:
            self._journal.before_dot(touch_id)

    def answered(self, receipt: Receipt) -> None:
        """Note the answer; where the disk takes nothing, the store still learns of it."""
        if self._journal is None:
            return
        try:
            self._journal.answered(receipt)
        except OSError as error:
            log.warning("journal not written", why=str(error))


SENDING = select(table.touch.c.id, table.touch.c.attempts).where(
    table.touch.c.id.in_(bindparam("refs", expanding=True)),
    table.touch.c.status == TouchStatus.SENDING.value,
)
