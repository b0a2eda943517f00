"""A transport that keeps what it is given, for tests and simulations."""

from collections.abc import Iterable, Iterator

from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus


class MemoryTransport:
    """Accepts every message at once; ``messages`` holds them in the order they came."""

    name = "memory"
    leaves_machine = False

    def __init__(self, clock: Clock) -> None:
        self.messages: list[OutgoingMessage] = []
        self._clock = clock

    def send(self, messages: Iterable[OutgoingMessage]) -> Iterator[Receipt]:
        for message in messages:
            self.messages.append(message)
            yield Receipt(touch_id=message.touch_id, status=ReceiptStatus.SENT, at=self._clock.now())

    def close(self) -> None:
        """Nothing is held open."""
