"""Simulations that were played lately, kept so that a page that is looked at again need not play them again.

A simulation follows from its file, the revision, days, seed and the leads; all but the leads are in the key. Those change
with every event, so a simulation is kept for minutes only and the page says of when it is.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from nurture.insight.shown import Shown
from nurture.insight.simulated import Simulation

KEPT_FOR = timedelta(minutes=10)
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


class Kept:
    """The simulations of one process; threads may ask at once."""

    def __init__(self) -> None:
        self._dated: OrderedDict[Wanted, Dated] = OrderedDict()
        self._lock = Lock()

    def of(
        self,
        wanted: Wanted,
        now: datetime,
        *,
        is_there: Callable[[int], bool],
        play: Callable[[], Simulation],
    ) -> Dated:
        """The one that is kept, or a new one.

        is_there  whether a lead is still one of ours: the story of one who was erased is not told again.
        """
        with self._lock:
            dated = self._dated.get(wanted)
        if dated is not None and self._is_good(dated, now, is_there):
            return dated
        dated = Dated(now, play())
        with self._lock:
            for each in [each for each, old in self._dated.items() if now - old.played_at >= KEPT_FOR]:
                del self._dated[each]
            self._dated[wanted] = dated
            self._dated.move_to_end(wanted)
            while len(self._dated) > KEPT_MOST:
                self._dated.popitem(last=False)
        return dated

    def _is_good(self, dated: Dated, now: datetime, is_there: Callable[[int], bool]) -> bool:
        story = dated.found.story
        is_young = dated.played_at <= now < dated.played_at + KEPT_FOR
        return is_young and (story is None or is_there(story.state.lead.id))
