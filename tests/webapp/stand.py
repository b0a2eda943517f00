"""A small company on a real engine: the shipped programme, four leads, an account of each role, a clock that a test turns."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from nurture.content.catalog import Catalog, load
from nurture.content.recipes import instantiate, read_recipes
from nurture.delivery.maildir import MaildirTransport
from nurture.delivery.memory import MemoryTransport
from nurture.engine.accounts import Account, Role, account_of, add
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.track import SpooledTracks
from nurture.identity import Keyring
from nurture.simulation.clock import VirtualClock
from nurture.store.database import Database
from nurture.store.mapping import unpacked
from nurture.store.records import lead, lead_state, touch
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8025"

PEOPLE = {
    "ada": {
        "email": "ada@engine.example",
        "first_name": "Ada",
        "last_name": "Nowak",
        "company": "Engine Ltd",
        "country": "DE",
        "seniority": "director",
        "job_title": "Head of transport",
        "company_size": 400,
        "industry": "manufacturing",
        "shipments_per_month": 900,
    },
    "bob": {
        "email": "bob@norr.example",
        "first_name": "Bob",
        "last_name": "Reis",
        "company": "Norr AB",
        "country": "SE",
        "seniority": "vp",
        "job_title": "CFO",
        "company_size": 900,
        "industry": "retail",
    },
    "eve": {"email": "eve@hot.example", "first_name": "Eve <b>", "country": "GB"},
    "nobody": {"first_name": "Nameless", "company": "Post Office"},
}


STAFF = {
    Role.ADMIN: "ines@tarewell.example",
    Role.MARKETER: "mara@tarewell.example",
    Role.AUTHOR: "otto@tarewell.example",
    Role.APPROVER: "pia@tarewell.example",
    Role.SALES: "freya@tarewell.example",  # a rep of the programme
    Role.VIEWER: "vito@tarewell.example",
}
"""Who may log in, in which role. None has a password."""


@cache
def shipped() -> Catalog:
    """The shipped programme; reading it takes longer than most tests."""
    return load(ROOT / "campaigns", ROOT / "templates")


class Stand:
    """An engine, and short words for what happens around it."""

    def __init__(
        self,
        database_url: str,
        mailbox: Path | None = None,
        *,
        base_url: str = BASE_URL,
        spool: Path | None = None,
    ) -> None:
        self.clock = VirtualClock(MONDAY)
        self.mailbox = mailbox
        self.engine = Engine(
            database=Database(database_url, durable=False),
            transport=MemoryTransport(self.clock)
            if mailbox is None
            else MaildirTransport(mailbox, self.clock),
            keyring=Keyring(b"k" * 32),
            clock=self.clock,
            base_url=base_url,
            tracks=None if spool is None else SpooledTracks(spool),
        )
        self.engine.database.migrate()

    def publish(self) -> "Stand":
        self.engine.publish(shipped(), actor="lena@tarewell.example", reason="first programme")
        return self

    def with_staff(self) -> "Stand":
        """An account of each role."""
        with self.engine.deciding() as (connection, now):
            for role, email in STAFF.items():
                add(connection, email, role, by="test", now=now)
        return self

    def account(self, role: Role) -> Account:
        with self.engine.database.reading() as connection:
            found = account_of(connection, STAFF[role])
        assert found, "with_staff comes first"
        return found

    def client(self, app: Flask, role: Role = Role.ADMIN) -> FlaskClient:
        """A browser where the account of *role* has just logged in."""
        client, who = app.test_client(), self.account(role)
        with client.session_transaction() as session:
            session.update(account=who.id, epoch=who.epoch, seen=self.clock.now().timestamp())
        return client

    def with_people(self) -> "Stand":
        """All of PEOPLE are leads, and the first mails have left."""
        people = [NewLead(reference=name, fields=fields) for name, fields in PEOPLE.items()]
        self.engine.enter_leads(people, source="import")
        self.engine.tick()
        return self

    def with_a_hot_lead(self) -> "Stand":
        """Ada has clicked through to the prices and asked for a demo: sales has her, unanswered."""
        touch_id = self.first_touch("ada")
        self.happens(
            "ada",
            EventKind.MAIL_CLICKED,
            touch=touch_id,
            mail="long-cycle/six-lines",
            link="pricing",
            humanity=0.9,
        )
        self.happens("ada", EventKind.PAGE_VISITED, path="/pricing")
        self.happens("ada", EventKind.FORM_SUBMITTED, form="demo")
        self.later(minutes=5)
        return self

    def with_a_draft(self, key: str = "hello", entry: str = "") -> "Stand":
        """A campaign from the recipe `welcome` that nobody enters yet: it is for leads at the stage inquiry, and *entry*."""
        recipe = read_recipes(ROOT / "recipes")["welcome"]
        texts = instantiate(recipe, key=key, name="Hello", topic="product", draft=True)
        path = f"campaigns/{key}/campaign.yaml"
        if entry:
            texts[path] = texts[path].replace(
                "lead.stage == 'inquiry'", f"lead.stage == 'inquiry' and {entry}"
            )
        number = self.engine.live.number
        write(self.engine, texts, expecting=number, actor="lena@tarewell.example", reason=key)
        return self

    def with_a_scanned_mail(self) -> "Stand":
        """A gateway has followed two links of Bob's mail at once."""
        for link in ("pricing", "tour"):
            self.happens(
                "bob",
                EventKind.MAIL_CLICKED,
                touch=self.first_touch("bob"),
                mail="long-cycle/six-lines",
                link=link,
                humanity=0.1,
                machine_pattern="burst",
                user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                address="192.0.2.77",
            )
            self.later(seconds=1)
        return self

    def lead_id(self, name: str) -> int:
        with self.engine.database.reading() as connection:
            rows = connection.execute(lead.select().where(lead.c.first_name == PEOPLE[name]["first_name"]))
            return rows.one().id

    def state(self, name: str) -> LeadState:
        return self.state_of(self.lead_id(name))

    def state_of(self, lead_id: int) -> LeadState:
        with self.engine.database.reading() as connection:
            statement = lead_state.select().where(lead_state.c.lead_id == lead_id)
            return unpacked(connection.execute(statement).one().state)

    def happens(self, name: str, kind: EventKind, **properties: object) -> None:
        fact = f"{name}:{kind}:{self.clock.now().isoformat()}:{sorted(properties)}"
        self.records(self.lead_id(name), kind, fact, **properties)

    def later(self, **delta: float) -> None:
        """Time passes, and the engine takes its turn."""
        self.clock.turn_to(self.clock.now() + timedelta(**delta))
        self.engine.tick()

    def records(self, lead_id: int, kind: EventKind, source_id: str, **properties: object) -> None:
        """Somebody tells something of a lead."""
        now = self.clock.now()
        told = Event(
            lead_id=lead_id,
            kind=kind,
            occurred_at=now,
            received_at=now,
            source="test",
            source_id=source_id,
            properties=properties,
        )
        self.engine.record([told])

    def touch_of(self, lead_id: int) -> int | None:
        """The lead's first touch; None where it has none."""
        with self.engine.database.reading() as connection:
            rows = connection.execute(touch.select().where(touch.c.lead_id == lead_id).order_by(touch.c.id))
            row = rows.first()
        return None if row is None else row.id

    def first_touch(self, name: str) -> int:
        found = self.touch_of(self.lead_id(name))
        assert found is not None, f"{name} has had no mail"
        return found

    def token(self, name: str) -> str:
        """The token in the links of the lead's first mail."""
        return self.engine.keyring.touch_token(self.first_touch(name), 1)
