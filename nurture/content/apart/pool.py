"""The servers of this process: started when they are first needed, asked by any thread, and gone when it ends."""

import atexit
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import RawIOBase
from threading import Semaphore
from typing import cast

import msgspec

from nurture.content.apart.limits import WALL_SECONDS
from nurture.content.apart.wire import Ended, Outcome, read, write
from nurture.log import get_log

log = get_log(__name__)

SERVERS_MAX = min(os.cpu_count() or 1, 4)
PATIENCE_SECONDS = 3 * WALL_SECONDS
"""A server that says nothing for so long is stopped or swapped out: it watches its jobs itself, and sooner."""
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All of our environment that a server has: no template reaches a secret, for where it runs there is none."""


OUTCOMES: msgspec.msgpack.Decoder[Outcome] = msgspec.msgpack.Decoder(Outcome)


def ask(job: bytes) -> Outcome:
    """What came of *job*, see ``jobs``."""
    return _pool.ask(job)


def ask_all(jobs: Sequence[bytes]) -> list[Outcome]:
    """What came of each, several at a time."""
    if len(jobs) < 2:
        return [ask(job) for job in jobs]
    with ThreadPoolExecutor(SERVERS_MAX) as threads:
        return list(threads.map(ask, jobs))


class GoneError(Exception):
    """A server has ended, or answers no more."""


class Server:
    """One server process. Asked by one thread at a time."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "nurture.content.apart.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the compiler tells its panics there, and they come back as its refusals
            bufsize=0,
            cwd="/",
            env={**environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,  # Ctrl+C is for whoever asks; this one ends with its input
        )
        self._jobs = cast("RawIOBase", self._process.stdin)  # which it is without a buffer
        self._answers = cast("RawIOBase", self._process.stdout)

    def ask(self, job: bytes) -> Outcome:
        """What came of *job*. Raises GoneError."""
        waiting = select.poll()
        waiting.register(self._answers, select.POLLIN)
        try:
            write(self._jobs, job)
            answer = read(self._answers) if waiting.poll(PATIENCE_SECONDS * 1000) else None
        except OSError as error:
            raise GoneError(str(error)) from None
        if answer is None:
            raise GoneError("it answers no more")
        return OUTCOMES.decode(answer)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._jobs.close()
        self._answers.close()

    def let_go(self) -> None:
        """Close our ends; where we are a fork of its owner, the owner goes on with it."""
        self._jobs.close()
        self._answers.close()
        self._process.returncode = 0  # what is not our child cannot be waited for


class Pool:
    """At most SERVERS_MAX servers, those that are idle kept."""

    def __init__(self) -> None:
        self._free = Semaphore(SERVERS_MAX)
        self._idle: list[Server] = []

    def ask(self, job: bytes) -> Outcome:
        with self._free:
            for _ in range(2):
                server = self._taken()
                try:
                    outcome = server.ask(job)
                except GoneError as error:  # somebody killed it, or the machine had no memory left
                    server.end()
                    log.warning("server gone", why=error)
                except BaseException:
                    server.end()
                    raise
                else:
                    self._idle.append(server)
                    return outcome
        return Ended("died", "read")

    def _taken(self) -> Server:
        try:
            return self._idle.pop()
        except IndexError:
            return Server()

    def end(self) -> None:
        while self._idle:
            self._idle.pop().end()

    def let_go(self) -> None:
        while self._idle:
            self._idle.pop().let_go()


_pool = Pool()


def _anew() -> None:
    """A forked process has servers of its own: no server hears two."""
    global _pool  # noqa: PLW0603 - one pool a process
    _pool.let_go()
    _pool = Pool()


def _end() -> None:
    _pool.end()


os.register_at_fork(after_in_child=_anew)
atexit.register(_end)
