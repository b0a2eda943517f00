"""What a lead did and earned before: only a turn that overturns a verdict looks back, on no more than this.

The store keeps it as events and ledger; who decides many turns in a row keeps it up to date with ``remember``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from nurture.scoring.refold import Occurrence
from nurture.statemachine.effects import Effect, WriteEntry
from nurture.vocabulary.event import Event
from nurture.vocabulary.points import EntryKind, ScoreEntry
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


class Past(msgspec.Struct, frozen=True):
    """What a lead did and earned, as it is judged now.

    entries  its whole ledger, in the order in which it was written.
    events   the newest of LOOKED_BACK_ON in the order in which they were taken in, none of them in the future then.
    """

    entries: Sequence[Occurrence] = ()
    events: Sequence[Event] = ()


NOTHING = Past()


class Memory:
    """One lead's past while turns are decided."""

    def __init__(self, past: Past = NOTHING) -> None:
        self._entries = list(past.entries)
        self._events = {event.id: event for event in past.events}

    @property
    def past(self) -> Past:
        """As it stands now; what is remembered later is not in it."""
        return Past(tuple(self._entries), tuple(self._events.values()))

    def remember(self, event: Event, effects: Iterable[Effect], now: datetime) -> None:
        """A turn was decided about *event* at *now*."""
        at = min(event.occurred_at, now)
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
