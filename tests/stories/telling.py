"""Stories as dated lines: what a lead or a rep does on a day, and what must have come of it.

    story.on("2026-03-02 10:04", clicked("welcome", link="pricing"))
    story.expect("2026-03-02 10:04", moved(COLD, HOT), handed_off("sales", respond_by="2026-03-02 12:04"))

Moments are wall-clock time where the lead lives.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.words import EventKind, Stage, Temperature
from tests.stories.world import Happened, World


class Fact(msgspec.Struct, frozen=True):
    """What happens, or must have: a kind of event, and the properties that matter."""

    kind: EventKind
    properties: Mapping[str, PropertyValue] = {}

    def __str__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value in self.properties.items() if value is not None)
        return f"{self.kind} {shown}"

    def is_told_by(self, other: Happened) -> bool:
        return other.kind is self.kind and all(
            other.properties.get(name) == value for name, value in self.properties.items()
        )


class Story:
    """One lead's life in a world."""

    def __init__(self, world: World, *, lead_id: int = 1, time_zone: str = "Europe/Berlin") -> None:
        self.world = world
        self._lead_id = lead_id
        self._zone = ZoneInfo(time_zone)
        self._lines = 0

    def on(self, when: str, *facts: Fact) -> None:
        """Let this happen."""
        at = self.moment(when)
        for fact in facts:
            self._lines += 1
            self.world.run_until(at)
            properties = dict(fact.properties)
            if "mail" in properties:
                properties["touch"] = self._touch_of(str(properties["mail"]))
            event = Event(self._lead_id, fact.kind, at, at, "story", str(self._lines), properties)
            self.world.take(event)

    def expect(self, when: str, *facts: Fact) -> None:
        """All of these must have happened in that minute."""
        at = self.moment(when)
        self.world.run_until(at.replace(second=59))
        then = [each for each in self.world.happened() if each.at.replace(second=0, microsecond=0) == at]
        for fact in facts:
            assert any(fact.is_told_by(each) for each in then), f"{when}: no {fact}\n{self.told()}"

    def expect_nothing_until(self, when: str, kind: EventKind, *, since: str) -> None:
        """No event of *kind* between the two moments."""
        self.world.run_until(self.moment(when))
        first, last = self.moment(since), self.moment(when)
        found = [each for each in self.world.happened() if each.kind is kind and first < each.at <= last]
        assert not found, f"{kind} between {since} and {when}\n{self.told()}"

    def moment(self, when: str) -> datetime:
        return datetime.fromisoformat(when).replace(tzinfo=self._zone).astimezone(UTC)

    def mails(self) -> list[str]:
        """Every mail that was sent: the minute, its name."""
        return [
            f"{each.at.astimezone(self._zone):%Y-%m-%d %H:%M} {each.properties['mail']}"
            for each in self.world.happened()
            if each.kind is EventKind.MAIL_SENT
        ]

    def told(self) -> str:
        """The whole story, a line an event; what a failing expectation shows."""
        return "\n".join(
            f"{each.at.astimezone(self._zone):%a %Y-%m-%d %H:%M} {Fact(each.kind, each.properties)}"
            for each in self.world.happened()
        )

    def _touch_of(self, mail: str) -> PropertyValue:
        sent = [
            each.properties["touch"]
            for each in self.world.happened()
            if each.kind is EventKind.MAIL_SENT and each.properties["mail"] == mail
        ]
        assert sent, f"{mail} was never sent\n{self.told()}"
        return sent[-1]


# ------------------------------------------------------------ what people do


def imported(**fields: str | int) -> Fact:
    return Fact(EventKind.LEAD_CREATED, {"fields": fields})


def changed(**fields: str | int) -> Fact:
    return Fact(EventKind.LEAD_CHANGED, {"fields": fields})


def opened(mail: str, *, humanity: float = 1.0) -> Fact:
    return Fact(EventKind.MAIL_OPENED, {"mail": mail, "humanity": humanity})


def clicked(mail: str, *, link: str, humanity: float = 1.0) -> Fact:
    return Fact(EventKind.MAIL_CLICKED, {"mail": mail, "link": link, "humanity": humanity})


def replied(mail: str) -> Fact:
    return Fact(EventKind.MAIL_REPLIED, {"mail": mail, "campaign": mail.partition("/")[0]})


def complained(mail: str) -> Fact:
    return Fact(EventKind.MAIL_COMPLAINED, {"mail": mail})


def visited(path: str) -> Fact:
    return Fact(EventKind.PAGE_VISITED, {"path": path})


def submitted(form: str, **fields: str | int) -> Fact:
    return Fact(EventKind.FORM_SUBMITTED, {"form": form, "fields": fields})


def unsubscribed() -> Fact:
    return Fact(EventKind.UNSUBSCRIBED)


def accepted() -> Fact:
    return Fact(EventKind.HAND_OFF_ACCEPTED)


def rejected(reason: str) -> Fact:
    return Fact(EventKind.HAND_OFF_REJECTED, {"reason": reason})


def contacted() -> Fact:
    return Fact(EventKind.CONTACTED)


def put(stage: Stage, **why: str) -> Fact:
    return Fact(EventKind.STAGE_SET, {"stage": stage.value, **why})


# ------------------------------------------------------------ what must come of it


def moved(before: Temperature | Stage, after: Temperature | Stage) -> Fact:
    kind = EventKind.TEMPERATURE_CHANGED if isinstance(before, Temperature) else EventKind.STAGE_CHANGED
    return Fact(kind, {"before": before.value, "after": after.value})


def handed_off(team: str, *, respond_by: str, time_zone: str = "Europe/Berlin") -> Fact:
    due_at = datetime.fromisoformat(respond_by).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return Fact(EventKind.HAND_OFF_MADE, {"team": team, "respond_by": due_at.isoformat()})


def sent(mail: str) -> Fact:
    return Fact(EventKind.MAIL_SENT, {"mail": mail})


def joined(campaign: str) -> Fact:
    return Fact(EventKind.CAMPAIGN_ENTERED, {"campaign": campaign})


def left(campaign: str, reason: str) -> Fact:
    return Fact(EventKind.CAMPAIGN_LEFT, {"campaign": campaign, "reason": reason})


def entered(track: str) -> Fact:
    return Fact(EventKind.TRACK_ENTERED, {"track": track})


def finished(track: str) -> Fact:
    return Fact(EventKind.TRACK_FINISHED, {"track": track})


def task(name: str) -> Fact:
    return Fact(EventKind.TASK_CREATED, {"task": name})


def warned(sla: str) -> Fact:
    return Fact(EventKind.SLA_WARNED, {"sla": sla})


def breached(sla: str) -> Fact:
    return Fact(EventKind.SLA_BREACHED, {"sla": sla})
