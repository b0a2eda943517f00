"""What must be true after every commit, whoever made it: looked at in the store itself, by true time and in true order.

It sees more than the store tells later: in which order events were absorbed whatever the clocks said, who claimed what and by which
clock, and what a touch was before.
"""

from datetime import datetime, timedelta
from typing import Protocol

from nurture.content.model import Programme
from nurture.engine.live import Live
from nurture.engine.pause_rows import EVERYTHING
from nurture.ports import Clock, OutgoingMessage
from nurture.simulation.faults.bugs import DelayWatch
from nurture.simulation.faults.far_end import FarEnd, named
from nurture.simulation.faults.folds import FoldWatch
from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.touches import TouchWatch, moment
from nurture.vocabulary.event import Event
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import BounceKind, EventKind, MailClass

PAUSED = "SELECT campaign FROM pause WHERE ended_at IS NULL"
AT_ONCE = timedelta(seconds=1)
"""How soon after the end of the right to mail no mail is begun any more."""


class Watched(Protocol):
    """Whose commit it was."""

    name: str

    @property
    def clock(self) -> Clock: ...

    @property
    def live(self) -> Live: ...


class Oracle:
    """One run's."""

    def __init__(self, ground: Ground, far_end: FarEnd, programme: Programme, *, resends: bool) -> None:
        self.touches = TouchWatch(ground, far_end, resends=resends)
        self.folds = FoldWatch(ground, programme)
        self.delays = DelayWatch(ground)
        self._ground = ground
        self.next_due_at: datetime | None = None
        self._changes = 0
        self._ended: dict[str, tuple[datetime, bool]] = {}
        self._emails: dict[int, str] = {}
        self._paused: dict[str, datetime] = {}

    def look(self, by: Watched) -> None:
        """A transaction has just been committed by *by*."""
        driver = self._ground.driver
        if driver.total_changes == self._changes:
            return
        self._changes = driver.total_changes
        (first,) = driver.execute("SELECT min(due_at) FROM due").fetchone()
        self.next_due_at = None if first is None else moment(first)
        paused = [campaign for (campaign,) in driver.execute(PAUSED)]
        self._paused = {campaign: self._paused.get(campaign, self._ground.now) for campaign in paused}
        for event in self.folds.look():
            self._absorbed(event)
        self.delays.look()
        self.touches.look(by.name, by.clock.now(), by.live.programme, paused)

    def ends(self, address: str, *, all_mail: bool) -> None:
        """1. From here on nobody at *address* is mailed: it was answered, or decided."""
        before = self._ended.get(address)
        if before is None or (all_mail and not before[1]):
            self._ended[address] = (self._ground.now, all_mail)

    def address_of(self, lead_id: int) -> str:
        return self._emails[lead_id]

    def begun(self, message: OutgoingMessage) -> None:
        """A mail leaves now."""
        now = self._ground.now
        ended = self._ended.get(message.rcpt_to)
        row = self.touches.rows.get(message.touch_id)
        if row is None:
            return
        for since in (self._paused.get(EVERYTHING), self._paused.get(row.campaign)):
            if since is not None and now > since + AT_ONCE:
                self._ground.accuse(0, f"{named(message.touch_id)} left {now - since} after it was paused")
        if ended is None or now <= ended[0] + AT_ONCE:
            return
        if ended[1] or row.mail_class == MailClass.MARKETING:
            after = now - ended[0]
            self._ground.accuse(
                1, f"{named(message.touch_id)} left {after} after the right to mail had ended"
            )

    def _absorbed(self, event: Event) -> None:
        if event.kind is EventKind.LEAD_CREATED:
            self._emails[event.lead_id] = str(event.table("fields").get("email"))
        hard = event.kind is EventKind.MAIL_BOUNCED and event.text("bounce") == BounceKind.HARD
        if hard or event.kind in (EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED):
            # What came back, came back from the address that the mail was sent to, whoever has it now.
            of = lead_of(int(event.number("touch") or 0)) if hard else event.lead_id
            self.ends(self._emails[of or event.lead_id], all_mail=event.kind is not EventKind.UNSUBSCRIBED)
