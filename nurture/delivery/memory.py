"""A transport and a caller that keep what they are given, for tests and simulations."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from nurture.ports import UNLOGGED, Answer, Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog


class MemoryTransport:
    """Accepts every message at once; ``messages`` holds them in the order they came."""

    name = "memory"
    leaves_machine = False

    def __init__(self, clock: Clock) -> None:
        self.messages: list[OutgoingMessage] = []
        self._clock = clock

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        for message in messages:
            receipt = self._keep(message, log)
            log.answered(receipt)
            yield receipt

    def close(self) -> None:
        """Nothing is held open."""

    def _keep(self, message: OutgoingMessage, log: SendLog) -> Receipt:
        try:
            log.before_dot(message.touch_id)
        except OSError as error:
            text = f"it must not leave now: {error}"
            return Receipt(message.touch_id, ReceiptStatus.DEFERRED, at=self._clock.now(), text=text)
        self.messages.append(message)
        return Receipt(message.touch_id, ReceiptStatus.SENT, at=self._clock.now())


class Post(msgspec.Struct, frozen=True):
    """One request that somebody asked for."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class MemoryCaller:
    """Says 204 to every post; ``posts`` holds them in the order they came."""

    def __init__(self) -> None:
        self.posts: list[Post] = []

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.posts.append(Post(url, headers, body))
        return Answer(204)
