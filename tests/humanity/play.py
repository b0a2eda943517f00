"""The labelled stories through what runs in production: mails that were sent, the tracking host, its spool, the engine.

Every story has a day of its own and a mail that is really rendered; its requests are asked of the address that stands
in that mail, at their moments, and a tick comes at most fifteen seconds after them, as it does by default. So the
verdicts are those of the end, after all that was overturned.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import msgspec

from nurture.engine.links import StoredLinks
from nurture.engine.track import SpooledTracks
from nurture.insight.verdicts import verdicts_on
from nurture.ports import OutgoingMessage
from nurture.store import records as table
from nurture.store.mapping import event_of
from nurture.tracking.app import TrackingApp
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind
from tests.engine.company import MONDAY, Company, campaign, catalog
from tests.humanity.told import Line, Story
from webapp import create_app

TICK = timedelta(seconds=15)
MORE_LINKS = """<a href="{{ link('two') }}">Two</a> <a href="{{ link('three') }}">Three</a>
<a href="{{ link('four') }}">Four</a> <a href="{{ preferences_url }}">Preferences</a> <a href="{{ unsubscribe_url }}">No more</a>"""
PLACES = {
    "opens": r"/o/[\w.-]+\.gif",
    "clicks": r"/c/[\w.-]+/{}(?=\")",
    "unsubscribe": r"/u/[\w.-]+",
    "preferences": r"/p/[\w.-]+",
}
KINDS = {"opens": EventKind.MAIL_OPENED, "clicks": EventKind.MAIL_CLICKED}


class Judged(msgspec.Struct, frozen=True):
    """One line and what became of it; *pattern* is what gave a machine away, None for a person."""

    story: Story
    line: Line
    pattern: str | None

    @property
    def is_right(self) -> bool:
        return self.line.is_person == (self.pattern is None)


class Played(msgspec.Struct, frozen=True):
    """*suppressed* counts who was taken off the list by somebody's GET."""

    judged: list[Judged]
    suppressed: int


def play(told: list[Story], folder: Path) -> Played:
    """The verdicts on all opens and clicks of the stories."""
    stage = Stage(folder)
    try:
        for number, story in enumerate(told):
            stage.enter(number, story)
        for at, number, line in stage.in_order():
            stage.happens(at, number, line)
        stage.tick()
        return Played(list(stage.judged()), len(stage.company.rows(table.suppression)))
    finally:
        stage.close()


class Stage:
    """One company whose leads are the stories'."""

    def __init__(self, folder: Path) -> None:
        spool = folder / "spool"
        self.company = Company(f"sqlite:///{folder / 'nurture.sqlite'}", tracks=SpooledTracks(spool))
        self.company.publish(catalog(_campaign()))
        self._spool = Spool(spool, self.company.clock)
        self._host = TrackingApp(
            create_app(self.company.engine, secret=b"s" * 32, mailbox=None),
            spool=self._spool,
            keyring=self.company.engine.keyring,
            clock=self.company.clock,
            links=StoredLinks(self.company.database),
            random_bytes=lambda count: b"v" * count,
        )
        self._stories: list[Story] = []
        self._sent: dict[tuple[int, int], OutgoingMessage] = {}  # by story and lead
        self._waits_since: datetime | None = None
        self._happened: dict[tuple[int, EventKind, datetime], Judged] = {}
        self.company.relay.answer = self._while_it_is_sent

    def enter(self, number: int, story: Story) -> None:
        self._stories.append(story)

    def in_order(self) -> Iterator[tuple[datetime, int, Line | None]]:
        """Each story's dispatch (None) and what is done after it, of all stories together."""
        told: list[tuple[datetime, int, Line | None]] = []
        for number, story in enumerate(self._stories):
            told.append(
                (self._day(number) + min(story.sent, *(each.after for each in story.lines)), number, None)
            )
            told += (
                (self._day(number) + each.after, number, each)
                for each in story.lines
                if each.after >= story.sent
            )
        return iter(sorted(told, key=lambda each: (each[0], each[2] is not None)))

    def happens(self, at: datetime, number: int, line: Line | None) -> None:
        if self._waits_since is not None and at - self._waits_since >= TICK:
            self.company.clock.turn_to(self._waits_since + TICK)
            self.tick()
        self.company.clock.turn_to(at)
        if line is None:
            self.company.enter(
                *(f"lead-{number}-{lead}" for lead in range(1, self._stories[number].leads + 1))
            )
            self.tick()
        else:
            self._does(at, number, line)

    def tick(self) -> None:
        self.company.engine.tick()
        self._waits_since = None

    def judged(self) -> Iterator[Judged]:
        rows = self.company.events(*KINDS.values())
        with self.company.database.reading() as connection:
            verdicts = verdicts_on(connection, [row.id for row in rows])
        for event in map(event_of, rows):
            did = self._happened.pop((int(event.number("touch") or 0), event.kind, event.occurred_at))
            verdict = verdicts.get(event.id)
            yield msgspec.structs.replace(did, pattern=None if verdict is None else verdict.pattern)
        assert not self._happened, "what was asked is not kept"

    def close(self) -> None:
        self._spool.close()
        self.company.engine.close()

    def _day(self, number: int) -> datetime:
        return MONDAY.replace(hour=0) + timedelta(days=number + 1)

    def _while_it_is_sent(self, message: OutgoingMessage) -> None:
        """What happens before the 250 of a mail that is on the wire."""
        name = message.rcpt_to.partition("@")[0].split("-")
        number, lead = int(name[1]), int(name[2])
        self._sent[number, lead] = message
        story = self._stories[number]
        for line in story.lines:
            if line.after < story.sent:
                self.company.clock.turn_to(self._day(number) + line.after)
                self._does(self._day(number) + line.after, number, line)
        self.company.clock.turn_to(self._day(number) + story.sent)

    def _does(self, at: datetime, number: int, line: Line) -> None:
        """Ask for what the mail links to, as the line says."""
        message = self._sent[number, line.lead]
        body = message.data.replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
        place = PLACES[line.what if line.act == "asks" else line.act]
        found = re.search(place.format("0" if line.what == "hidden" else line.what), body)
        assert found, f"no {place} in the mail"
        asked: dict[str, object] = {
            "PATH_INFO": found[0],
            "REQUEST_METHOD": line.method,
            "REMOTE_ADDR": line.address,
            "HTTP_HOST": "127.0.0.1:8025",
            "QUERY_STRING": "",
        }
        asked |= {"HTTP_USER_AGENT": line.user_agent} if line.user_agent else {}
        asked |= {"HTTP_SEC_PURPOSE": "prefetch;prerender"} if line.is_ahead else {}
        setup_testing_defaults(asked)
        answers: list[str] = []
        list(self._host(asked, lambda status, headers, error=None: answers.append(status)))
        assert answers[0].startswith(("200", "302", "404" if line.what == "hidden" else "302")), answers
        if line.act == "asks":
            return
        self._waits_since = self._waits_since or at
        story = self._stories[number]
        self._happened[message.touch_id, KINDS[line.act], at] = Judged(story, line, None)


def _campaign() -> dict[str, str]:
    texts = campaign(steps="[{mail: first}]", mails=("first",), body=MORE_LINKS)
    path = "campaigns/news/mails/first.mjml"
    site = 'links: {site: "https://small.example/site"'
    more = "".join(f', {name}: "https://small.example/{name}"' for name in ("two", "three", "four"))
    return {**texts, path: texts[path].replace(site, site + more)}
