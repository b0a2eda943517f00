"""The processes that answer: pages, webhooks, tracking. Each answer is given after its commit, or not at all."""

from datetime import timedelta

from sqlalchemy import text

from nurture.delivery.memory import MemoryTransport
from nurture.engine.intake import add_events
from nurture.engine.live import Live
from nurture.simulation.faults.ground import Ground, MachineClock
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.shelf import BASE_URL, ShelvedEngine
from nurture.simulation.faults.store import TroubledDatabase
from nurture.simulation.faults.worker import KEYRING, REPLY_DOMAIN
from nurture.store import records as table
from nurture.store.mapping import event_row
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event

STEP = timedelta(milliseconds=3)
NEXT_EVENT = text("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'event' RETURNING seq")


class Web:
    """All of them in one: what they do is one transaction each."""

    name = "web"

    def __init__(self, ground: Ground, oracle: Oracle, clock: MachineClock) -> None:
        self.clock = clock
        self._ground = ground
        self._oracle = oracle
        self.engine = ShelvedEngine(
            ground.shelf,
            database=TroubledDatabase(ground, self),
            transport=MemoryTransport(clock),
            keyring=KEYRING,
            clock=clock,
            base_url=BASE_URL,
            reply_domain=REPLY_DOMAIN,
        )

    @property
    def live(self) -> Live:
        return self.engine.at_hand

    def point(self, where: str) -> None:
        """See ``store.Process``: time passes, and no more."""
        del where
        self._ground.pass_time(STEP)

    def committed(self) -> None:
        """See ``store.Process``."""
        self._ground.answers += 1
        self._oracle.look(self)

    def take_number(self) -> int:
        """The number of an event that will be committed later, as PostgreSQL gives it."""
        with self._ground.database.writing() as connection:
            number: int = connection.execute(NEXT_EVENT).scalar_one()
        self._oracle.folds.late.add(number)
        return number

    def record_late(self, number: int, event: Event) -> None:
        """Commit an event whose number was taken before."""
        with self.engine.database.writing() as connection:
            insert_if_new(connection, table.event, [{**event_row(event), "id": number}])

    def record(self, event: Event) -> None:
        with self.engine.database.writing() as connection:
            add_events(connection, [event])
