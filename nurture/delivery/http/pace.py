"""How fast one run asks: as many at once as it may, fewer after a provider has said that it is too many, and nobody meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GOOD_IN_A_ROW = 50
"""After so many answers one more may be under way."""


class Pace:
    """``limit`` is how many requests may be under way."""

    def __init__(self, most: int) -> None:
        self.limit = most
        self._most = most
        self._good = 0
        self._under_way = 0
        self._resume_at = 0.0
        self._room = asyncio.Condition()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn to ask, once there is room and the provider is rested."""
        async with self._room:
            await self._room.wait_for(lambda: self._under_way < self.limit)
            self._under_way += 1
        try:
            loop = asyncio.get_running_loop()
            while (left := self._resume_at - loop.time()) > 0:  # noqa: ASYNC110 it is a moment, and it may move
                await asyncio.sleep(left)
            yield
        finally:
            async with self._room:
                self._under_way -= 1
                self._room.notify_all()

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
