"""Three weeks in which every gate has something to stop: a Sunday evening in March 2026 to the week after Easter."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from played import engine_on
from sqlalchemy import select

from nurture.content.catalog import Catalog, load, load_texts
from nurture.engine.absorb import absorb
from nurture.engine.build import Builder
from nurture.engine.claim import claim
from nurture.engine.deliver import deliver
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.pause_rows import EVERYTHING, Cause
from nurture.engine.pauses import pause, resume
from nurture.engine.watch import next_due_at
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import unpacked
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

SUNDAY = datetime(2026, 3, 29, 20, tzinfo=UTC)
LEASE = timedelta(minutes=15)
COARSEST = timedelta(minutes=10)
MANY = {
    f"m{number}": {"email": f"m{number}@many.example", "country": "DE", "plan": "club"}
    for number in range(1, 13)
}
ONE_BY_ONE = {
    "trial": {"email": "trial@one.example", "plan": "trial"},
    "quiet": {"email": "quiet@two.example", "patience": 2, "plan": "news"},
    "away": {"email": "away@three.example", "plan": "club"},
}


@cache
def gated() -> Catalog:
    return load(Path(__file__).with_name("programme"), {})


@cache
def sold() -> Catalog:
    """The programme from Thursday on: qualified leads are sales' own."""
    texts = dict(gated().texts)
    before, after = "mql: {owner: marketing,", "mql: {owner: sales,"
    assert before in texts["campaigns/programme.yaml"]
    texts["campaigns/programme.yaml"] = texts["campaigns/programme.yaml"].replace(before, after)
    return load_texts(texts)


class Weeks:
    """One run, step by step."""

    def __init__(self, url: str) -> None:
        self.clock = VirtualClock(SUNDAY)
        self.engine: Engine = engine_on(url, self.clock, gated())
        self.engine.warms_up = True  # as if mail left the machine
        self.ids: dict[str, int] = {}
        self.facts = 0

    def enter(self, people: dict[str, dict]) -> None:
        entered = self.engine.enter_leads(
            [NewLead(reference=name, fields=fields) for name, fields in people.items()], source="import"
        )
        self.ids |= dict(zip(people, entered.lead_ids, strict=True))

    def happens(self, name: str, kind: EventKind, **properties: object) -> None:
        self.facts += 1
        now = self.clock.now()
        event = Event(
            lead_id=self.ids[name],
            kind=kind,
            occurred_at=now,
            received_at=now,
            source="test",
            source_id=str(self.facts),
            properties=properties,
        )
        self.engine.record([event])

    def until(self, moment: datetime) -> None:
        """Tick at every moment at which something is due."""
        self.engine.tick()
        while (due_at := next_due_at(self.engine.database)) is not None and due_at <= moment:
            self.clock.turn_to(max(due_at, self.clock.now() + COARSEST))
            self.engine.tick()
        self.clock.turn_to(moment)

    def paused_for(self, span: timedelta) -> None:
        """A person lets no mail leave meanwhile."""
        said = {"why": "we move house", "actor": "a person"}
        with self.engine.deciding() as (connection, now):
            pause(connection, EVERYTHING, cause=Cause.PERSON, now=now, **said)
        self.until(self.clock.now() + span)
        with self.engine.deciding() as (connection, now):
            resume(connection, EVERYTHING, now=now, **said)

    def absorb(self) -> None:
        live, now = self.engine.live, self.clock.now()
        with self.engine.database.writing() as connection:
            absorb(connection, live, now, keyring=self.engine.keyring, most=1_000)

    def send(self) -> None:
        """What a worker does that finds another one absorbing."""
        engine, live = self.engine, self.engine.live
        with engine.database.writing() as connection:
            claims, _ = claim(connection, live, self.clock.now(), most=1_000, lease_for=LEASE)
        builder = Builder(live, engine.keyring, engine.clock, base_url=engine.base_url)
        if claims:
            deliver(engine.database, engine.transport, builder, engine.clock, claims)


def lived(url: str) -> Engine:
    """The engine after the three weeks."""
    weeks = Weeks(url)
    weeks.enter(MANY | ONE_BY_ONE)
    weeks.happens("away", EventKind.SNOOZED, until=(SUNDAY + timedelta(days=2)).isoformat())
    weeks.until(SUNDAY + timedelta(hours=13))
    weeks.happens("quiet", EventKind.PAGE_VISITED)
    weeks.paused_for(timedelta(days=1))
    weeks.until(SUNDAY + timedelta(days=3, hours=14))
    weeks.enter({"deal": {"email": "deal@four.example"}})
    for _ in range(2):
        weeks.happens("deal", EventKind.PAGE_VISITED)
    weeks.absorb()
    weeks.engine.publish(sold(), actor="a person", reason="sales takes qualified leads")
    weeks.send()  # with the new programme, before the lead has learned of it
    weeks.until(SUNDAY + timedelta(days=6))  # Good Friday has passed
    weeks.clock.turn_to(SUNDAY + timedelta(days=14, hours=13))  # a week without a tick
    weeks.until(SUNDAY + timedelta(days=21))
    return weeks.engine


def outcomes(database: Database) -> str:
    """A digest of what became of mails and leads, whatever the decision records say."""
    touch = table.touch.c
    with database.reading() as connection:
        touches = connection.execute(
            select(
                touch.id, touch.mail, touch.status, touch.due_at, touch.claimed_at, touch.settled_at
            ).order_by(touch.id)
        )
        states = connection.execute(select(table.lead_state.c.state).order_by(table.lead_state.c.lead_id))
        told = msgspec.json.encode(
            [[tuple(row) for row in touches], [unpacked(state) for (state,) in states]], order="sorted"
        )
    return hashlib.sha256(told).hexdigest()
