"""Being told to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag

ENDING = (signal.SIGTERM, signal.SIGINT)


class StoppedError(Exception):
    """Somebody told us to end; raised only where we asked."""


def on_stop(act: Callable[[], None]) -> None:
    """Call *act* at SIGTERM or SIGINT, instead of ending at once."""
    for number in ENDING:
        signal.signal(number, lambda *_: act())


@contextmanager
def asking_to_go_on() -> Iterator[Callable[[], None]]:
    """Gives what raises StoppedError once we were told to end.

    A KeyboardInterrupt may come up in a callback of C code, where it is swallowed; a flag is never lost.
    """
    stopping = Flag()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in ENDING}

    def ask() -> None:
        if stopping.is_set():
            raise StoppedError

    try:
        yield ask
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
