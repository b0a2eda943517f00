"""What a lead did and earned before: only a turn that overturns a verdict, or merges leads, looks back, on no more than this.

The store keeps it as events and ledger; who decides many turns in a row keeps it up to date with ``remember``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from nurture.scoring.refold import Occurrence
from nurture.statemachine.effects import Effect, WriteEntry
from nurture.vocabulary.event import Event
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import ENGAGEMENTS, EventKind

LOOKED_BACK_ON = ENGAGEMENTS | {
    EventKind.MAIL_SENT,
    EventKind.MAIL_UNKNOWN,
    EventKind.MAIL_LOST,
    EventKind.MAIL_BOUNCED,
    EventKind.HAND_OFF_REJECTED,
}
"""What people did, and what says how receptive a lead is."""
EVENTS_KEPT = 1_000
"""The newest of them: a token that is replayed ten thousand times must stay cheap."""


LOOKING_BACK = frozenset({EventKind.VERDICT_OVERTURNED, EventKind.LEAD_MERGED, EventKind.LEAD_UNMERGED})
"""The only turns that do."""


class Merge(msgspec.Struct, frozen=True):
    """Two leads that turn out to be one person, as the store keeps it: what the one brought, and what became of the other.

    other          the lead that goes into the survivor, as it was at that moment.
    entries        its ledger; *events*: what it did, both as in Past.
    leaving        its touches that workers held then, with the mail of each: they finish.
    before, after  the survivor before and after that turn; None until it is over.
    returned       once it is undone: events that had come for the other since, which are its own again.
    spoken         whether anybody has said since whether the person may be mailed.
    tasks          what was to be done about the other then, by the number of the task: the enrolment whose step made it.
    agreed         topics that were agreed to since for the survivor's own address; *freed*: whether what kept mail from it was lifted.
    """

    other: LeadState
    entries: tuple[Occurrence, ...] = ()
    events: tuple[Event, ...] = ()
    leaving: Mapping[int, str] = {}
    before: LeadState | None = None
    after: LeadState | None = None
    returned: tuple[int, ...] = ()
    spoken: bool = False
    agreed: tuple[str, ...] = ()
    freed: bool = False
    tasks: Mapping[int, int] = {}

    @property
    def sides(self) -> tuple[LeadState, LeadState]:
        """The survivor before and after."""
        assert self.before is not None, "a merge is undone after it was made"
        assert self.after is not None
        return self.before, self.after

    @property
    def leads(self) -> frozenset[int]:
        """The numbers of the lead that went, and of those that had gone into it."""
        return frozenset({self.other.lead.id, *self.other.merged})

    @property
    def foreign(self) -> frozenset[int]:
        """Events that are not the survivor's own: what the other did, and what came for it since."""
        earned = (each.entry.event_id for each in self.entries)
        return frozenset({*(each.id for each in self.events), *earned, *self.returned})


class Past(msgspec.Struct, frozen=True):
    """What a lead did and earned, as it is judged now.

    entries  its whole ledger, in the order in which it was written; with that of leads merged into it.
    events   the newest of LOOKED_BACK_ON in the order in which they were taken in, none of them in the future then; of a
             lead into which others were merged in the order in which they happened.
    merge    what the turn merges, or undoes.
    """

    entries: Sequence[Occurrence] = ()
    events: Sequence[Event] = ()
    merge: Merge | None = None


NOTHING = Past()


class Memory:
    """One lead's past while turns are decided."""

    def __init__(self, past: Past = NOTHING) -> None:
        self._entries = list(past.entries)
        self._events = {event.id: event for event in past.events}
        self._merged: set[int] = set()

    @property
    def past(self) -> Past:
        """As it stands now; what is remembered later is not in it."""
        events = tuple(self._events.values())
        return Past(tuple(self._entries), as_happened(events) if self._merged else events)

    def before(self, event: Event, merge: Merge | None = None) -> Past:
        """What the turn about *event* looks back on; *merge* is what the store keeps of it, where it merges or undoes."""
        return replace(self.past, merge=merge) if event.kind in LOOKING_BACK else NOTHING

    def remember(
        self, event: Event, effects: Iterable[Effect], now: datetime, merge: Merge | None = None
    ) -> None:
        """A turn was decided about *event* at *now*."""
        at = min(event.occurred_at, now)
        if merge is not None:
            self._join(merge) if event.kind is EventKind.LEAD_MERGED else self._part(merge)
        if event.kind in LOOKED_BACK_ON:
            self._events[event.id] = replace(event, occurred_at=at)
            if len(self._events) > EVENTS_KEPT:
                del self._events[next(iter(self._events))]
        elif event.kind is EventKind.VERDICT_OVERTURNED:
            act = act_of(event)
            at = min(act.occurred_at, now)
            if act.id in self._events:
                self._events[act.id] = judged(self._events[act.id], event)
        for effect in effects:
            if isinstance(effect, WriteEntry):
                about = self._events.get(
                    effect.entry.event_id
                )  # an overturned verdict may concern other acts too
                moment = at if about is None else about.occurred_at
                self._entries.append(Occurrence(occurred(effect.entry, moment), effect.entry))

    def _join(self, merge: Merge) -> None:
        self._merged |= merge.leads
        self._entries += merge.entries
        self._events |= {event.id: event for event in merge.events}

    def _part(self, merge: Merge) -> None:
        self._merged -= merge.leads
        self._entries = [each for each in self._entries if each.entry.lead_id not in merge.leads]
        for event_id in {event.id for event in merge.events} & self._events.keys():
            del self._events[event_id]


def as_happened(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda each: (each.occurred_at, each.id)))


def act_of(event: Event) -> Event:
    """The act whose verdict *event* overturns, as it is judged from now on."""
    return replace(
        event,
        id=int(event.number("overturned") or 0),
        kind=EventKind(event.text("act") or EventKind.MAIL_OPENED),
        occurred_at=datetime.fromisoformat(event.text("happened_at") or event.occurred_at.isoformat()),
    )


def judged(act: Event, verdict: Event) -> Event:
    """*act* with what *verdict* says of who did it."""
    return replace(act, properties={**act.properties, "humanity": verdict.number("humanity") or 0.0})


def occurred(entry: ScoreEntry, at: datetime) -> datetime:
    """When what *entry* stands for happened: *at*, but for what a person took away at a moment."""
    return entry.at if entry.kind in (EntryKind.LOWERED, EntryKind.OPENING) else at
