"""The far end of the wire: what it has really taken, whatever anybody here believes."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import msgspec

from nurture.ports import OutgoingMessage
from nurture.simulation.faults.ground import Ground
from nurture.vocabulary.touch import outbox_id_of


class Taken(msgspec.Struct, frozen=True):
    """A message at the far end."""

    at: datetime
    message_id: bytes


MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)\r$", re.IGNORECASE | re.MULTILINE)


class FarEnd:
    """Keeps what it has taken, by the number of its touch or system mail.

    begun    told of a message whose MAIL FROM leaves now.
    reacts   what follows when a lead's mail arrives.
    doubted  touches of which somebody had reason not to know whether they arrived.
    clocks_wrong  whether a clock is: then everybody has.
    may_double  whether the programme wants those sent again all the same.
    """

    def __init__(self, ground: Ground, *, may_double: bool) -> None:
        self.taken: dict[int, list[Taken]] = defaultdict(list)
        self.doubted: set[int] = set()
        self.may_double = may_double
        self.clocks_wrong = False
        self.begun: Callable[[OutgoingMessage], None] = lambda _: None
        self.reacts: Callable[[OutgoingMessage], None] = lambda _: None
        self._ground = ground

    def takes(self, message: OutgoingMessage) -> None:
        """The last byte has come, and it is for us to deliver now."""
        number, ground = message.touch_id, self._ground
        message_id = MESSAGE_ID.search(message.data)
        assert message_id is not None, "each mail names itself"
        before = self.taken[number]
        if before and not (self.may_double and self.may_doubt(number)):
            ground.accuse(2, f"{named(number)} arrived twice")
        if before and before[0].message_id != message_id[1]:
            ground.accuse(2, f"{named(number)} arrived again under another Message-ID")
        before.append(Taken(ground.now, message_id[1]))
        ground.tell(f"the relay has {named(number)} for {message.rcpt_to}")
        self.reacts(message)

    def may_doubt(self, number: int) -> bool:
        """Whether nobody here could know what became of it."""
        return self.clocks_wrong or number in self.doubted

    def has(self, number: int) -> bool:
        return bool(self.taken.get(number))


def named(number: int) -> str:
    """'touch 2000001', or 'system mail 3'."""
    system = outbox_id_of(number)
    return f"touch {number}" if system is None else f"system mail {system}"
