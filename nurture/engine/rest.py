"""A way out that is left alone for as long as it asks for: what it says of one message holds for all that would follow."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, SendLog, Transport

LONGEST_REST = timedelta(hours=4)
"""Asked to wait longer, we look again all the same: somebody may have raised a limit meanwhile."""


class Rested:
    """*transport*, and until when it asked not to be asked again, by this worker's knowledge."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self.name = transport.name
        self._transport = transport
        self._clock = clock
        self._until: datetime | None = None

    @property
    def leaves_machine(self) -> bool:
        return self._transport.leaves_machine

    @property
    def is_resting(self) -> bool:
        """Whether it wants to be left alone now; by a clock that was set back, not for longer than it may ask for."""
        if self._until is None:
            return False
        return timedelta(0) < self._until - self._clock.now() <= LONGEST_REST

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        for receipt in self._transport.send(messages, log):
            if receipt.retry_at is not None:
                self._until = min(receipt.retry_at, self._clock.now() + LONGEST_REST)
            yield receipt

    def close(self) -> None:
        self._transport.close()
