"""Power cuts: store, log and journal are copied in the middle of writing, and an engine goes on with what the disk held then."""

import os
import random
import shutil
import signal
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from time import monotonic

import msgspec
from sqlalchemy import select

from nurture.app import SystemClock
from nurture.delivery.journal import Held, framed, unframed
from nurture.delivery.memory import MemoryTransport
from nurture.engine.arming import FILE, Arming
from nurture.engine.engine import Engine
from nurture.engine.recover import Journals
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.database import Database
from tests.chaos.attacked import Attacked, attacked, chance, rest
from tests.chaos.figures import Figures, Progress, bounds
from tests.chaos.stores import MAIL, address, fill
from tests.chaos.worker import KEY

COPIES, BATCH = 100, 100
CONNECTIONS, MARKED = 8, 64
RECOVERS_SECONDS = 60
STORE = "store"


class Went(msgspec.Struct, frozen=True):
    """How it went on with one copy.

    whole    by SQLite's own check of the file.
    armed    it went on without a word from anybody.
    said     whom the copy had mailed by its own word, when it was opened.
    mailed   whom it mailed when it went on.
    ended    its touches at the end, by status.
    """

    whole: bool
    armed: bool
    said: frozenset[str]
    mailed: Counter[str]
    ended: dict[str, set[str]]
    seconds: float


def copied(
    url: str, *, messages: int, copies: int, seed: int, delay_milliseconds: int = 40, batch: int = BATCH
) -> Figures:
    """Cut the power so often, evenly over the send: every other machine starts anew, and has lost lines of its journal."""
    fill(url, messages)
    progress, counts, slowest, most = Progress("R6 power cut"), Counter[str](), 0.0, 0
    with attacked(url, messages, seed=seed, delay_milliseconds=delay_milliseconds) as send:
        process = send.start(batch=batch, connections=CONNECTIONS, arms=True)
        for number in range(copies):
            random = chance(seed, "power", number)
            while send.arrived.look() < messages * number / copies and process.is_alive():
                rest(0.01)
            rest(random.uniform(0, 0.05))
            copy, anew = send.directory / f"copy-{number}", bool(number % 2)
            os.kill(
                process.pid, signal.SIGSTOP
            )  # until its copy is judged, or it would have sent everything by the second
            try:
                left_behind(send, copy, torn=random.randbytes(random.randint(0, 4_096)))
                rest(0.05)  # what is on the wire arrives
                send.arrived.look()
                if anew:
                    starts_anew(copy, random)
                counts["in mid-batch"] += any(each.stat().st_size for each in copy.glob("journal/*.journal"))
                before = frozenset(send.arrived.recipients)
                went = go_on(copy)
            finally:
                os.kill(process.pid, signal.SIGCONT)
            shutil.rmtree(copy)
            counts += judged(went, before, messages)
            slowest, most = max(slowest, went.seconds), max(most, len(went.ended.get("unknown", ())))
            counts["too many unknown"] += len(went.ended.get("unknown", ())) > CONNECTIONS + anew * MARKED
            progress.say(f"{number + 1} copies")
    return Figures(
        row="R6",
        what="power cut, copied in mid-write",
        seed=seed,
        numbers={
            "copies": copies,
            "in mid-batch": counts["in mid-batch"],
            "not whole": counts["not whole"],
            "lost": counts["lost"],
            "doubled": counts["doubled"],
            "said sent and never arrived": counts["untrue"],
            "most unknown": most,
            "slowest goes on in seconds": round(slowest, 1),
        },
        broken=bounds(
            in_mid_batch=counts["in mid-batch"] >= copies / 2,
            integrity=not counts["not whole"],
            armed=not counts["not armed"],
            none_lost=not counts["lost"],
            none_doubled=not counts["doubled"],
            what_it_says_is_true=not counts["untrue"],
            few_unknown=not counts["too many unknown"],
            soon=slowest < RECOVERS_SECONDS,
        ),
    )


def judged(went: Went, before: frozenset[str], messages: int) -> Counter[str]:
    """What is wrong with one copy, counted; *before*: whom the worker had mailed when it was cut off."""
    sent, unknown = went.ended.get("sent", set()), went.ended.get("unknown", set())
    arrived = before | went.mailed.keys()
    twice = sum(count > 1 for count in went.mailed.values()) + len(before & went.mailed.keys())
    return Counter(
        {
            "not whole": int(not went.whole),
            "not armed": int(not went.armed),
            "lost": messages - len(sent) - len(unknown) + len(sent - arrived),
            "doubled": twice,
            "untrue": len(went.said - before),
        }
    )


def left_behind(send: Attacked, copy: Path, *, torn: bytes) -> None:
    """What a disk holds after a power cut: the store, its log with a write that was under way, the home."""
    copy.mkdir()
    store = Path(send.url.removeprefix("sqlite:///"))
    shutil.copy(store, copy / STORE)
    wal = store.with_name(f"{store.name}-wal")
    if wal.exists():
        (copy / f"{STORE}-wal").write_bytes(wal.read_bytes() + torn)
    home = send.directory / "home"
    if (home / "journal").exists():
        shutil.copytree(home / "journal", copy / "journal")
    if (home / FILE).exists():
        shutil.copy(home / FILE, copy / FILE)


def starts_anew(copy: Path, random: random.Random) -> None:
    """Another run of the machine: of the lines that the disk was not told to keep, the last ones may be missing."""
    for journal in (copy / "journal").glob("*.journal"):
        lines = [unframed(line) for line in journal.read_bytes().splitlines(keepends=True)]
        whole = [line for line in lines if line is not None]
        synced = max((place for place, line in enumerate(whole) if isinstance(line, Held)), default=-1) + 1
        kept = whole[: random.randint(synced, len(whole))]
        told = [
            Held("another run", each.touches, each.claimed) if isinstance(each, Held) else each
            for each in kept
        ]
        journal.write_bytes(b"".join(map(framed, told)))


def go_on(copy: Path) -> Went:
    """Let an engine go on with a copy by itself."""
    began = monotonic()
    with closing(sqlite3.connect(copy / STORE)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database, clock = Database(f"sqlite:///{copy / STORE}", durable=False), SystemClock()
    said = by_status(database).get("sent", set())
    transport = MemoryTransport(clock)
    arming = Arming(database, copy, clock, lambda: "another")
    armed = arming.is_armed
    engine = Engine(
        database=database,
        transport=transport,
        keyring=Keyring(KEY),
        clock=clock,
        base_url="http://127.0.0.1:8025",
        journals=Journals(copy / "journal"),
        arming=arming,
    )
    engine.tick()
    ended = by_status(database)
    engine.close()
    known = set().union(*ended.values())
    mailed = Counter(each.rcpt_to for each in transport.messages if each.rcpt_to in known)
    return Went(whole, armed, frozenset(said), mailed, ended, monotonic() - began)


def by_status(database: Database) -> dict[str, set[str]]:
    """Whom the store says is to be mailed, by what became of it."""
    with database.reading() as connection:
        rows = connection.execute(
            select(table.touch.c.lead_id, table.touch.c.status).where(table.touch.c.mail == MAIL)
        ).all()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.status, set()).add(address(row.lead_id))
    return found
