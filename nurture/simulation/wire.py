"""A way out whose far end behaves as mail servers do: some mailboxes are not there, and one server has had trouble for days."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog, Transport
from nurture.simulation.chance import Chance
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import BounceKind

GONE, REFUSED, LOST, BUSY = 0.02, 0.004, 0.001, 0.01
"""How often a lead's mailbox is not there, a mail is refused as spam, an answer gets lost, a server asks for patience."""


class Wire:
    """Gives most mail to the transport behind it, and answers for the rest.

    troubled  the domain whose server asks to be tried again, and since when it does.
    """

    name = "sample"
    leaves_machine = False

    def __init__(
        self, behind: Transport, chance: Chance, clock: Clock, *, troubled: tuple[str, datetime]
    ) -> None:
        self._behind = behind
        self._chance = chance
        self._clock = clock
        self._troubled, self._since = troubled
        self._asked: set[int] = set()

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        for message in messages:
            answer = self._answer(message)
            if answer is not None:
                log.answered(answer)
                yield answer
            else:
                yield from self._behind.send([message], log)

    def close(self) -> None:
        self._behind.close()

    def _answer(self, message: OutgoingMessage) -> Receipt | None:
        """What the far end says instead of taking the mail; None where it takes it."""
        touch_id, happens = message.touch_id, self._chance.happens
        if not lead_of(touch_id):
            return None  # a mail of the system's own, to one of us
        domain = message.rcpt_to.rpartition("@")[2]
        if domain == self._troubled and self._clock.now() >= self._since:
            return self._says(
                message, ReceiptStatus.DEFERRED, "4.2.1", "mailbox server is down, try again later"
            )
        if happens(BUSY, "busy", touch_id) and touch_id not in self._asked:
            self._asked.add(touch_id)
            return self._says(message, ReceiptStatus.DEFERRED, "4.7.1", "greylisted, try again in 5 minutes")
        if happens(GONE, "gone", lead_of(touch_id)):
            return self._says(message, ReceiptStatus.BOUNCED, "5.1.1", "user unknown", bounce=BounceKind.HARD)
        if happens(REFUSED, "refused", touch_id):
            return self._says(
                message, ReceiptStatus.BOUNCED, "5.7.1", "message refused by policy", bounce=BounceKind.BLOCK
            )
        if happens(LOST, "lost", touch_id):
            return self._says(message, ReceiptStatus.UNKNOWN, "", "the connection broke after the last byte")
        return None

    def _says(
        self,
        message: OutgoingMessage,
        status: ReceiptStatus,
        code: str,
        text: str,
        *,
        bounce: BounceKind | None = None,
    ) -> Receipt:
        return Receipt(
            touch_id=message.touch_id,
            status=status,
            at=self._clock.now(),
            code=code,
            text=text,
            bounce=bounce,
        )
