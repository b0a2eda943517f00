"""What the engine needs from the world, as narrow protocols. Only ``app.py`` names the real things."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from nurture.vocabulary.words import BounceKind


class Clock(Protocol):
    """The one source of now."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        ...


class ReceiptStatus(StrEnum):
    """What a transport can know about one message."""

    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"


class OutgoingMessage(msgspec.Struct, frozen=True):
    """One message ready for the wire.

    touch_id   the touch it belongs to; receipts refer to it.
    mail_from  the envelope sender (VERP return path), ASCII.
    rcpt_to    one recipient address, as normalised.
    data       the whole RFC 5322 message, CRLF line ends, no dot-stuffing (the transport's business).
    """

    touch_id: int
    mail_from: str
    rcpt_to: str
    data: bytes


class Receipt(msgspec.Struct, frozen=True):
    """What a transport answered for one message.

    code      RFC 3463 enhanced code ("4.2.2") where one was given, else the reply code of SMTP or HTTP ("452"), else "".
    text      the server's words, one line, cleaned of control characters.
    retry_at  before which a deferred message need not be offered again; None where the server does not say.
    """

    touch_id: int
    status: ReceiptStatus
    at: datetime
    code: str = ""
    text: str = ""
    bounce: BounceKind | None = None
    retry_at: datetime | None = None


class SendLog(Protocol):
    """What a transport tells at the two moments that decide what a crash leaves unknown."""

    def before_dot(self, touch_id: int) -> None:
        """The bytes that end the message leave next. Raises OSError where they must not: the message is deferred."""
        ...

    def answered(self, receipt: Receipt) -> None:
        """What came of a message is known."""
        ...


class Unlogged:
    """A log that keeps nothing, for mail of which no crash has to be survived."""

    def before_dot(self, touch_id: int) -> None:
        """Let it leave."""

    def answered(self, receipt: Receipt) -> None:
        """Keep nothing."""


UNLOGGED = Unlogged()


class Transport(Protocol):
    """A way out for mail. One contract suite (tests/contracts/) holds for every implementation."""

    name: str

    @property
    def leaves_machine(self) -> bool:
        """Whether mail given to it can reach a person."""
        ...

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        """Send each message once and yield one receipt for each, in any order, never raising for a single message.

        *messages* is consumed lazily, so the caller may build while earlier ones are on the wire. *log* is told before each
        message can arrive, and again as soon as its receipt is known, which may be before it is yielded.
        """
        ...

    def close(self) -> None:
        """End kept connections politely; the transport may be used again afterwards."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What an endpoint answered to one post.

    status  the HTTP status; None where no answer came: not allowed, not found, not connected, too slow.
    text    the beginning of what it said, or why there is no answer; one line, without the address that was asked.
    """

    status: int | None
    text: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint took the post (RFC 9110 §15.3)."""
        return self.status is not None and 200 <= self.status < 300


class Caller(Protocol):
    """A way out for webhooks. One contract suite (tests/contracts/) holds for every implementation."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post *body* once and say what came of it: within seconds, from any thread, never raising."""
        ...
