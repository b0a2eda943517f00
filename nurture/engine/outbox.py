"""The outbox: system mails that are due are marked, sent, and settled; each leaves once, and what came of it is kept.

    posted --due--> sending (committed first) --> transport --> sent | deferred, tried again | bounced | failed | unknown

They pass no gate and wait for no window: who asked for a new password waits for it. Two things end them: an address that must
never be mailed again, and a lead of the sample where mail can reach people.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from nurture.engine.apart import Portions
from nurture.engine.live import Live
from nurture.engine.outbox_rows import MOST_A_TURN, SETTLED, first_mail, settle, take
from nurture.engine.system_build import Posted, SystemBuilder
from nurture.errors import NurtureError
from nurture.log import get_log
from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus, Transport
from nurture.store.database import Database
from nurture.store.due import DueKind, dequeue
from nurture.vocabulary.touch import message_number, outbox_id_of
from nurture.vocabulary.words import TouchStatus

log = get_log(__name__)


class Outbox:
    """One worker's way to send what was posted.

    builder  of the mails of a revision.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        clock: Clock,
        builder: Callable[[Live], SystemBuilder],
    ) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._builder = builder
        self._portions = Portions(database, clock)

    def turn(self, live: Live) -> Mapping[TouchStatus, int]:
        """Send what is due, at most MOST_A_TURN. Returns how many became what."""
        posted, become = self._take()
        outcomes: dict[int, Receipt] = {}
        attempts = {message_number(each.id): each for each in posted}
        try:
            for receipt in self._transport.send(self._messages(self._builder(live), posted, outcomes)):
                outcomes[receipt.touch_id] = receipt
        finally:  # whatever breaks, what has been answered is known
            if outcomes:
                answered = [(attempts[number], receipt) for number, receipt in outcomes.items()]
                with self._database.writing() as connection:
                    become += settle(connection, answered, self._clock.now())
        return {status: become.count(status) for status in set(become)}

    def _take(self) -> tuple[list[Posted], list[TouchStatus]]:
        """The next mails; while one is looked for that our own code fails on, fewer."""

        def take_some(
            connection: Connection, now: datetime, most: int
        ) -> tuple[list[Posted], list[TouchStatus]]:
            return take(connection, now, leaves=self._transport.leaves_machine, most=most)

        while True:
            posted, become = self._portions.take(MOST_A_TURN, take_some, first_mail, None) or ([], [])
            if posted or become or not self._portions.is_small:
                return posted, become

    def _messages(
        self, builder: SystemBuilder, posted: Sequence[Posted], outcomes: dict[int, Receipt]
    ) -> Iterator[OutgoingMessage]:
        """Each mail as the transport asks for it; one that cannot be written has failed, and the others go on."""
        for each in posted:
            number, now = message_number(each.id), self._clock.now()
            try:
                message = builder.build(each, now)
            except NurtureError as error:
                log.warning("system mail not built", mail=each.mail, message=each.id, why=str(error))
                outcomes[number] = Receipt(number, ReceiptStatus.FAILED, at=now, text=str(error))
            except Exception as error:  # noqa: BLE001 a bug that one mail meets is not the others'
                log.error("system mail not built", message=each.id, error=error)  # noqa: TRY400 it adds the traceback
                outcomes[number] = Receipt(number, ReceiptStatus.FAILED, at=now, text=type(error).__name__)
            else:
                yield message


def bounced(connection: Connection, number: int, *, code: str, text: str, now: datetime) -> bool:
    """A system mail came back after it was taken. Returns whether *number*, from a return path, stands for one."""
    outbox_id = outbox_id_of(number)
    if outbox_id is not None:
        row = {"ref": outbox_id, "become": TouchStatus.BOUNCED.value, "at": now, "code": code, "answer": text}
        connection.execute(SETTLED, [row])
        dequeue(connection, DueKind.MESSAGE, [outbox_id])
    return outbox_id is not None
