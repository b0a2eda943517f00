"""Being told to end."""

import signal
from collections.abc import Callable


def on_stop(act: Callable[[], None]) -> None:
    """Call *act* at SIGTERM or SIGINT, instead of ending at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: act())
