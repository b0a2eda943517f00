"""R6: the store misbehaves in the middle of a send: it is held by another, full, restarted, cut off at a commit."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import psycopg

from tests.chaos.attacked import Attacked, attacked, rest
from tests.chaos.figures import Figures, Options, bounds
from tests.chaos.full import small_disk
from tests.chaos.lost_answers import proxy
from tests.chaos.power import COPIES, copied
from tests.chaos.stores import away, database_of, fill, postgres
from tests.chaos.unanswered import asked_while_away, asked_while_held

MESSAGES = 3_000
BUSY_SECONDS = 40
"""So long that a worker which comes to write some seconds later has waited for 30 s in vain."""
FULL_EVERY = 10
ROUNDS = 10
LOST_EVERY = 10
CONNECTIONS = 8
RECOVERS_SECONDS = 60

Trouble = Callable[[Attacked], int]
"""Makes it, and says how often it happened."""


def run(options: Options) -> Iterator[Figures]:
    messages, rounds, seed = options.messages or MESSAGES, options.rounds or ROUNDS, options.seed
    size = {"messages": messages, "seed": seed}
    if "sqlite" in options.backends():
        with TemporaryDirectory(prefix="nurture-chaos-store-") as name:
            urls = (f"sqlite:///{Path(name) / f'store-{number}'}" for number in range(9))
            seconds = options.seconds or BUSY_SECONDS
            yield through(
                next(urls), f"SQLITE_BUSY for {seconds} s", lambda send: hold(send, seconds), **size
            )
            what = f"SQLITE_FULL at every {FULL_EVERY}th write"
            yield through(next(urls), what, until_sent, full=FULL_EVERY, **size)
            copies = options.rounds or COPIES
            yield copied(next(urls), messages=options.messages or COPIES * 20, copies=copies, seed=seed)
            yield asked_while_held(Path(name) / "installed", seed=seed, seconds=seconds)
        if os.geteuid() == 0:  # who may make a disk
            with small_disk() as disk:
                yield on_a_full_disk(disk, **size)
    if "postgresql" in options.backends():
        with postgres() as server:
            what = "PostgreSQL restarted, -m immediate"
            yield through(database_of(server), what, lambda send: restart(send, server, rounds), **size)
            what = "connections terminated while committing"
            yield through(database_of(server), what, lambda send: terminate(send, 10 * rounds), **size)
            yield with_lost_answers(database_of(server), every=LOST_EVERY, **size)
            url = database_of(server)
            yield asked_while_away(url, url, lambda: away(server), seed=seed)


def through(
    url: str,
    what: str,
    trouble: Trouble,
    *,
    messages: int,
    seed: int,
    delay_milliseconds: int = 40,
    reached: str | None = None,
    home: Path | None = None,
    unknown_each: int = 0,
    **order: Any,
) -> Figures:
    """Send while it happens; afterwards everything goes on by itself.

    reached       by which URL the worker reaches the store; None for *url*.
    home          where the worker's journal lies; None beside the sink's log.
    unknown_each  how many mails may be of unknown fate each time that it happens.
    """
    fill(url, messages)
    with attacked(url, messages, seed=seed, delay_milliseconds=delay_milliseconds) as send:
        if home is not None:
            home.mkdir()
            (send.directory / "home").symlink_to(home)
        process = send.start(url=reached or url, connections=CONNECTIONS, **order)
        reach(send, 0.1)
        times = trouble(send)
        began = monotonic()
        in_time = send.until_finished(RECOVERS_SECONDS)
        seconds = monotonic() - began
        lives = process.is_alive()
        failed = send.worker_log().count("tick failed")
        finished = send.finish()
        tally = send.tally()
    return Figures(
        row="R6",
        what=what,
        seed=seed,
        numbers={
            "messages": messages,
            "times": times or failed,
            "turns that failed": failed,
            "lost": tally.lost,
            "doubled": tally.doubled,
            "unknown": tally.unknown,
            "states unlike": tally.unlike,
            "all sent after seconds": round(seconds, 1),
        },
        broken=bounds(
            it_happened=failed > 0,
            finished=finished,
            alone_and_soon=in_time,
            worker_lives=lives,
            none_lost=tally.lost == 0,
            none_doubled=tally.doubled == 0,
            few_unknown=tally.unknown <= unknown_each * failed,
            states_as_the_model=tally.unlike == 0,
            integrity=is_whole(url),
        ),
    )


def reach(send: Attacked, share: float) -> None:
    """Wait until so much has arrived."""
    while send.arrived.look() < share * send.messages and send.living[0].is_alive():
        rest(0.01)


def hold(send: Attacked, seconds: float) -> int:
    """Somebody else writes and does not end."""
    with closing(sqlite3.connect(path_of(send.url), timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        rest(seconds)
        other.execute("ROLLBACK")
    return 1


def until_sent(send: Attacked) -> int:
    """It happens by itself, for as long as there is something to send."""
    send.until_finished(RECOVERS_SECONDS)
    return 0


def on_a_full_disk(disk: Path, *, messages: int, seed: int) -> Figures:
    """Store and journal share a disk that something else fills: whatever is written just then is refused."""
    return through(
        f"sqlite:///{disk / 'store'}",
        f"disk full (ENOSPC) at every {FULL_EVERY}th write",
        until_sent,
        messages=messages,
        seed=seed,
        home=disk / "home",
        unknown_each=CONNECTIONS,
        full=FULL_EVERY,
        ballast=disk / "ballast",
    )


def restart(send: Attacked, server: Any, times: int) -> int:
    for turn in range(times):
        reach(send, 0.1 + 0.8 * turn / times)
        with away(server):
            rest(0.5)
    return times


def terminate(send: Attacked, times: int) -> int:
    """End the worker's connection in the middle of a transaction, so often, and every other time in its COMMIT."""
    ended = 0
    with psycopg.connect(send.url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for turn in range(times):
            reach(send, 0.1 + 0.8 * turn / times)
            found, looks = 0, 0
            while not found and looks < 2 * LOOKS and send.living[0].is_alive():
                looks += 1
                found = connection.execute(COMMITTING if turn % 2 and looks < LOOKS else AT_WORK).rowcount
            ended += found
    return ended


OTHERS = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
COMMITTING = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS} AND state = 'active' AND query = 'COMMIT'"
AT_WORK = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS} AND state <> 'idle'"
LOOKS = 500


def with_lost_answers(url: str, *, messages: int, seed: int, every: int, **more: Any) -> Figures:
    """One COMMIT in so many takes effect, and nobody learns of it."""
    with proxy(url, every=every, seed=seed) as (past, between):

        def until_enough(send: Attacked) -> int:
            until_sent(send)
            return between.count

        return through(
            url,
            f"the answer to one COMMIT in {every} is lost",
            until_enough,
            messages=messages,
            seed=seed,
            reached=past,
            **more,
        )


def is_whole(url: str) -> bool:
    """What SQLite finds in the whole file; PostgreSQL starts only where its own log could be replayed."""
    if not url.startswith("sqlite"):
        return True
    with closing(sqlite3.connect(path_of(url))) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def path_of(url: str) -> str:
    return url.removeprefix("sqlite:///")
