"""What one turn of the engine did, in numbers."""

from collections.abc import Mapping

import msgspec

from nurture.engine.deliver import Delivered
from nurture.vocabulary.words import TouchStatus

REFUSED = (TouchStatus.BOUNCED, TouchStatus.FAILED, TouchStatus.CANCELLED)


class Ticked(msgspec.Struct):
    """What one turn of the engine did.

    told       system mails that left.
    called     posts to webhooks that were taken; uncalled, those that were not.
    swept      batches of walks over the leads.
    set_aside  what our own code failed on, and a person has to see to.
    """

    timers: int = 0
    absorbed: int = 0
    judged: int = 0
    sent: int = 0
    deferred: int = 0
    refused: int = 0
    unknown: int = 0
    told: int = 0
    called: int = 0
    uncalled: int = 0
    swept: int = 0
    set_aside: int = 0

    @property
    def is_idle(self) -> bool:
        return not any(msgspec.structs.astuple(self))

    def posted(self, become: Mapping[TouchStatus, int]) -> None:
        """So many system mails became what."""
        self.told += become.get(TouchStatus.SENT, 0)
        self.deferred += become.get(TouchStatus.DEFERRED, 0)
        self.unknown += become.get(TouchStatus.UNKNOWN, 0)
        self.refused += sum(become.get(status, 0) for status in REFUSED)

    def delivered(self, came: Delivered) -> None:
        """What came of a batch of mail."""
        self.sent += came.sent
        self.deferred += came.deferred
        self.refused += came.refused
        self.unknown += came.unknown
