"""What a conversation with a relay is made of, free of sockets.

A script is a generator: it yields a step (what to write, how long to wait) and is sent the reply. Whoever drives it
moves the bytes; if the connection ends first, the driver throws Lost into it.
"""

from collections.abc import Generator
from typing import TypeVar

import msgspec

from nurture.delivery.smtp.reply import Reply

T = TypeVar("T")


class Step(msgspec.Struct, frozen=True):
    """Write, then wait for one reply.

    wait          seconds to the reply, counted from the end of the writing.
    ends_message  the write carries the final dot: once it is out, only the relay knows what became of the message.
    """

    write: bytes
    wait: float
    ends_message: bool = False


UPGRADE = Step(b"", 0)
"""A TLS handshake instead of a reply; what the script is sent after it says nothing."""

Script = Generator[Step, Reply, T]


class Lost(Exception):  # noqa: N818 - part of the conversation rather than a fault of the program
    """The connection ended, or stopped making sense, before the reply."""

    def __init__(self, text: str, *, all_written: bool) -> None:
        """*all_written*: the kernel had taken every byte of the step, so the relay may have acted on it."""
        super().__init__(text)
        self.all_written = all_written


class Refused(Exception):  # noqa: N818 - as Lost
    """The relay does not let us in, or not as safely as the route demands."""
