"""A small company on a real engine: a programme of a few lines, a clock that a test turns, and a relay that answers as told."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import select

from nurture.content.catalog import Catalog, load_texts
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.in_flight import InFlight
from nurture.engine.intake import NewLead
from nurture.engine.ticked import Ticked
from nurture.identity import Keyring
from nurture.ports import UNLOGGED, OutgoingMessage, Receipt, SendLog, Transport
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import unpacked
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import FIRST_MESSAGE
from nurture.vocabulary.words import EventKind

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8025"
ANY_TIME = 'days: [mon, tue, wed, thu, fri, sat, sun], between: ["00:00", "23:59"]'

PROGRAMME = """
format: 1
name: Small
time_zone: Europe/Berlin
sender: {name: Small, address: hello@small.example}
postal_address: Am Kai 1, Hamburg
fields:
  size: {type: integer, profile: true}
  plan: {type: text}
scoring:
  fit: [{key: large, when: "lead.size >= 100", points: 60}]
  interest:
    groups: {email: 60, web: 60}
    rules:
      - {key: clicked, event: mail.clicked, points: 10, group: email, half_life: 10 days}
      - {key: visited, event: page.visited, points: 30, group: web, half_life: 5 days}
  grades: {A: {fit: 60, interest: 50}, B: {fit: 60}}
temperature: {hot: {enter: 50, leave: 40}, warm: {enter: 25, leave: 18}, min_dwell: 1 day}
stages:
  inquiry: {owner: marketing}
  mql: {owner: marketing, enter_when: "lead.temperature == 'hot'", hand_off: sales, sla: accept}
  sal: {owner: sales}
  customer: {owner: success}
  recycled: {detour: true, owner: marketing, from: [mql, sal]}
recycle_reasons: {not-now: {score: zero, temperature: cold}}
sla: {accept: {within: 4 business hours}}
routing: [{key: big, when: "lead.size >= 100", to: weighted}, {key: rest, to: round}]
teams:
  round: {strategy: round-robin, members: [{email: a@small.example, capacity: 2}, {email: b@small.example, capacity: 2}]}
  weighted: {strategy: weighted, members: [{email: heavy@small.example, weight: 2}, {email: light@small.example, weight: 1}]}
webhooks: {chat: "https://hooks.small.example/chat"}
sending: {time_zone: {otherwise: Europe/Berlin}, holidays: null, SENDING}
"""

CAMPAIGN = """
format: 1
key: KEY
name: KEY
class: CLASS
entry: {when: "ENTRY"}
priority: PRIORITY
tracks:
  - key: main
    cadence: {every: 2 days}
    steps: STEPS
"""

MAIL = """---
subject: Hello {{ lead.first_name }}
preheader: A few words.
links: {site: "https://small.example/site"}
---
<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ lead.first_name }}. BODY</mj-text>
<mj-button href="{{ link('site') }}">Read on</mj-button></mj-column></mj-section></mj-body></mjml>
"""


def campaign(key="news", steps="[{mail: first}, {mail: second}]", *, mails=("first", "second"), **values):
    """The texts of one campaign: class_, entry, priority as they are written, and a body of its mails."""
    text = CAMPAIGN.replace("KEY", key).replace("STEPS", steps)
    text = text.replace("CLASS", values.get("class_", "marketing"))
    text = text.replace("ENTRY", values.get("entry", "lead.stage == 'inquiry'"))
    text = text.replace("PRIORITY", str(values.get("priority", 50)))
    body = values.get("body", "")
    return {
        f"campaigns/{key}/campaign.yaml": text,
        **{f"campaigns/{key}/mails/{mail}.mjml": MAIL.replace("BODY", body) for mail in mails},
    }


def catalog(*campaigns: dict[str, str], sending: str = ANY_TIME) -> Catalog:
    texts = {"campaigns/programme.yaml": PROGRAMME.replace("SENDING", sending)}
    for each in campaigns or (campaign(),):
        texts.update(each)
    return read(tuple(texts.items()))


@cache
def read(texts: tuple[tuple[str, str], ...]) -> Catalog:
    """Reading takes longer than most tests."""
    return load_texts(dict(texts))


class Relay(MemoryTransport):
    """Takes every message, unless ``answer`` says otherwise; ``meanwhile`` happens before a message is asked for."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.answer = lambda message: None
        self.meanwhile = lambda: None

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        waiting = iter(messages)
        while True:
            self.meanwhile()
            message = next(waiting, None)
            if message is None:
                return
            answered = self.answer(message)
            if answered is None:
                yield from super().send([message], log)
            else:
                yield Receipt(touch_id=message.touch_id, at=self._clock.now(), **answered)


class Company:
    """An engine and short words for what happens around it. *way_out* makes the transport; it is ``relay`` if None."""

    def __init__(
        self,
        url: str,
        *,
        now: datetime = MONDAY,
        way_out: Callable[[VirtualClock], Transport] | None = None,
        **engine,
    ) -> None:
        self.clock = VirtualClock(now)
        self.relay = Relay(self.clock)
        self.engine = Engine(
            database=Database(url, durable=False),
            transport=self.relay if way_out is None else way_out(self.clock),
            keyring=Keyring(b"k" * 32),
            clock=self.clock,
            **{"base_url": BASE_URL, **engine},
        )
        self.database = self.engine.database
        if self.database.version() is None:
            self.database.migrate()
        self.facts = 0

    def publish(self, written: Catalog | None = None, in_flight: InFlight | None = None) -> int:
        return self.engine.publish(
            written or catalog(), actor="a person", reason="a test", in_flight=in_flight
        )

    def enter(self, *names: str, **fields) -> tuple[int, ...]:
        """Leads 'name@x.example', created now."""
        people = [
            NewLead(reference=name, fields={"email": f"{name}@x.example", "first_name": name, **fields})
            for name in names
        ]
        return self.engine.enter_leads(people, source="import").lead_ids

    def happens(self, lead_id: int, kind: EventKind, *, at: datetime | None = None, **properties) -> None:
        """Record an event; it is absorbed at the next tick."""
        self.facts += 1
        event = Event(
            lead_id=lead_id,
            kind=kind,
            occurred_at=at or self.clock.now(),
            received_at=self.clock.now(),
            source="test",
            source_id=str(self.facts),
            properties=properties,
        )
        self.engine.record([event])

    def later(self, **delta: float) -> Ticked:
        """Let time pass, then tick."""
        self.clock.turn_to(self.clock.now() + timedelta(**delta))
        return self.engine.tick()

    def rows(self, what, *conditions):
        """Rows of a table that meet the conditions, by id where it has one."""
        statement = select(what).where(*conditions)
        order = [what.c[name] for name in ("lead_id", "id") if name in what.c]
        with self.database.reading() as connection:
            return connection.execute(statement.order_by(*order)).all()

    def touches(self, lead_id: int):
        return self.rows(table.touch, table.touch.c.lead_id == lead_id)

    def statuses(self, lead_id: int) -> list[tuple[str, str]]:
        return [(row.mail.partition("/")[2], row.status) for row in self.touches(lead_id)]

    def events(self, *kinds: EventKind):
        """Events of these kinds, in the order in which they were stored."""
        return sorted(self.rows(table.event, table.event.c.kind.in_(kinds)), key=lambda row: row.id)

    def decisions(self, touch_id: int):
        return self.rows(table.decision, table.decision.c.touch_id == touch_id)

    def state(self, lead_id: int) -> LeadState:
        (row,) = self.rows(table.lead_state, table.lead_state.c.lead_id == lead_id)
        return unpacked(row.state)

    def mailed(self) -> list[str]:
        """Which leads were mailed by their campaigns, in order; what people of ours are told is not in it."""
        touches = (message for message in self.relay.messages if message.touch_id < FIRST_MESSAGE)
        return [message.rcpt_to.partition("@")[0] for message in touches]
