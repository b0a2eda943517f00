"""A clock that stands until it is turned."""

from datetime import datetime, timedelta


class VirtualClock:
    """Starts at *now* and goes forward, unless it is set back."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def turn_to(self, moment: datetime) -> None:
        """Let it be *moment*; an earlier one leaves the clock as it is."""
        self._now = max(self._now, moment)

    def set_back(self, **delta: float) -> None:
        """Let it be earlier, as when a machine's clock is corrected."""
        self._now -= timedelta(**delta)
