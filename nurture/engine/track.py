"""The tracking spool into events: read from the position that the last transaction stored, so that nothing counts twice."""

from datetime import datetime
from typing import Protocol

from nurture.store.database import Database


class Tracks(Protocol):
    """Where hits wait."""

    def take(self, database: Database, now: datetime) -> int:
        """Turn the next hits into events, in one transaction with the new position. Returns how many hits were read."""
        ...
