"""What may go wrong in one run, and how likely. Each seed has its own mixture: what never meets in one may be all there is in another."""

import msgspec

from nurture.simulation.chance import Chance

LEADS_MIN, LEADS_MAX = 3, 7
MIXED_IN = 0.55
"""How often each peril is part of a seed's mixture."""


class Perils(msgspec.Struct, frozen=True, kw_only=True):
    """How likely each peril is, where it could happen; 0 where it is no part of the mixture.

    switch      another process goes on, between two steps of a worker.
    crash       the worker is killed, at a named point.
    stall       the worker stands still for longer than its lease, and then goes on.
    stop        the worker is told to end (SIGTERM).
    disk_lost   a worker that is killed loses the disk with its journal, too.
    commit_failed, commit_unknown   a commit fails; it took effect, and nobody learned of it.
    refused     the store is busy when a transaction begins.
    deferred, bounced, dropped, silent   what the relay does with a mail, at any command: a 4xx, a 5xx, it hangs up, it says nothing.
    skew        the clocks of the machines differ by minutes.
    jump        a machine's clock jumps, and is set right again later.
    late        a fact takes its number early and is committed late, as on PostgreSQL.
    ends        people end the right to mail them at the worst moment.
    reports     what providers report, twice, late and in no order.
    edits       the programme is edited.
    pauses      the broadcast is held, let go on or called off; all mail or a campaign is paused, and resumed.
    imports     leads come and change by imports.
    sales       reps answer what is handed over to them, and people of ours move leads.
    settled     a person settles mails of unknown fate.
    merges      people of ours merge leads, and undo it.
    copied      a copy of the store wakes up elsewhere.
    bugs        our own code fails on an event, whenever it takes it in, until it is mended.
    """

    switch: float = 0.15
    crash: float = 0.005
    stall: float = 0.005
    stop: float = 0.003
    disk_lost: float = 0.3
    commit_failed: float = 0.02
    commit_unknown: float = 0.02
    refused: float = 0.015
    deferred: float = 0.08
    bounced: float = 0.05
    dropped: float = 0.06
    silent: float = 0.03
    skew: float = 1.0
    jump: float = 0.002
    late: float = 0.3
    ends: float = 0.008
    reports: float = 0.5
    edits: float = 1.0
    pauses: float = 1.0
    imports: float = 1.0
    sales: float = 0.8
    settled: float = 0.8
    merges: float = 1.0
    copied: float = 1.0
    bugs: float = 0.04

    def without(self, *names: str) -> "Perils":
        """The same without these."""
        return msgspec.structs.replace(self, **dict.fromkeys(names, 0.0))

    def of(self, *names: str) -> "Perils":
        """The same with these, as likely as they usually are."""
        return msgspec.structs.replace(self, **{name: getattr(USUAL, name) for name in names})


USUAL = Perils()
NAMES = tuple(Perils.__struct_fields__)
CALM = USUAL.without(*NAMES)
"""Nothing goes wrong any more."""
ALWAYS = ("switch",)


def mixture(chance: Chance) -> Perils:
    """The perils of a seed."""
    left_out = [
        name for name in NAMES if name not in ALWAYS and not chance.happens(MIXED_IN, "mixed in", name)
    ]
    return USUAL.without(*left_out)


def leads_of(chance: Chance) -> int:
    """How many leads a seed has."""
    return LEADS_MIN + int(chance.lot("leads") * (LEADS_MAX - LEADS_MIN + 1))
