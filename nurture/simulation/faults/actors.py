"""Actors that take turns: each in a thread of its own, of which only one ever runs, so that a run can be repeated."""

from collections.abc import Callable
from threading import Lock, Thread


class KilledError(BaseException):
    """The process ends here and now. Nothing of the product catches it, as nothing catches a kill -9."""


class Actor:
    """One act that can be stopped in the middle: by itself, with ``pause``; it goes on when it is resumed.

    error  what it ended with, other than being killed; None while it runs, and where it ended well.
    """

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        self.is_over = False
        self.error: Exception | None = None
        self._act = act
        self._is_killed = False
        self._its_turn, self._our_turn = Lock(), Lock()
        self._its_turn.acquire()
        self._our_turn.acquire()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """Let it go on until it pauses or is over."""
        self._its_turn.release()
        self._our_turn.acquire()
        if self.is_over:
            self._thread.join()

    def pause(self) -> None:
        """In the act: wait until it is resumed. Raises KilledError if it never is."""
        self._our_turn.release()
        self._its_turn.acquire()
        if self._is_killed:
            raise KilledError

    def kill(self) -> None:
        """End it where it stands."""
        if not self.is_over:
            self._is_killed = True
            self.resume()
        assert self.is_over, "nothing catches the end of the process"

    def _run(self) -> None:
        self._its_turn.acquire()
        try:
            if not self._is_killed:
                self._act()
        except KilledError:
            pass
        except Exception as error:  # noqa: BLE001 told to whoever resumed it
            self.error = error
        self.is_over = True
        self._our_turn.release()
