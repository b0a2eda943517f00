"""A send under attack: a filled store, a sink that keeps an account of what arrived, and worker processes that come and go."""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event as Flag
from time import monotonic
from typing import Any

import msgspec
from sqlalchemy import func, select

from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.words import TouchStatus
from tests.chaos import worker
from tests.chaos.stores import MAIL, address, unlike_the_model

ROOT = Path(__file__).parents[2]
LATER = timedelta(hours=6)
"""Ahead of every lease and every first retry."""
LOOKS_SECONDS = 0.01
LATER_TURNS = 4
STILL_SECONDS = 3
ENDS_SECONDS = 30
OPEN = [status.value for status in TouchStatus if not status.is_final]

STILL_OPEN = select(func.count()).where(table.touch.c.mail == MAIL, table.touch.c.status.in_(OPEN))
NOT_ABSORBED = select(func.count()).where(table.event.c.absorbed_at.is_(None), table.event.c.lead_id > 0)
"""Visits of nobody in particular wait for the day on which it is known whose they were."""

# Forked from a process that has everything imported: a worker begins in a tenth of a second instead of two.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.chaos.worker"])


class Arrived:
    """The sink's account, read as it grows."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = 0
        self.count = 0
        self.recipients: Counter[str] = Counter()
        self.message_ids: dict[str, set[str]] = defaultdict(set)

    def look(self) -> int:
        """Read on; returns how many arrived so far."""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.decode().splitlines():
            message_id, recipient, _ = line.split(" ")
            self.count += 1
            self.recipients[recipient] += 1
            self.message_ids[recipient].add(message_id)
        return self.count


class Tally(msgspec.Struct, frozen=True):
    """What became of the messages, by the store's word and by the sink's.

    lost      not finished, or sent by the store's word and never arrived.
    extra     arrivals beyond the first of each.
    renamed   recipients whose mail came under more than one Message-ID.
    unlike    lead states that are not the model's.
    """

    lost: int
    doubled: int
    extra: int
    unknown: int
    renamed: int
    unlike: int
    statuses: dict[str, int]


class Attacked:
    """One send. Its *workers* share a home, unless each is given one of its own."""

    def __init__(
        self, directory: Path, url: str, messages: int, *, port: int, log: Path, **order: Any
    ) -> None:
        self.directory = directory
        self.url = url
        self.messages = messages
        self.arrived = Arrived(log)
        self._order = {"url": url, "port": port, **order}
        self.living: list[BaseProcess] = []

    def start(self, home: str = "home", **order: Any) -> BaseProcess:
        """A worker that has begun."""
        where = self.directory / home
        where.mkdir(exist_ok=True)
        began = processes.Event()
        given = worker.Order(**{**self._order, "home": where, **order})
        process = processes.Process(target=worker.main, args=(given, began), daemon=True)
        process.start()
        self.living.append(process)
        while not began.wait(LOOKS_SECONDS) and process.is_alive():
            pass
        return process

    def until_finished(self, patience: float) -> bool:
        """Wait until no message is left to send; not longer than *patience* seconds in which nothing comes to its end."""
        left, moved_at = self.left(), monotonic()
        while left:
            rest(0.1)
            if (now_left := self.left()) != left:
                left, moved_at = now_left, monotonic()
            elif monotonic() - moved_at > patience:
                return False
        return True

    def left(self) -> int:
        """Messages whose fate is not settled yet, and outcomes that their leads have not been told."""
        with self.database() as database, database.reading() as connection:
            return sum(connection.execute(each).scalar_one() for each in (STILL_OPEN, NOT_ABSORBED))

    def stop(self, process: BaseProcess) -> float:
        """Tell it to end; how many seconds that took. It is killed where it takes too long."""
        began = monotonic()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        process.join(ENDS_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
        self.living.remove(process)
        return monotonic() - began

    def finish(self) -> bool:
        """Let a last worker do what is left, ever later: leases run out, and what was deferred is tried again."""
        for turn in range(LATER_TURNS):
            for process in list(self.living):
                self.stop(process)
            self.start(skew=turn * LATER)
            if self.until_finished(STILL_SECONDS if turn < LATER_TURNS - 1 else 10 * STILL_SECONDS):
                break
        for process in list(self.living):
            self.stop(process)
        return self.left() == 0

    def tally(self) -> Tally:
        """The account, when nothing moves any more."""
        self.arrived.look()
        recipients = self.arrived.recipients
        with self.database() as database, database.reading() as connection:
            rows = connection.execute(
                select(table.touch.c.lead_id, table.touch.c.status).where(table.touch.c.mail == MAIL)
            ).all()
        statuses = Counter(row.status for row in rows)
        kept = {TouchStatus.SENT.value, TouchStatus.UNKNOWN.value}
        lost = sum(row.status not in kept for row in rows) + (self.messages - len(rows))
        lost += sum(row.status == TouchStatus.SENT and address(row.lead_id) not in recipients for row in rows)
        return Tally(
            lost=lost,
            doubled=sum(count > 1 for count in recipients.values()),
            extra=sum(recipients.values()) - len(recipients),
            unknown=statuses[TouchStatus.UNKNOWN.value],
            renamed=sum(len(ids) > 1 for ids in self.arrived.message_ids.values()),
            unlike=len(unlike_the_model(self.url)),
            statuses=dict(statuses),
        )

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = Database(self.url)
        try:
            yield database
        finally:
            database.close()

    def worker_log(self, home: str = "home") -> str:
        return (self.directory / home / "log").read_text()


@contextmanager
def sink(directory: Path, seed: int, delay_milliseconds: int = 200) -> Iterator[tuple[int, Path]]:
    """A sink process; yields its port and where its account is."""
    log = directory / "arrived"
    log.touch()
    command = [sys.executable, "-m", "tests.chaos.sink", log, str(seed), str(delay_milliseconds)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), log
    finally:
        process.kill()
        process.communicate()


@contextmanager
def attacked(
    url: str, messages: int, *, seed: int, delay_milliseconds: int = 200, **order: Any
) -> Iterator[Attacked]:
    """A send from a store that is full already, in a directory of its own."""
    with TemporaryDirectory(prefix="nurture-chaos-") as name:
        directory = Path(name)
        with sink(directory, seed, delay_milliseconds) as (port, log):
            send = Attacked(directory, url, messages, port=port, log=log, **order)
            try:
                yield send
            finally:
                for process in send.living:
                    process.kill()
                    process.join()


def rest(seconds: float) -> None:
    """Let other processes work."""
    Flag().wait(seconds)


def told(tally: Tally) -> str:
    return json.dumps(msgspec.to_builtins(tally))


def chance(seed: int, *what: object) -> random.Random:
    """A source of chance for one thing under one seed."""
    return random.Random(f"{seed}:{what}")
