"""An SMTP server that misbehaves on cue, and remembers every message that it took."""

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from typing import Self

import msgspec

Act = Callable[["Session"], bool]
"""What to do instead of the right thing. Returns whether the session goes on."""


class Taken(msgspec.Struct, frozen=True):
    """A message that the relay took, with the envelope under which it did."""

    mail_from: str
    rcpt_to: str
    data: bytes


class ScriptedRelay:
    """Serves on ``port``. ``faults`` maps (verb, n) to what happens at the n-th such verb of all sessions.

    Verbs: CONNECT, EHLO, STARTTLS, AUTH, RSET, MAIL, RCPT, DATA, DOT (the end of a body), BODY (its first line).
    """

    def __init__(
        self,
        faults: dict[tuple[str, int], Act] | None = None,
        *,
        offers: tuple[str, ...] = ("PIPELINING", "ENHANCEDSTATUSCODES"),
        sessions_max: int = 1_000,
        lenient: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """*lenient*: answers 354 to DATA though it refused every recipient. *sessions_max*: at once. *tls*: for STARTTLS."""
        self.faults = faults or {}
        self.offers = offers
        self.sessions_max = sessions_max
        self.lenient = lenient
        self.tls = tls
        self.taken: list[Taken] = []
        self.heard: list[str] = []
        self.counts: Counter[str] = Counter()
        self.live = 0
        self.lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def wait(self, seconds: float | None = None) -> None:
        """Wait so long, or until the test is over."""
        self._closing.wait(seconds)

    def _accept(self) -> None:
        while True:
            peer, _ = self._listener.accept()
            if self._closing.is_set():
                peer.close()
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=Session(self, peer).serve)
            self._threads.append(thread)
            thread.start()


class Session:
    def __init__(self, relay: ScriptedRelay, peer: socket.socket) -> None:
        self.relay = relay
        self.peer = peer
        self.input = peer.makefile("rb")
        self.mail_from: str | None = None
        self.rcpt_to: str | None = None
        self.inviting = False
        self.heard_recipient = ""
        self.body = b""
        self.pace = 0.0

    def serve(self) -> None:
        try:
            with self.relay.lock:
                self.relay.live += 1
                full = self.relay.live > self.relay.sessions_max
            if full:
                self.say("421 4.7.0 too many connections")
            elif self.meet("CONNECT", lambda: self.say("220 relay.example ESMTP")):
                while self.obey(self.input.readline()):
                    pass
        except OSError:
            pass  # The client has dropped us, as it may.
        finally:
            with self.relay.lock:
                self.relay.live -= 1
            self.input.close()
            self.peer.close()

    def say(self, *lines: str) -> bool:
        marks = ["-"] * (len(lines) - 1) + [" "]
        text = "".join(f"{line[:3]}{mark}{line[4:]}\r\n" for line, mark in zip(lines, marks, strict=True))
        if self.pace:
            for byte in text.encode():
                self.peer.sendall(bytes([byte]))
                self.relay.wait(self.pace)
        else:
            self.peer.sendall(text.encode())
        return True

    def meet(self, verb: str, duty: Callable[[], bool]) -> bool:
        """Do one's duty at this verb, unless the script has something else in mind."""
        with self.relay.lock:
            self.relay.counts[verb] += 1
            act = self.relay.faults.get((verb, self.relay.counts[verb]))
        return act(self) if act else duty()

    def obey(self, line: bytes) -> bool:
        if not line:
            return False
        verb = line.split()[0].decode("ascii", "replace").upper().partition(":")[0]
        self.relay.heard.append(line.decode("utf-8", "replace").strip())
        argument = line.decode("utf-8", "replace")
        match verb:
            case "EHLO":
                return self.meet(
                    verb, lambda: self.say("250 relay.example", *(f"250 {o}" for o in self.relay.offers))
                )
            case "STARTTLS" if self.relay.tls is not None:
                return self.meet(verb, self.secure)
            case "AUTH":
                return self.meet(verb, lambda: self.say("235 2.7.0 welcome"))
            case "RSET":
                self.mail_from = self.rcpt_to = None
                return self.meet(verb, lambda: self.say("250 2.0.0 flushed"))
            case "MAIL":
                return self.meet(verb, lambda: self.take_sender(argument))
            case "RCPT":
                self.heard_recipient = argument[argument.index("<") + 1 : argument.index(">")]
                return self.meet(verb, lambda: self.take_recipient(argument))
            case "DATA":
                if not self.meet(verb, self.invite):
                    return False
                return self.take_body() if self.inviting else True
            case "QUIT":
                self.say("221 2.0.0 bye")
                return False
            case _:
                return self.say("500 5.5.1 what?")

    def secure(self) -> bool:
        self.say("220 2.0.0 go on")
        self.input.close()
        assert self.relay.tls is not None
        self.peer = self.relay.tls.wrap_socket(self.peer, server_side=True)
        self.input = self.peer.makefile("rb")
        return True

    def take_sender(self, argument: str) -> bool:
        self.mail_from = argument[argument.index("<") + 1 : argument.index(">")]
        return self.say("250 2.1.0 ok")

    def take_recipient(self, argument: str) -> bool:
        if self.mail_from is None:
            return self.say("503 5.5.1 need MAIL first")
        self.rcpt_to = argument[argument.index("<") + 1 : argument.index(">")]
        return self.say("250 2.1.5 ok")

    def invite(self) -> bool:
        if self.mail_from is None:
            return self.say("503 5.5.1 need MAIL first")
        if self.rcpt_to is None and not self.relay.lenient:
            return self.say("554 5.5.1 no valid recipients")
        self.inviting = True
        return self.say("354 go ahead")

    def take_body(self) -> bool:
        self.inviting = False
        if not self.meet("BODY", lambda: True):
            return False
        lines = []
        while (line := self.input.readline()) != b".\r\n":
            if not line:
                return False  # Dropped before the dot: nothing is queued.
            lines.append(line.removeprefix(b"."))
        self.body = b"".join(lines)
        return self.meet("DOT", lambda: self.queue(self.body))

    def queue(self, data: bytes) -> bool:
        with self.relay.lock:
            self.relay.taken.append(Taken(self.mail_from or "", self.rcpt_to or "", data))
        self.mail_from = self.rcpt_to = None
        return self.say("250 2.0.0 queued")


# ---------------------------------------------------------------- what may happen


def says(*lines: str) -> Act:
    """Another reply; the session goes on."""
    return lambda session: session.say(*lines)


def says_and_drops(*lines: str) -> Act:
    return lambda session: session.say(*lines) and False


def drops(session: Session) -> bool:
    return False


def hangs(session: Session) -> bool:
    session.relay.wait()
    return False


def garbles(session: Session) -> bool:
    session.peer.sendall(b"\xff\xfe what is SMTP?\r\n")
    return True


def slow_greeting(seconds: float) -> Act:
    """From now on every byte of the session comes alone, so many seconds apart."""

    def slow_down(session: Session) -> bool:
        session.pace = seconds
        return session.say("220 relay.example ESMTP")

    return slow_down


def endless_line(seconds: float) -> Act:
    """A reply that goes on and on, a byte at a time."""

    def drone(session: Session) -> bool:
        session.pace = seconds
        return session.say("250 " + "." * 500)

    return drone
