"""The world of a story with nothing left out: the engine over a database, mails on a transport, clicks on the tracking host."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from wsgiref.util import setup_testing_defaults

from sqlalchemy import select

from nurture.content.catalog import Catalog, load, load_texts
from nurture.content.model import StepKind
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.links import StoredLinks
from nurture.engine.track import SpooledTracks
from nurture.engine.watch import next_due_at
from nurture.identity import Keyring
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.tracking.app import TrackingApp
from nurture.tracking.spool import Spool
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind
from tests.stories.world import Happened

BASE_URL = "http://127.0.0.1:8025"
LINKS = ("pricing", "docs", "estimate")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
APPLE_PROXY = "Mozilla/5.0"
"""All that Mail Privacy Protection says of itself."""
MAIL = """---
subject: NAME
preheader: A few words.
links: {LINKS}
---
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ lead.first_name|default('there', true) }}.</mj-text>
BUTTONS
</mj-column></mj-section></mj-body></mjml>
"""
OUTCOMES = ("transport", "engine")


def with_mails(programme: Path) -> Catalog:
    """The programme, each of its mails written in a line with a few links."""
    texts = dict(load(programme, {}).texts)
    links = ", ".join(f'{name}: "https://north.example/{name}"' for name in LINKS)
    buttons = "\n".join(
        f"""<mj-button href="{{{{ link('{name}') }}}}">{name}</mj-button>""" for name in LINKS
    )
    for campaign in load_texts(texts).sound_programme().campaigns.values():
        for step in (step for track in campaign.tracks for step in track.walk()):
            names = [step.mail] if step.kind is StepKind.MAIL else [branch.mail for branch in step.choose]
            for name in filter(None, names):
                path = f"campaigns/{campaign.key}/mails/{name}.mjml"
                texts[path] = MAIL.replace("NAME", name).replace("LINKS", links).replace("BUTTONS", buttons)
    return load_texts(texts)


class EngineWorld:
    """One lead in a store of its own; what it does with a mail it does with the mail that was sent."""

    def __init__(self, catalog: Catalog, now: datetime, *, url: str, spool: Path) -> None:
        self.clock = VirtualClock(now)
        self.transport = MemoryTransport(self.clock)
        self.engine = Engine(
            database=Database(url, durable=False),
            transport=self.transport,
            keyring=Keyring(b"k" * 32),
            clock=self.clock,
            base_url=BASE_URL,
            tracks=SpooledTracks(spool),
        )
        self.engine.database.migrate()
        self.engine.publish(catalog, actor="a person", reason="a story")
        self._spool = Spool(spool, self.clock)
        self._host = TrackingApp(
            lambda *_: [],
            spool=self._spool,
            keyring=self.engine.keyring,
            clock=self.clock,
            links=StoredLinks(self.engine.database),
            random_bytes=lambda count: b"v" * count,
        )

    def take(self, event: Event) -> None:
        self.run_until(event.received_at)
        match event.kind:
            case EventKind.LEAD_CREATED:
                person = NewLead(reference="the lead", fields=dict(event.table("fields")))
                assert self.engine.enter_leads([person], source="import").lead_ids == (event.lead_id,)
            case EventKind.MAIL_OPENED:
                self._get(event, rf"{BASE_URL}(/o/[\w.-]+\.gif)")
            case EventKind.MAIL_CLICKED:
                place = LINKS.index(event.text("link") or "") + 1
                self._get(event, rf"{BASE_URL}(/c/[\w.-]+/{place})\b")
            case _:
                self.engine.record([event])
        self.engine.tick()

    def run_until(self, moment: datetime) -> None:
        while (due_at := next_due_at(self.engine.database)) is not None and due_at <= moment:
            self.clock.turn_to(due_at)
            self.engine.tick()
        self.clock.turn_to(moment)

    def happened(self) -> Sequence[Happened]:
        with self.engine.database.reading() as connection:
            told = connection.execute(
                select(table.event).where(table.event.c.source.in_(OUTCOMES)).order_by(table.event.c.id)
            ).all()
            tasks = connection.execute(select(table.task).order_by(table.task.c.id)).all()
        return [
            *(Happened(row.occurred_at, EventKind(row.kind), row.properties) for row in told),
            *(Happened(row.created_at, EventKind.TASK_CREATED, {"task": row.task}) for row in tasks),
        ]

    def close(self) -> None:
        self._spool.close()
        self.engine.close()

    def _get(self, event: Event, path: str) -> None:
        """Ask for what the mail of the touch links to, as a browser or the reader's mail proxy does."""
        sent = next(each for each in self.transport.messages if each.touch_id == event.number("touch"))
        body = sent.data.replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
        found = re.search(path, body)
        assert found, f"no {path} in the mail"
        human = (event.number("humanity") or 0) > 0.5
        environ = {
            "PATH_INFO": found[1],
            "HTTP_USER_AGENT": CHROME if human else APPLE_PROXY,
            "REMOTE_ADDR": "203.0.113.7",
        }
        setup_testing_defaults(environ)
        answered = []
        list(self._host(environ, lambda status, _: answered.append(status)))
        assert answered[0].startswith(("200", "302", "307"))
