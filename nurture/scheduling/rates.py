"""How many of a campaign's mails may come back dead or be reported as spam before somebody looks, and before it stops.

Gmail and Yahoo ask senders to stay below 0.1 % of complaints and never to reach 0.3 %. Of few mails a rate says nothing, so a
limit also says from how many mails, and from how many cases, it counts.
"""

from datetime import timedelta
from enum import StrEnum

import msgspec

WINDOW = timedelta(days=7)
"""How far back mails and cases are counted, from hour to hour."""


class Heat(StrEnum):
    """What a rate asks for."""

    FINE = "fine"
    WARNS = "warns"
    STOPS = "stops"


class Limit(msgspec.Struct, frozen=True):
    """From which share of mails on a rate warns and stops, if at least *mails* were counted and *cases* happened."""

    warns: float
    stops: float
    mails: int
    cases: int

    def heat(self, cases: int, mails: int) -> Heat:
        """What *cases* among *mails* ask for."""
        if mails < self.mails or cases < self.cases:
            return Heat.FINE
        share = cases / mails
        if share >= self.stops:
            return Heat.STOPS
        return Heat.WARNS if share >= self.warns else Heat.FINE


COMPLAINTS = Limit(warns=0.001, stops=0.003, mails=100, cases=3)
"""Of mails that were delivered."""
HARD_BOUNCES = Limit(warns=0.05, stops=0.10, mails=100, cases=3)
"""Of mails that a server has taken or refused."""


class Tally(msgspec.Struct, frozen=True):
    """Mails of a campaign, or of all, within the window.

    attempted   taken by a server, or refused by it.
    delivered   taken, and not sent back since.
    hard        dead addresses among them.
    complaints  reported as spam by a person, by feedback mail or a provider's webhook; each lead once.
    """

    attempted: int = 0
    delivered: int = 0
    hard: int = 0
    complaints: int = 0

    @property
    def complaint_share(self) -> float | None:
        """None where nothing was delivered."""
        return self.complaints / self.delivered if self.delivered > 0 else None

    @property
    def hard_share(self) -> float | None:
        """None where nothing was tried."""
        return self.hard / self.attempted if self.attempted > 0 else None

    @property
    def complaint_heat(self) -> Heat:
        return COMPLAINTS.heat(self.complaints, self.delivered)

    @property
    def hard_heat(self) -> Heat:
        return HARD_BOUNCES.heat(self.hard, self.attempted)

    @property
    def is_bad(self) -> bool:
        """Whether either rate at least warns."""
        return self.complaint_heat is not Heat.FINE or self.hard_heat is not Heat.FINE
