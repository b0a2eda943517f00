"""The messages of one run, taken from their source only as connections can carry them."""

from collections import deque
from collections.abc import Iterable

from nurture.ports import OutgoingMessage


class Queue:
    """First in, first out; a message that was put back goes first."""

    def __init__(self, messages: Iterable[OutgoingMessage]) -> None:
        self._source = iter(messages)
        self._waiting: deque[OutgoingMessage] = deque()
        self._exhausted = False
        self._failure: Exception | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a message has left its source and found no connection yet."""
        return bool(self._waiting)

    def holds(self, number: int) -> bool:
        """Whether there are so many messages; takes no more than that from the source."""
        while len(self._waiting) < number:
            message = self._pull()
            if message is None:
                return False
            self._waiting.append(message)
        return True

    def next_message(self) -> OutgoingMessage | None:
        return self._waiting.popleft() if self._waiting else self._pull()

    def put_back(self, message: OutgoingMessage) -> None:
        self._waiting.appendleft(message)

    def raise_failure(self) -> None:
        """Raise what the source raised, if it did."""
        if self._failure is not None:
            raise self._failure

    def _pull(self) -> OutgoingMessage | None:
        if self._exhausted:
            return None
        try:
            message = next(self._source, None)
        except Exception as error:  # noqa: BLE001 - raised again once the receipts of those under way are told
            self._failure = error
            message = None
        self._exhausted = message is None
        return message
