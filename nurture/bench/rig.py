"""An engine over a store of its own, full of leads that all have a mail waiting: one lead is taken in for real, the others
are its twins.

A twin's rows are those of the first lead with another id and another address; a test holds them equal to what the engine
makes of the same person. So a million leads are there in minutes, where deciding about each takes far longer.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from nurture.bench.turns import absorb_all
from nurture.bench.twins import add_twins
from nurture.content.catalog import load
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.recover import Journals
from nurture.engine.track import SpooledTracks
from nurture.identity import Keyring
from nurture.ports import Clock, Transport
from nurture.simulation.clock import VirtualClock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.tracking.spool import Spool
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
    sent       whether they have had their first mail; else it waits for a month, unless ``wake`` makes it due.
    """

    def __init__(self, directory: Path, leads: int, *, sent: bool = False) -> None:
        self.directory = directory
        self.leads = leads
        self._filled = directory / "filled.sqlite"
        engine = _engine(self._filled, MemoryTransport, directory, START, durable=False)
        engine.publish(load(PROGRAMME / "campaigns", PROGRAMME / "templates"), actor="bench", reason="bench")
        if leads:
            engine.enter_leads([person(1)], source="import")
            absorb_all(engine)
            if sent:
                engine.tick()
            else:
                _postpone(engine)
            add_twins(engine.database, leads, address)
        engine.close()

    @contextmanager
    def engine(
        self,
        transport: Callable[[Clock], Transport] = MemoryTransport,
        *,
        hits: Sequence[bytes] = (),
        now: datetime = START,
    ) -> Iterator[Engine]:
        """An engine over a copy of the store, as durable as in production, with *hits* waiting in its spool."""
        with TemporaryDirectory(dir=self.directory) as name:
            copy = Path(name)
            shutil.copyfile(self._filled, copy / "nurture.sqlite")
            if hits:
                spool = Spool(copy / "spool", VirtualClock(now))
                spool.append(*hits)
                spool.close()
            engine = _engine(copy / "nurture.sqlite", transport, copy, now, durable=True)
            try:
                engine.live.programme  # noqa: B018 read and compiled once, before anything is measured
                yield engine
            finally:
                engine.close()


@contextmanager
def rig(leads: int, *, sent: bool = False) -> Iterator[Rig]:
    """A rig in a directory that is gone afterwards."""
    with TemporaryDirectory(prefix="nurture-bench-") as directory:
        yield Rig(Path(directory), leads, sent=sent)


def wake(engine: Engine, leads: range) -> None:
    """Let the mails of these leads be due now."""
    with engine.database.writing() as connection:
        for waiting in (table.due, table.touch):
            connection.execute(
                update(waiting)
                .where(waiting.c.lead_id >= leads.start, waiting.c.lead_id < leads.stop)
                .where((waiting.c.lead_id - leads.start) % leads.step == 0)
                .where(waiting.c.due_at == START + REST)
                .values(due_at=START)
            )


def _postpone(engine: Engine) -> None:
    """Let what is due rest, as a gate does that defers a touch."""
    with engine.database.writing() as connection:
        for waiting in (table.due, table.touch):
            connection.execute(update(waiting).values(due_at=START + REST))


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


def _engine(
    path: Path, transport: Callable[[Clock], Transport], directory: Path, now: datetime, *, durable: bool
) -> Engine:
    clock = VirtualClock(now)
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
        journals=Journals(directory / "journal"),
    )
