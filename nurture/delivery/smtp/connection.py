"""One connection to a relay: moves the bytes of one script at a time over a socket that never blocks."""

import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from math import inf
from selectors import EVENT_READ, EVENT_WRITE
from time import monotonic

from nurture.delivery.smtp.addresses import Address
from nurture.delivery.smtp.opening import Extensions, opening
from nurture.delivery.smtp.reply import GarbledReply, Reply, ReplyReader
from nurture.delivery.smtp.route import SmtpRoute
from nurture.delivery.smtp.script import UPGRADE, Lost, Refused, Script, Step
from nurture.delivery.smtp.transaction import Done, transaction
from nurture.ports import OutgoingMessage

READ_MAX = 65_536

NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

SECURED = Reply(220, (b"",))


class Phase(Enum):
    CONNECTING = "connecting"
    SECURING = "securing"
    OPENING = "opening"
    READY = "ready"
    BUSY = "busy"
    CLOSED = "closed"


# An enum's members are looked up slowly until Python 3.12, and these at every turn.
CONNECTING, SECURING, OPENING, READY, BUSY, CLOSED = Phase


class Connection:
    """Its owner waits for ``events`` on it, then calls ``turn``; at ``deadline``, ``expire``; when READY, ``carry``.

    failure  why it never became ready; "" if it did.
    watched  the events its owner has registered.
    reached  whether anyone answered at the address.
    carried  how many messages it has had.
    """

    def __init__(
        self,
        address: Address,
        route: SmtpRoute,
        *,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.address = address
        self.phase = CONNECTING
        self.events = EVENT_WRITE
        self.watched = EVENT_WRITE
        self.deadline = monotonic() + route.timeouts.connect
        self.failure = ""
        self.reached = False
        self.carried = 0
        self._route = route
        self._tls = tls
        self._secured = False
        self._reader = ReplyReader()
        self._script: Script[Extensions] | Script[Done] | None = opening(route)
        self._wait = 0.0
        self._outbox = memoryview(b"")
        self._extensions = Extensions()
        self._message: OutgoingMessage | None = None
        self._settle: Callable[[Connection, OutgoingMessage, Done], None]
        self._before_dot: Callable[[int], None]
        family, self._where = address
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._guard(self._connect)

    def fileno(self) -> int:
        return self._socket.fileno()

    def carry(
        self,
        message: OutgoingMessage,
        settle: Callable[["Connection", OutgoingMessage, Done], None],
        before_dot: Callable[[int], None],
    ) -> None:
        """Start sending *message*; *settle* is called with what became of it, perhaps before this returns.

        before_dot  called with the touch just before the bytes that end its message can leave; an OSError keeps them back.
        """
        assert self.phase is READY
        self.phase = BUSY
        self._message, self._settle, self._before_dot = message, settle, before_dot
        self._script = transaction(
            message, extensions=self._extensions, timeouts=self._route.timeouts, first=not self.carried
        )
        self._guard(self._go_on, next, self._script)

    def turn(self, events: int = EVENT_READ) -> None:
        """Do what can be done without waiting."""
        if self.phase is CONNECTING:
            self._guard(self._connected)
        elif self.phase is SECURING:
            self._guard(self._shake_hands)
        else:
            if events & EVENT_WRITE:
                self._guard(self._write)
            if events & EVENT_READ and self.phase is not CLOSED:
                self._guard(self._read)

    def expire(self) -> None:
        """The deadline has passed: whatever was awaited did not come."""
        self._lose("the relay did not answer in time")

    def close(self) -> None:
        """End the session, politely if it is between messages."""
        if self.phase is READY:
            with suppress(OSError):  # It has ended already, which is what we want.
                self._socket.send(b"QUIT\r\n")
        self._shut()

    # ------------------------------------------------------------ the script

    def _go_on(self, resume: Callable[..., Step], *arguments: object) -> None:
        try:
            step = resume(*arguments)
        except StopIteration as end:
            self._finish(end.value)
        except (Refused, Lost) as problem:
            self.failure = str(problem)
            self._shut()
        else:
            self._take(step)

    def _take(self, step: Step) -> None:
        if step is UPGRADE:
            self._secure()
            return
        self._wait = step.wait
        if step.write:
            self._outbox = memoryview(step.write)
            if step.ends_message:
                assert self._message is not None
                self._before_dot(self._message.touch_id)
            self._write()
        else:
            self.deadline = monotonic() + step.wait

    def _finish(self, result: Extensions | Done) -> None:
        self._script = None
        # Bytes that are left over, on either side, would be taken for the next message's.
        clean = not self._outbox and self._reader.is_empty
        if isinstance(result, Extensions):
            self._extensions = result
            if clean:
                self._rest()
            else:
                self.failure = "the relay speaks out of turn"
                self._shut()
            return
        message, self._message = self._message, None
        assert message is not None
        if result.usable and clean:
            self._rest()
        else:
            self._shut()
        self._settle(self, message, result)
        self.carried += 1

    def _rest(self) -> None:
        self.phase = READY
        self.deadline = inf

    # ------------------------------------------------------------ the bytes

    def _read(self) -> None:
        while True:
            data = self._socket.recv(READ_MAX)
            if not data:
                raise ConnectionError("the relay closed the connection")
            self._reader.feed(data)
            while self._script is not None and (reply := self._reader.next_reply()) is not None:
                if self._outbox and reply.code < 400:
                    raise GarbledReply(f"the relay answered {reply.code} before the message had ended")
                self._go_on(self._script.send, reply)
                if self.phase is SECURING:
                    return
            if self.phase is READY and not self._reader.is_empty:
                self._shut()  # It speaks unasked: a farewell, or it is out of step.
            if self.phase is CLOSED or not (self._secured and self._pending()):
                return

    def _write(self) -> None:
        try:
            sent = self._socket.send(self._outbox)
        except NOT_YET:
            sent = 0
        self._outbox = self._outbox[sent:]
        if self._outbox:
            self.events = EVENT_READ | EVENT_WRITE
            self.deadline = monotonic() + self._route.timeouts.block
        else:
            self.events = EVENT_READ
            self.deadline = monotonic() + self._wait

    def _pending(self) -> int:
        """Bytes that TLS has decrypted and no selector will announce."""
        assert isinstance(self._socket, ssl.SSLSocket)
        return self._socket.pending()

    # ------------------------------------------------------------ the way in

    def _connect(self) -> None:
        self._socket.connect(self._where)

    def _connected(self) -> None:
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            where = f"{self._route.host}:{self._route.port}"
            raise ConnectionError(f"cannot connect to {where}: {os.strerror(error)}")
        self.reached = True
        self.phase = OPENING
        self.events = EVENT_READ
        assert self._script is not None
        self._go_on(next, self._script)

    def _secure(self) -> None:
        assert self._tls is not None, "a route without TLS has no step that asks for it"
        self._reader = ReplyReader()  # What came in clear is not believed (RFC 3207 §6).
        self._socket = self._tls.wrap_socket(
            self._socket, server_hostname=self._route.host, do_handshake_on_connect=False
        )
        self._secured = True
        self.phase = SECURING
        self.deadline = monotonic() + self._route.timeouts.connect
        self._shake_hands()

    def _shake_hands(self) -> None:
        assert isinstance(self._socket, ssl.SSLSocket)
        assert self._script is not None
        try:
            self._socket.do_handshake()
        except ssl.SSLWantReadError:
            self.events = EVENT_READ
        except ssl.SSLWantWriteError:
            self.events = EVENT_WRITE
        except ssl.SSLError as error:
            raise ConnectionError(f"TLS with {self._route.host} failed: {error}") from error
        else:
            self.phase = OPENING
            self.events = EVENT_READ
            self._go_on(self._script.send, SECURED)

    # ------------------------------------------------------------ the end

    def _guard(self, action: Callable[..., None], *arguments: object) -> None:
        """Do it; what the network does to us ends the connection, not the program."""
        try:
            action(*arguments)
        except NOT_YET:
            pass  # The selector says when to go on.
        except GarbledReply as error:
            self._lose(str(error))
        except OSError as error:
            self._lose(error.strerror or str(error))

    def _lose(self, text: str) -> None:
        if self._script is None:
            self._shut()
        else:
            lost = Lost(text, all_written=not self._outbox)
            self._outbox = memoryview(b"")
            self._go_on(self._script.throw, lost)

    def _shut(self) -> None:
        self.phase = CLOSED
        self._script = None
        self._socket.close()
