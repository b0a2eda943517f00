"""What will happen around the engine, in order; what the store refuses is tried again, as whoever asks for it would."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.store import StoreFailsError

Fact = Callable[[], None]
AGAIN_SOONEST, AGAIN_LATEST = timedelta(seconds=20), timedelta(hours=2)


class Agenda:
    """One run's."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._waiting: list[tuple[datetime, int, str, Fact, bool]] = []
        self._count = 0

    @property
    def next_at(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def at(self, moment: datetime, what: str, fact: Fact, *, is_silent: bool = False) -> None:
        """Let *fact* happen at a moment; an answer is given when it returns."""
        self._count += 1
        heapq.heappush(self._waiting, (moment, self._count, what, fact, is_silent))

    def happen(self) -> None:
        """All that is due."""
        while self._waiting and self._waiting[0][0] <= self._ground.now:
            _, _, what, fact, is_silent = heapq.heappop(self._waiting)
            self.now(what, fact, is_silent=is_silent)

    def now(self, what: str, fact: Fact, *, is_silent: bool = False) -> None:
        """Let it happen at once.

        is_silent  whether it is nothing that somebody asks for and has answered.
        """
        ground = self._ground
        ground.tell(what)
        before = ground.answers
        try:
            fact()
            if before == ground.answers and not is_silent:
                ground.accuse(9, f"answered without a commit: {what}")
        except StoreFailsError:
            later = ground.now + ground.between(AGAIN_SOONEST, AGAIN_LATEST, "asks again")
            ground.tell(f"not answered, asked again at {later:%Y-%m-%d %H:%M:%S}: {what}")
            self.at(later, what, fact, is_silent=is_silent)
