"""How the worker ends: what is in hand is finished, what waits for somebody outside is left, and nothing keeps us for ever."""

import logging
import os
import threading
from collections.abc import Callable
from threading import Condition, Thread
from threading import Event as Flag
from time import monotonic

from nurture.log import get_log

log = get_log(__name__)

END_SECONDS = 25.0
"""How long what is in hand may take once we are told to end. The supervisor waits a little longer."""
OUTSIDE_SECONDS = 2.0
"""How long a chore may take then that waits for somebody outside: the next start begins it anew, and nothing is lost."""
CLOSE_SECONDS = 12.0
"""How long the engine may take to close where another one follows: a post to a webhook takes ten at most."""
LOOK_SECONDS = 0.2


class InHand:
    """The chores that are being done at this moment. Each is known by its name and by whether it waits for somebody outside."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._chores: list[tuple[str, bool]] = []
        self._is_over = False

    def do(self, act: Callable[[], object], what: str, *, outside: bool) -> None:
        """Do *act*, which is in hand meanwhile; nothing begins any more once we end."""
        with self._changed:
            if self._is_over:
                return
            self._chores.append((what, outside))
        try:
            act()
        finally:
            with self._changed:
                self._chores.remove((what, outside))
                self._changed.notify_all()

    def names(self, *, outside: bool) -> list[str]:
        """Those that wait for somebody outside, or the others."""
        with self._changed:
            return sorted(what for what, is_outside in self._chores if is_outside is outside)

    def finished(self, stopping: Flag, *, seconds: float = END_SECONDS) -> list[str]:
        """Let nothing begin any more, and wait until nothing is in hand. Returns what still is.

        What waits for somebody outside has OUTSIDE_SECONDS. All else is waited for to its end; once *stopping* is set, *seconds*.
        """
        began = monotonic()
        told_at = began if stopping.is_set() else None
        with self._changed:
            self._is_over = True
            while self._chores:
                now = monotonic()
                if told_at is None and stopping.is_set():
                    told_at = now
                ours = any(not is_outside for _, is_outside in self._chores)
                is_late = told_at is not None and now - told_at >= seconds
                if is_late or (not ours and now - began >= OUTSIDE_SECONDS):
                    break
                self._changed.wait(LOOK_SECONDS)
            return sorted(what for what, _ in self._chores)


def closed(close: Callable[[], object], seconds: float) -> bool:
    """Whether *close* came back within *seconds*; else it goes on, and nobody waits for it."""
    closing = Thread(target=close, name="closing", daemon=True)
    closing.start()
    closing.join(max(0.0, seconds))
    return not closing.is_alive()


def leave() -> None:
    """End this process now where a thread is left: Python would wait for those of a pool, whomever they wait for themselves."""
    if threading.active_count() > 1:
        logging.shutdown()
        os._exit(0)
