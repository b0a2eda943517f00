"""Leads in situations, for tests of single turns: a small programme, a lead, an event, and what came of it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from nurture.content.catalog import load
from nurture.statemachine.advance import advance
from nurture.statemachine.effects import Record
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

STORIES = Path(__file__).parents[1] / "stories" / "programme"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""10:00 in Berlin."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@cache
def texts():
    """The stories' programme, by path."""
    return {path.relative_to(STORIES).as_posix(): path.read_text("utf-8") for path in STORIES.rglob("*.yaml")}


@cache
def programme(*edits):
    """The stories' programme with each (old, new) text exchanged."""
    edited = dict(texts())
    for old, new in edits:
        assert any(old in text for text in edited.values()), f"{old!r} is not in the programme"
        edited = {path: text.replace(old, new) for path, text in edited.items()}
    return load(edited, {}).sound_programme()


def campaign(tracks, *edits):
    """The programme with these tracks (YAML) as the only ones of its long-cycle campaign."""
    edited = dict(texts())
    head, _, _ = edited["long-cycle/campaign.yaml"].partition("tracks:")
    edited["long-cycle/campaign.yaml"] = head + "tracks:\n" + tracks
    for old, new in edits:
        assert any(old in text for text in edited.values()), f"{old!r} is not in the programme"
        edited = {path: text.replace(old, new) for path, text in edited.items()}
    return load(edited, {}).sound_programme()


class Life:
    """A lead, told turn by turn.

    now      moves with each turn; effects and wake_at are the last turn's.
    """

    def __init__(self, under=None, **fields):
        self.programme = under or programme()
        self.now = MONDAY
        self.serial = 0
        self.wake_at = None
        self.effects = ()
        self.state = LeadState(lead=Lead(id=1, created_at=MONDAY))
        known = {"email": "kim@north.example", "country": "DE", "seniority": "director", "company_size": 300}
        self.take(EventKind.LEAD_CREATED, fields={**known, **fields})

    def take(self, kind, *, after=timedelta(0), late=timedelta(0), **properties):
        """A turn *after* the last one; *late* is how long ago the event happened."""
        self.now += after
        self.serial += 1
        event = Event(
            1, kind, self.now - late, self.now, "test", str(self.serial), properties, id=self.serial
        )
        turned = advance(self.programme, self.state, event, self.now)
        self.state, self.effects, self.wake_at = turned.state, turned.effects, turned.wake_at
        return self

    def wake(self):
        """The turn for which the last one asked."""
        self.now = self.wake_at
        return self.take(EventKind.TIMER_DUE)

    def sent(self, **moments):
        """What the lead waits for leaves, and arrives."""
        touch = self.planned.touch
        assert touch, f"{self.planned} is no mail"
        return self.take(EventKind.MAIL_SENT, **self.of_touch(), **moments)

    def of_touch(self):
        """The properties of an event about the planned touch."""
        inside = self.inside
        step = self.planned.step
        return {
            "touch": 1_000_000 + self.planned.touch,
            "mail": f"{inside.campaign}/{step}",
            "campaign": inside.campaign,
            "step": step,
            "class": "marketing",
        }

    def hot(self):
        """By a demo form and a look at the prices: qualified."""
        return self.take(EventKind.FORM_SUBMITTED, form="demo").take(EventKind.PAGE_VISITED, path="/pricing")

    def warm(self):
        return self.take(EventKind.MAIL_CLICKED, mail="long-cycle/checklist", link="pricing", touch=1_000_001)

    def with_state(self, **changes):
        self.state = replace(self.state, **changes)
        return self

    @property
    def inside(self):
        """The newest enrolment."""
        return self.state.enrolments[-1]

    @property
    def planned(self):
        return self.inside.planned

    def effects_of(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def records(self, kind):
        """What the last turn recorded of *kind*."""
        return [
            effect.properties for effect in self.effects if isinstance(effect, Record) and effect.kind is kind
        ]
