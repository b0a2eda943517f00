"""How fast one run asks: as many at once as it may, fewer after a provider has said that it is too many, and nobody meanwhile."""

import asyncio

GOOD_IN_A_ROW = 50
"""After so many answers in a row one more may be under way."""


class Pace:
    """``limit`` is how many requests may be under way."""

    def __init__(self, most: int) -> None:
        self.limit = most
        self._most = most
        self._good = 0
        self._resume_at = 0.0

    async def turn(self) -> None:
        """Wait until asking is allowed."""
        loop = asyncio.get_running_loop()
        while (left := self._resume_at - loop.time()) > 0:  # noqa: ASYNC110 what is awaited is a moment that may move
            await asyncio.sleep(left)

    def too_fast(self, wait: float) -> None:
        """The provider has asked us to wait so many seconds."""
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + wait)
        self._good = 0
        self.limit = max(1, self.limit // 2)

    def went_well(self) -> None:
        """The provider has answered."""
        self._good += 1
        if self._good % GOOD_IN_A_ROW == 0:
            self.limit = min(self._most, self.limit + 1)
