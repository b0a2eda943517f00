"""Ways in for mail that comes back: each gives its waiting messages one by one, and puts one away when it is taken in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from nurture.engine.engine import Engine
from nurture.engine.feedback import receive
from nurture.errors import NurtureError
from nurture.log import get_log

log = get_log(__name__)

MOST_A_LOOK = 500
"""Messages of one look; the next look goes on."""


class InboxError(NurtureError):
    """An inbox cannot be read now."""


class Session(Protocol):
    """One look into an inbox."""

    def waiting(self) -> list[str]:
        """The names of messages that wait, oldest first."""
        ...

    def read(self, name: str) -> bytes | None:
        """A message's bytes; None if it has gone meanwhile."""
        ...

    def put_away(self, name: str) -> None:
        """It has been taken in: it waits no more, and is kept where its owner can read it."""
        ...


class Inbox(Protocol):
    """One contract suite (tests/contracts/) holds for every implementation. Opening it raises InboxError."""

    name: str

    def open(self) -> AbstractContextManager[Session]: ...


def read_inbox(engine: Engine, inbox: Inbox) -> int:
    """Take in what waits. Returns how many messages were new."""
    return empty(
        inbox,
        lambda raw: receive(engine, raw, source=inbox.name).is_new,
        stopping=lambda: engine.is_stopping,
    )


def empty(
    inbox: Inbox, take: Callable[[bytes], bool], *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Give each waiting message to *take* and put it away after that. One that cannot be taken waits for the next look.

    take      durable when it returns; whether the message was new. Told again after a crash, it knows the message.
    stopping  told to end: what is not begun waits for the next look.
    """
    new = 0
    with inbox.open() as session:
        for name in session.waiting()[:MOST_A_LOOK]:
            if stopping():
                break
            raw = session.read(name)
            if raw is None:
                continue
            try:
                new += take(raw)
            except Exception as error:  # noqa: BLE001 it stays where it is, and the others do not wait for it
                log.error("message not taken in", inbox=inbox.name, error=error)  # noqa: TRY400 it adds the traceback
                continue
            session.put_away(name)
    return new
