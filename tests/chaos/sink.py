"""An SMTP server for chaos, a process of its own: what it accepts is on its disk before it says so, up to 200 ms later.

    python -m tests.chaos.sink LOG SEED DELAY_MILLISECONDS

prints its port. Each accepted message is a line of LOG: Message-ID, recipient, SHA-256 of the content. Sessions are many,
PIPELINING is offered. A client that greets as ``POINT-COUNT.PID.chaos.example`` asks for its own death: it is killed with -9
at the COUNTth such point of its sessions, so that it cannot even notice.

    rcpt    its RCPT was read and not yet answered
    dot     its message is accepted, on the disk, and not yet answered
    answer  the 250 has just been written
"""

import hashlib
import os
import random
import re
import selectors
import signal
import socket
import sys
from collections import Counter
from contextlib import suppress
from heapq import heappop, heappush
from pathlib import Path
from time import monotonic

END = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
CONDEMNED = re.compile(r"(rcpt|dot|answer)-(\d+)\.(\d+)\.chaos\.example")
READ_MAX = 1 << 18


class Sink:
    """One selector loop: all that came in together is written with one fdatasync, then each waits out its delay."""

    def __init__(self, log: Path, seed: int, delay_seconds: float) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._chance = random.Random(seed)
        self._delay_seconds = delay_seconds
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port = self._listener.getsockname()[1]
        self._answers: list[tuple[float, int, Session]] = []
        self._count = 0
        self._passed: Counter[tuple[int, str]] = Counter()
        self.accepted: list[tuple[Session, bytes]] = []

    def serve(self) -> None:
        while True:
            wait = max(0.0, self._answers[0][0] - monotonic()) if self._answers else None
            for key, _ in self._selector.select(wait):
                if key.data is None:
                    self._greet()
                elif not key.data.read():
                    self._selector.unregister(key.fileobj)
                    key.fileobj.close()
            if self.accepted:
                self._keep()
            while self._answers and self._answers[0][0] <= monotonic():
                session = heappop(self._answers)[2]
                session.say(b"250 2.0.0 kept\r\n")
                session.reach("answer")
                session.go_on()

    def passes(self, pid: int, point: str, count: int) -> None:
        """Kill *pid* where it has reached its point so often."""
        self._passed[pid, point] += 1
        if self._passed[pid, point] == count:
            with suppress(ProcessLookupError):  # something else was quicker
                os.kill(pid, signal.SIGKILL)

    def _greet(self) -> None:
        peer, _ = self._listener.accept()
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = Session(self, peer)
        self._selector.register(peer, selectors.EVENT_READ, session)
        session.say(b"220 sink.example ESMTP\r\n")

    def _keep(self) -> None:
        kept, self.accepted = self.accepted, []
        os.write(self._log, b"".join(line for _, line in kept))
        os.fdatasync(self._log)
        for session, _ in kept:
            self._count += 1
            # Most answers come soon and some late: with even chances, 100,000 messages would take an hour.
            delay = self._delay_seconds * self._chance.random() ** 3
            heappush(self._answers, (monotonic() + delay, self._count, session))
            session.reach("dot")


class Session:
    def __init__(self, sink: Sink, peer: socket.socket) -> None:
        self._sink = sink
        self._peer = peer
        self._input = bytearray()
        self._searched = 0
        self._reads_body = False
        self._waits = False
        self._recipient = b""
        self._condemned: tuple[str, int, int] | None = None

    def read(self) -> bool:
        """Take what came. False at the end of the connection."""
        try:
            data = self._peer.recv(READ_MAX)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._input += data
        if not self._waits:
            self.go_on()
        return bool(data)

    def say(self, words: bytes) -> None:
        with suppress(OSError):  # the client is dead, which is what we are for
            self._peer.send(words)

    def reach(self, point: str) -> None:
        if self._condemned is not None and self._condemned[0] == point:
            _, count, pid = self._condemned
            self._sink.passes(pid, point, count)

    def go_on(self) -> None:
        """Do what has come in whole."""
        self._waits = False
        replies = b""
        while not self._waits:
            if self._reads_body:
                end = self._input.find(END, max(0, self._searched - len(END)))
                if end < 0:
                    self._searched = len(self._input)
                    break
                self._accept(bytes(self._input[: end + 2]))
                del self._input[: end + len(END)]
            else:
                line, found, _ = self._input.partition(b"\r\n")
                if not found:
                    break
                del self._input[: len(line) + 2]
                replies += self._obey(bytes(line))
        if replies:
            self.say(replies)

    def _obey(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO":
                if condemned := CONDEMNED.fullmatch(line[5:].decode()):
                    self._condemned = (condemned[1], int(condemned[2]), int(condemned[3]))
                return b"250-sink.example\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n"
            case b"RCPT":
                self._recipient = line[line.index(b"<") + 1 : line.index(b">")]
                self.reach("rcpt")
                return b"250 2.1.5 ok\r\n"
            case b"DATA":
                self._reads_body, self._searched = True, 0
                return b"354 go on\r\n"
            case b"QUIT":
                return b"221 2.0.0 bye\r\n"
            case _:
                return b"250 2.0.0 ok\r\n"

    def _accept(self, body: bytes) -> None:
        self._reads_body, self._waits = False, True
        found = MESSAGE_ID.search(body)
        digest = hashlib.sha256(body).hexdigest().encode()
        line = b"%b %b %b\n" % (found[1] if found else b"-", self._recipient, digest)
        self._sink.accepted.append((self, line))


if __name__ == "__main__":
    sink = Sink(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000)
    sys.stdout.write(f"{sink.port}\n")
    sys.stdout.flush()
    sink.serve()
