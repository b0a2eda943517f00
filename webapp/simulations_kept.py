"""Simulations that were played lately, kept so that a page that is looked at again need not play them again.

A simulation follows from its file, the revision, days, seed and the leads; all but the leads are in the key. Those change
with every event, so a simulation is kept for minutes only and the page says of when it is.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from threading import Event as ThreadEvent
from threading import Lock, Thread
from time import perf_counter

import msgspec

from nurture.insight.shown import Shown
from nurture.insight.simulated import Simulation

PATIENCE_SECONDS = 0.1
"""A page waits so long for a simulation that is played; then it says that it is, and is looked at again."""
KEPT_FOR = timedelta(minutes=10)
HELD_SECONDS, GIVEN_SECONDS = 0.002, 0.002
"""So long it reckons, and then so long others may."""
KEPT_MOST = 32
"""Simulations in one process, each with the story of one lead."""


class Wanted(msgspec.Struct, frozen=True):
    """What a simulation follows from, but for the leads.

    text      of the campaign's file; *revision* of all that it is played with.
    shown     whom pages tell of.
    """

    key: str
    text: str
    revision: int
    shown: Shown
    days: int
    seed: int


class Dated(msgspec.Struct, frozen=True):
    """A simulation and the moment whose leads it was played with."""

    played_at: datetime
    found: Simulation


class StoppedError(Exception):
    """Somebody does not want it any more."""


class Breath:
    """What is played breathes: it lets the pages of its process answer in between, and ends where somebody stops it.

    A thread that reckons gives way only every five milliseconds, and a page gives way at each of its many statements.
    """

    def __init__(self) -> None:
        self.ends = ThreadEvent()
        self._since = perf_counter()

    def __call__(self) -> None:
        if perf_counter() - self._since > HELD_SECONDS:
            if self.ends.wait(GIVEN_SECONDS):
                raise StoppedError
            self._since = perf_counter()


class Kept:
    """The simulations of one process, and those that are played; threads may ask at once."""

    def __init__(self) -> None:
        self._dated: OrderedDict[Wanted, Dated] = OrderedDict()
        self._playing: dict[Wanted, tuple[Future[Dated], Breath]] = {}
        self._lock, self._one_at_a_time = Lock(), Lock()

    def of(
        self,
        wanted: Wanted,
        now: datetime,
        *,
        is_there: Callable[[int], bool],
        play: Callable[["Breath"], Simulation],
    ) -> Dated | None:
        """The one that is kept, or a new one; None while that is played, which goes on behind the page.

        is_there  whether a lead is still one of ours: the story of one who was erased is not told again.
        play      is called in a thread of its own, with no request around it; what it raises is raised to whoever looks next.
                  It breathes after every turn.
        """
        with self._lock:
            dated = self._dated.get(wanted)
        if dated is not None and self._is_good(dated, now, is_there):
            return dated
        with self._lock:
            playing, breath = self._playing.get(wanted, (None, None))
            if playing is None or breath is None:
                playing, breath = self._playing[wanted] = Future(), Breath()
                Thread(
                    target=self._play, args=(wanted, now, partial(play, breath), playing), daemon=True
                ).start()
        try:
            return playing.result(PATIENCE_SECONDS)
        except StoppedError:
            return None
        except TimeoutError:
            if not playing.done():
                return None
            raise
        finally:
            if playing.done():
                self._forget(wanted, playing)

    def stop(self, wanted: Wanted) -> bool:
        """Have no more of it played; whoever asks again has it played anew. Returns whether it was being played."""
        with self._lock:
            _, breath = self._playing.pop(wanted, (None, None))
        if breath is None:
            return False
        breath.ends.set()
        return True

    def _play(
        self, wanted: Wanted, now: datetime, play: Callable[[], Simulation], playing: "Future[Dated]"
    ) -> None:
        try:
            with self._one_at_a_time:
                dated = Dated(now, play())
        except Exception as error:  # noqa: BLE001 - the page that waits for it tells it
            playing.set_exception(error)
            return
        self._keep(wanted, dated, now)
        self._forget(wanted, playing)
        playing.set_result(dated)

    def _forget(self, wanted: Wanted, playing: "Future[Dated]") -> None:
        with self._lock:
            if self._playing.get(wanted, (None, None))[0] is playing:
                del self._playing[wanted]

    def _keep(self, wanted: Wanted, dated: Dated, now: datetime) -> None:
        with self._lock:
            for each in [each for each, old in self._dated.items() if now - old.played_at >= KEPT_FOR]:
                del self._dated[each]
            self._dated[wanted] = dated
            self._dated.move_to_end(wanted)
            while len(self._dated) > KEPT_MOST:
                self._dated.popitem(last=False)

    def _is_good(self, dated: Dated, now: datetime, is_there: Callable[[int], bool]) -> bool:
        story = dated.found.story
        is_young = dated.played_at <= now < dated.played_at + KEPT_FOR
        return is_young and (story is None or is_there(story.state.lead.id))
