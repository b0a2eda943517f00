"""The names that conditions may use about a lead: lead, event, hand_off, and what it clicked, opened, visited, sent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nurture.content.model import Programme
from nurture.content.scope import LeadView
from nurture.statemachine.fields import Fields
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import ShownValue
from nurture.vocabulary.state import LeadState

__all__ = ["Fields", "Scope", "act_key", "lead_values"]

SECONDS_A_DAY = 86_400


class Scope(Mapping[str, object]):
    """The scope of conditions that are asked about a lead at *now*; *event* is what has just happened, if anything.

    A turn asks dozens of conditions while it changes the lead, and most look at two or three fields. So one scope serves
    the turn: it looks at whatever state it is shown, and works nothing out before it is asked.
    """

    __slots__ = ("event", "fields", "lead")

    def __init__(self, programme: Programme, state: LeadState, event: Event | None, now: datetime) -> None:
        self.fields = Fields(state, now)
        self.lead = LeadView(programme, self.fields)
        self.event = event

    def showing(self, state: LeadState) -> "Scope":
        """The same scope, from now on about *state*."""
        self.fields.state = state
        return self

    def get(self, name: str, default: Any = None) -> Any:
        if name == "lead":  # nearly always
            return self.lead
        find = NAMES.get(name)
        return default if find is None else find(self)

    def __getitem__(self, name: str) -> object:
        return NAMES[name](self)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    def done(self, act: str, *names: str) -> bool:
        """Whether the lead did *act*: what a human did, as ``take_in`` remembers it."""
        return act_key(act, *names) in self.fields.state.acts

    def days_since(self, event: str) -> float | None:
        last = self.fields.state.acts.get(act_key("event", event))
        return None if last is None else (self.fields.now - last).total_seconds() / SECONDS_A_DAY

    def clicked(self, mail: str, link: str | None = None) -> bool:
        return self.done("clicked", mail) if link is None else self.done("clicked", mail, link)


def _event(scope: Scope) -> Mapping[str, object]:
    event = scope.event
    return {} if event is None else {**event.properties, "kind": event.kind.value}


def _hand_off(scope: Scope) -> Mapping[str, bool]:
    hand_off = scope.fields.state.hand_off
    return {
        "made": hand_off is not None and hand_off.closed_at is None,
        "accepted": hand_off is not None and hand_off.accepted,
    }


NAMES: dict[str, Callable[[Scope], object]] = {
    "lead": lambda scope: scope.lead,
    "event": _event,
    "hand_off": _hand_off,
    "clicked": lambda scope: scope.clicked,
    "opened": lambda scope: lambda mail: scope.done("opened", mail),
    "visited": lambda scope: lambda path: scope.done("visited", path),
    "submitted": lambda scope: lambda form: scope.done("submitted", form),
    "days_since": lambda scope: scope.days_since,
}


def lead_values(state: LeadState, now: datetime) -> dict[str, ShownValue]:
    """Every known field at once, for a mail that is about to be shown or written."""
    return dict(Fields(state, now))


def act_key(act: str, *names: str) -> str:
    """How an act is kept in a lead's state: 'clicked:long-cycle/checklist:docs'."""
    return ":".join((act, *names))
