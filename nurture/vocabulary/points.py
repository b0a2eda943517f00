"""The score ledger's rows: every award and why."""

from datetime import datetime
from enum import StrEnum

import msgspec


class EntryKind(StrEnum):
    AWARDED = "awarded"
    DEDUCTED = "deducted"
    LOWERED = "lowered"
    OPENING = "opening balance"
    VOIDED = "taken back"
    RESTORED = "counted after all"
    MERGED = "merged"


class ScoreEntry(msgspec.Struct, frozen=True):
    """One change of the interest score.

    event_id   what it stands for; of points taken back, or counted after all, the act whose verdict was overturned; of a
               merge, and of its undoing, that event: what two histories are worth as one is no single act's.
    rule       key of the rule, or the reason of a hand-back.
    half_life  seconds.
    offered    what the rule gives.
    credited   what was counted at the moment *at*, after the group's limit; negative for a deduction.
    """

    lead_id: int
    event_id: int
    kind: EntryKind
    rule: str
    group: str
    half_life: int
    offered: float
    credited: float
    at: datetime
