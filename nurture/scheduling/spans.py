"""A stretch of time."""

from datetime import datetime

import msgspec


class Span(msgspec.Struct, frozen=True):
    """From *began* to *ended*, both included; aware UTC."""

    began: datetime
    ended: datetime

    def holds(self, moment: datetime) -> bool:
        return self.began <= moment <= self.ended
