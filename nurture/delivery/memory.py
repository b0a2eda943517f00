"""A transport and a caller that keep what they are given, for tests and simulations."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from nurture.ports import Answer, Clock, OutgoingMessage, Receipt, ReceiptStatus


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
