"""The fence around a batch on its way out: what this worker does not hold any more, it does not send, nor what nobody wants.

A worker that was stopped for longer than its lease goes on in the middle of whatever it did, and people unsubscribe while a
relay is slow. So it looks again before each mail is built and before the dot that ends it, wherever its last look is older
than half a second; there the journal notes the intent, too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from nurture.delivery.journal import Journal
from nurture.engine.claim import Claim
from nurture.engine.pause_rows import Pause, live_pauses
from nurture.log import get_log
from nurture.ports import Clock, Receipt
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import express_waits
from nurture.store.types import Moment
from nurture.vocabulary.words import EventKind, MailClass, TouchStatus

log = get_log(__name__)

LOOK_AGAIN = timedelta(milliseconds=500)
"""How old our knowledge of the suppression list may be when a mail goes out."""
SHARE_OF_LEASE = 3
"""Nor do we go by a look longer than a third of the lease: clocks of other workers may be minutes ahead of ours."""


class Fence:
    """What a transport tells of one batch, which holds at least one claim, goes through here (``nurture.ports.SendLog``)."""

    def __init__(
        self, database: Database, clock: Clock, claims: Sequence[Claim], journal: Journal | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._claims = {claim.touch.id: claim for claim in claims}
        self._look_after = min(LOOK_AGAIN, *(claim.lease_for / SHARE_OF_LEASE for claim in claims))
        self._journal = journal
        self._marked: set[int] = set()
        self._kept_back: set[int] = set()
        self._forbidden: set[tuple[str | None, MailClass]] = set()
        self._choosing: set[int] = set()
        self._newest: int | None = None
        self._began = clock.now()
        self._looked_at: datetime | None = None
        self._paused: tuple[Pause, ...] = ()
        self.is_overtaken = False  # whether mail that somebody waits for has come due since the batch began

    def hold(self) -> None:
        """The batch begins."""
        if self._journal is not None:
            self._journal.hold([(touch_id, claim.attempt) for touch_id, claim in self._claims.items()])

    def marked(self, touch_ids: set[int]) -> None:
        """These have just been marked `sending`."""
        self._marked |= touch_ids

    def look_again(self) -> None:
        """Look, unless we did a moment ago by a clock that has not been set back since."""
        now = self._clock.now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < self._look_after:
            with self._database.reading() as connection:
                self._look(connection)
            self._looked_at = now

    def is_ours(self, claim: Claim) -> bool:
        """Whether the touch was ours at the last look."""
        return claim.touch.id in self._marked

    def is_suppressed(self, claim: Claim) -> bool:
        """Whether the lead's address was on the suppression list at the last look."""
        return (claim.state.lead.email, claim.touch.mail_class) in self._forbidden

    def has_chosen(self, claim: Claim) -> bool:
        """Whether the lead has chosen anew since about the claim: then the gates are asked again, as it stands now."""
        return claim.touch.lead_id in self._choosing

    def is_paused(self, claim: Claim) -> bool:
        """Whether at the last look it was paused."""
        return any(each.covers(claim.touch.campaign) for each in self._paused)

    def before_dot(self, touch_id: int) -> None:
        """Raises OSError where the message must not leave, or nobody can say whether it may."""
        try:
            self._ask(touch_id)
        except PermissionError:
            self._kept_back.add(touch_id)
            raise
        if self._journal is not None:
            self._journal.before_dot(touch_id)

    def kept_back(self, touch_id: int) -> bool:
        """Whether it was stopped here, before its last byte: nobody was asked to take it."""
        return touch_id in self._kept_back

    def _ask(self, touch_id: int) -> None:
        try:
            self.look_again()
        except DBAPIError as error:
            raise PermissionError("the store cannot be asked whether the mail may still leave") from error
        if touch_id not in self._marked:
            raise PermissionError("another worker has taken the mail over")
        if self.is_suppressed(self._claims[touch_id]):
            raise PermissionError(SUPPRESSED_MEANWHILE)
        if self.is_paused(self._claims[touch_id]):
            raise PermissionError(PAUSED_MEANWHILE)
        if self.has_chosen(self._claims[touch_id]):
            raise PermissionError(CHOSEN_MEANWHILE)

    def answered(self, receipt: Receipt) -> None:
        """Note the answer; where the disk takes nothing, the store still learns of it. What was kept back has none."""
        if self._journal is None or receipt.touch_id in self._kept_back:
            return
        try:
            self._journal.answered(receipt)
        except OSError as error:
            log.warning("journal not written", why=str(error))

    def _look(self, connection: Connection) -> None:
        """Learn which of the marked touches are still ours, and which addresses were suppressed since the claim: asked by
        address, for a commit may come later than the moment that stands in its row. And what was paused, and what overtakes.
        """
        rows = connection.execute(SENDING, {"refs": sorted(self._marked)})
        self._marked = {row.id for row in rows if row.attempts == self._claims[row.id].attempt}
        addresses = [claim.state.lead.email for claim in self._claims.values()]
        for row in connection.execute(SUPPRESSED, {"addresses": addresses}):
            self._forbidden.add((row.address, MailClass.MARKETING))
            if row.scope == "all":
                self._forbidden.add((row.address, MailClass.OPERATIONAL))
        if self._newest is None:
            self._newest = connection.execute(NEWEST).scalar() or 0
        leads = [claim.touch.lead_id for claim in self._claims.values()]
        bound = {"leads": leads, "after": self._newest - NUMBERS, "since": self._began - CHOSEN_LATELY}
        self._choosing.update(connection.execute(CHOSEN, bound).scalars())
        self._paused = live_pauses(connection)
        self.is_overtaken = express_waits(connection, after=self._began, now=self._clock.now())


SUPPRESSED_MEANWHILE = "the address was suppressed while the mail was on its way out"
PAUSED_MEANWHILE = "it was paused while the mail was on its way out"
CHOSEN_MEANWHILE = "the lead has changed what it hears about while the mail was on its way out"
CHOSEN_LATELY = timedelta(minutes=1)
"""What was chosen so shortly before the batch may not have been taken in when it was claimed; asking twice harms nobody."""
NUMBERS = 1_000
"""Of so many events the older may be committed after the newer."""
NEWEST = select(func.max(table.event.c.id))
CHOSEN = select(table.event.c.lead_id).where(
    table.event.c.lead_id.in_(bindparam("leads", expanding=True)),
    table.event.c.id > bindparam("after"),
    table.event.c.kind.in_([EventKind.PREFERENCES_CHANGED.value, EventKind.SNOOZED.value]),
    table.event.c.received_at > bindparam("since", type_=Moment),
)
SUPPRESSED = select(table.suppression.c.address, table.suppression.c.scope).where(
    table.suppression.c.address.in_(bindparam("addresses", expanding=True))
)
SENDING = select(table.touch.c.id, table.touch.c.attempts).where(
    table.touch.c.id.in_(bindparam("refs", expanding=True)),
    table.touch.c.status == TouchStatus.SENDING.value,
)
