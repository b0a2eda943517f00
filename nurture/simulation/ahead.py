"""A campaign played ahead many times, with people who answer by chance: the turns and gates of production, and nothing is sent.

Every run draws its leads anew from those that are known, so that what differs between runs is both what people may do and
which leads they may be. A run goes by its seed alone: the same seed gives the same run.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from nurture.content.model import Programme
from nurture.simulation.behaviour import Habits, reactions
from nurture.simulation.chance import Chance
from nurture.simulation.sales import Sales
from nurture.statemachine.advance import Advance
from nurture.statemachine.effects import Record
from nurture.statemachine.foreseen import Played, Waiting
from nurture.statemachine.gates import Judgement
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, ExitReason, Gate, Stage, Temperature

RUNS, PLAYED = 20, 30
"""How often the campaign is played, and how many leads each time: a page must answer in seconds."""
WEEK = timedelta(days=7)
MOST = 10_000
"""More than the leads of a run: chance goes by the run's seed and the lead's place in it."""
STORY = frozenset(
    {
        EventKind.MAIL_SENT, EventKind.MAIL_SKIPPED, EventKind.MAIL_OPENED, EventKind.MAIL_CLICKED, EventKind.MAIL_REPLIED,
        EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED, EventKind.PAGE_VISITED, EventKind.FILE_DOWNLOADED,
        EventKind.FORM_SUBMITTED, EventKind.CAMPAIGN_ENTERED, EventKind.CAMPAIGN_LEFT, EventKind.TRACK_ENTERED,
        EventKind.TRACK_FINISHED, EventKind.TEMPERATURE_CHANGED, EventKind.STAGE_CHANGED, EventKind.HAND_OFF_MADE,
        EventKind.TASK_CREATED, EventKind.HAND_OFF_ACCEPTED, EventKind.HAND_OFF_REJECTED, EventKind.CONTACTED,
    }
)  # fmt: skip
"""What is told of one lead."""
Links: TypeAlias = Callable[[str], Sequence[str]]
"""The links of a mail, by its full name."""


class Story(msgspec.Struct, frozen=True):
    """What one lead of the first run lived through, oldest first."""

    state: LeadState
    events: tuple[Event, ...]


class Run(msgspec.Struct, frozen=True):
    """What one run came to, of all leads that those played stand for.

    weeks    mails of the campaign by week.
    counts   leads, by what they came to; *held* mails that a gate let wait, by the gate.
    """

    weeks: tuple[float, ...]
    counts: Mapping[str, float]
    held: Mapping[Gate, float]

    @property
    def mails(self) -> float:
        return sum(self.weeks)


OUTCOMES = (
    "opened", "clicked", "hot", "handed over", "accepted", "given back", "customer", "goal", "had everything", "left otherwise", "unsubscribed",
)  # fmt: skip
"""What leads are counted by."""


def play(
    programme: Programme,
    key: str,
    leads: Sequence[Waiting],
    now: datetime,
    *,
    days: int,
    seed: int,
    links: Links,
    habits: Habits = Habits(),  # noqa: B008 a frozen value
    allowed: Callable[[date], float] | None = None,
    runs: int = RUNS,
    played: int = PLAYED,
    breathe: Callable[[], None] | None = None,
) -> tuple[tuple[Run, ...], Story | None]:
    """*runs* runs of campaign *key* over *days* days, and the story of a lead of the first one that got the most mail.

    leads    as they are now, each standing for its weight; each run draws *played* of them, some more than once.
    allowed  how many marketing mails may leave on a day; None for no limit.
    breathe  called after every turn: to let others at the processor, or to raise what ends it.
    """
    reach = list(accumulate(each.weight for each in leads))  # who stands for more is drawn more often
    total = reach[-1] if reach else 0.0
    found: list[Run] = []
    story: Story | None = None
    for number in range(runs if leads else 0):
        chance = Chance(seed * MOST + number)
        drawn = [
            leads[bisect(reach, total * chance.lot("who", place))] for place in range(min(played, len(leads)))
        ]
        weight = total / len(drawn)
        sales = Sales(programme, Chance(seed * MOST + number), habits, now)
        people = _People(key, seed * MOST + number, habits, links, start=now, sales=sales)
        people.breathe = breathe
        run = Played(
            programme,
            [msgspec.structs.replace(each, weight=weight) for each in drawn],
            now,
            allowed=allowed,
            zone=ZoneInfo(programme.time_zone),
            people=people,
        )
        run.until(now + timedelta(days=days))
        found.append(people.run(weight, -(-days // WEEK.days)))
        if story is None:
            story = people.story(drawn)
    return tuple(found), story


class _People:
    """Those of one run: they answer by chance, and what becomes of them is counted."""

    def __init__(
        self, key: str, seed: int, habits: Habits, links: Links, *, start: datetime, sales: Sales
    ) -> None:
        self._key, self._seed, self._habits, self._links, self._start = key, seed, habits, links, start
        self._sales = sales
        self._weeks: Counter[int] = Counter()
        self._held: Counter[Gate] = Counter()
        self._came: dict[str, set[int]] = {each: set() for each in OUTCOMES}
        self._told: dict[int, list[Event]] = {}
        self._chances: dict[int, Chance] = {}
        self.breathe: Callable[[], None] | None = None

    def answers(self, place: int, touch: Touch, at: datetime) -> Iterable[Event]:
        chance = self._chances.setdefault(place, Chance(self._seed * MOST + place))
        return reactions(chance, self._habits, touch, at, self._links(touch.mail))

    def held(self, touch: Touch, judgement: Judgement) -> None:
        if touch.campaign == self._key and judgement.gate is not None:
            self._held[judgement.gate] += 1

    def happened(self, place: int, event: Event, turned: Advance, at: datetime) -> Iterable[Event]:
        if self.breathe is not None:
            self.breathe()
        self._take(place, event)
        for effect in turned.effects:
            if isinstance(effect, Record):
                self._take(
                    place, Event(event.lead_id, effect.kind, at, at, "simulated", "", effect.properties)
                )
        return self._sales.answers(place, event, turned, at)

    def _take(self, place: int, event: Event) -> None:
        if event.kind in STORY:
            self._told.setdefault(place, []).append(event)
        outcome = self._outcome(event)
        if outcome is not None:
            self._came[outcome].add(place)
        if event.kind is EventKind.MAIL_SENT and event.text("campaign") == self._key:
            self._weeks[(event.occurred_at - self._start) // WEEK] += 1

    def _outcome(self, event: Event) -> str | None:
        is_ours = event.text("campaign") == self._key
        match event.kind:
            case EventKind.MAIL_OPENED if is_ours and event.by_person:
                return "opened"
            case EventKind.MAIL_CLICKED if is_ours and event.by_person:
                return "clicked"
            case EventKind.TEMPERATURE_CHANGED if event.text("after") == Temperature.HOT:
                return "hot"
            case EventKind.HAND_OFF_MADE:
                return "handed over"
            case EventKind.HAND_OFF_ACCEPTED:
                return "accepted"
            case EventKind.HAND_OFF_REJECTED:
                return "given back"
            case EventKind.STAGE_CHANGED if event.text("after") == Stage.CUSTOMER:
                return "customer"
            case EventKind.CAMPAIGN_LEFT if is_ours:
                return "goal" if event.text("reason") == ExitReason.GOAL else "left otherwise"
            case EventKind.TRACK_FINISHED if is_ours:
                return "had everything"
            case EventKind.UNSUBSCRIBED | EventKind.MAIL_COMPLAINED:
                return "unsubscribed"
        return None

    def run(self, weight: float, weeks: int) -> Run:
        return Run(
            weeks=tuple(weight * self._weeks[week] for week in range(weeks)),
            counts={outcome: weight * len(places) for outcome, places in self._came.items()},
            held={gate: weight * count for gate, count in self._held.items()},
        )

    def story(self, drawn: Sequence[Waiting]) -> Story | None:
        """That of the lead with the most to tell."""
        if not self._told:
            return None
        place = max(self._told, key=lambda each: (len(self._told[each]), -each))
        return Story(drawn[place].state, tuple(self._told[place]))
