"""An engine over a store of its own, full of leads that all have a mail waiting: one lead is taken in for real, the others
are its twins.

A twin's rows are those of the first lead with another id and another address; a test holds them equal to what the engine
makes of the same person. So a million leads are there in minutes, where deciding about each takes far longer.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from nurture.bench.twins import add_twins
from nurture.content.catalog import load
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine, Ticked
from nurture.engine.intake import NewLead
from nurture.engine.track import SpooledTracks
from nurture.identity import Keyring
from nurture.ports import Clock, Transport
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.lead import FieldValue

START = datetime(2026, 3, 3, 10, tzinfo=UTC)
"""A Tuesday on which no one in Europe has a holiday, at an hour when every window is open."""
REST = timedelta(days=30)
"""How long a mail waits that is not woken."""
KEYRING = Keyring(b"a key for measurements, which signs nothing else")
BASE_URL = "https://t.bench.example"
PROGRAMME = Path(__file__).parent / "programme"


class Rig:
    """Hands out engines over fresh copies of one filled store.

    directory  removed with everything in it when the measurement ends; on the disk that TMPDIR names.
    leads      have the ids 1 to *leads*.
    """

    def __init__(self, directory: Path, leads: int) -> None:
        self.directory = directory
        self.leads = leads
        self._filled = directory / "filled.sqlite"
        engine = _engine(self._filled, MemoryTransport, directory, durable=False)
        engine.publish(load(PROGRAMME / "campaigns", PROGRAMME / "templates"), actor="bench", reason="bench")
        if leads:
            engine.enter_leads([person(1)], source="import")
            absorb_all(engine)
            add_twins(engine.database, leads, address, rest_until=START + REST)
        engine.close()

    @contextmanager
    def engine(self, transport: Callable[[Clock], Transport] = MemoryTransport) -> Iterator[Engine]:
        """An engine over a copy of the store, as durable as in production."""
        with TemporaryDirectory(dir=self.directory) as copy:
            path = Path(copy) / "nurture.sqlite"
            shutil.copyfile(self._filled, path)
            engine = _engine(path, transport, Path(copy), durable=True)
            try:
                engine.live.programme  # noqa: B018 read and compiled once, before anything is measured
                yield engine
            finally:
                engine.close()


@contextmanager
def rig(leads: int) -> Iterator[Rig]:
    """A rig with so many leads, whose mails wait for a month; ``wake`` makes them due."""
    with TemporaryDirectory(prefix="nurture-bench-") as directory:
        yield Rig(Path(directory), leads)


def wake(engine: Engine, leads: range) -> None:
    """Let the mails of these leads be due now."""
    with engine.database.writing() as connection:
        for waiting in (table.due, table.touch):
            connection.execute(
                update(waiting)
                .where(waiting.c.lead_id >= leads.start, waiting.c.lead_id < leads.stop)
                .where(waiting.c.due_at == START + REST)
                .values(due_at=START)
            )


def deliver_all(engine: Engine) -> int:
    """Send what is due, without absorbing what comes of it. Returns how many were sent."""
    live, ticked = engine.live, Ticked()
    while engine._deliver_batch(live, ticked):  # noqa: SLF001 half a tick, which only measurements want
        pass
    return ticked.sent


def absorb_all(engine: Engine) -> int:
    """Absorb what waits. Returns how many events there were."""
    ticked = Ticked()
    engine._absorb_all(engine.live, ticked)  # noqa: SLF001 half a tick, which only measurements want
    return ticked.absorbed


def person(number: int) -> NewLead:
    """The person who is lead *number*."""
    fields: dict[str, FieldValue] = {
        "email": address(number),
        "first_name": "Åsa",
        "last_name": "Öberg",
        "company": "Example & Sons",
        "job_title": "CFO",
        "seniority": "vp",
        "company_size": 300,
        "industry": "wholesale",
    }
    return NewLead(reference=str(number), fields=fields)


def address(number: int) -> str:
    """The address of lead *number*, in one of a thousand domains."""
    return f"asa.{number}@company-{number % 1000}.example"


def _engine(path: Path, transport: Callable[[Clock], Transport], directory: Path, *, durable: bool) -> Engine:
    clock = VirtualClock(START)
    database = Database(f"sqlite:///{path}", durable=durable)
    database.migrate()
    spool = directory / "spool"
    spool.mkdir(exist_ok=True)
    return Engine(
        database=database,
        transport=transport(clock),
        keyring=KEYRING,
        clock=clock,
        base_url=BASE_URL,
        tracks=SpooledTracks(spool),
    )
