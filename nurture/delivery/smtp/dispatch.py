"""Sending one run of messages over several connections at once, by one selector loop."""

import ssl
from collections import deque
from collections.abc import Iterable, Iterator
from selectors import DefaultSelector
from time import monotonic

from nurture.delivery.outcome import Outcome
from nurture.delivery.queue import Queue
from nurture.delivery.smtp.addresses import Address, resolve
from nurture.delivery.smtp.connection import Connection, Phase
from nurture.delivery.smtp.route import SmtpRoute
from nurture.delivery.smtp.transaction import Done
from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog


class Dispatch:
    """Messages in, receipts out.

    If the relay lets nobody in, the rest of the run is deferred; if it lets in fewer than we asked, they suffice.
    """

    def __init__(
        self,
        route: SmtpRoute,
        messages: Iterable[OutgoingMessage],
        *,
        clock: Clock,
        tls: ssl.SSLContext | None,
        log: SendLog,
        kept: list[Connection],
    ) -> None:
        """*kept*: connections left open by earlier runs; those of this run are left there."""
        self._route = route
        self._queue = Queue(messages)
        self._clock = clock
        self._tls = tls
        self._log = log
        self._connections = kept
        self._limit = route.connections
        self._addresses: list[Address] = []
        self._receipts: deque[Receipt] = deque()
        self._selector = DefaultSelector()
        self._sweep_at = 0.0

    def run(self) -> Iterator[Receipt]:
        """Every message's receipt, as they come. What *messages* raises is raised when those under way have ended."""
        try:
            for connection in list(self._connections):
                self._selector.register(connection, connection.watched, connection)
                connection.turn()  # notices a relay that has hung up since
                self._look_after(connection)
            while self._employ():
                yield from self._drain()
                for key, events in self._selector.select(max(0.0, self._sweep_at - monotonic())):
                    connection = key.data
                    connection.turn(events)
                    self._look_after(connection)
                self._sweep()
            yield from self._drain()
            self._queue.raise_failure()
        finally:
            self._selector.close()
            for connection in self._connections:
                if connection.phase is not Phase.READY:  # only if the caller has left early
                    connection.close()
            self._connections[:] = [c for c in self._connections if c.phase is Phase.READY]

    def _drain(self) -> Iterator[Receipt]:
        while self._receipts:
            yield self._receipts.popleft()

    # ------------------------------------------------------------ who sends what

    def _employ(self) -> bool:
        """Have every message that may be sent now taken by a connection. False when all is done."""
        if self._queue.is_waiting:
            for connection in list(self._connections):
                self._look_after(connection)
        while len(self._connections) < self._limit and self._queue.holds(self._on_their_way_in() + 1):
            self._open()
        return any(connection.phase is not Phase.READY for connection in self._connections)

    def _on_their_way_in(self) -> int:
        return sum(c.phase not in (Phase.READY, Phase.BUSY) for c in self._connections)

    def _look_after(self, connection: Connection) -> None:
        """Give a ready connection its next message; let go of a closed one."""
        while connection.phase is Phase.READY:
            message = self._queue.next_message()
            if message is None:
                break
            connection.carry(message, self._settle, self._log.before_dot)
        if connection.phase is Phase.CLOSED:
            self._let_go(connection)
        elif connection.events != connection.watched:
            self._selector.modify(connection, connection.events, connection)
            connection.watched = connection.events

    def _settle(self, connection: Connection, message: OutgoingMessage, done: Done) -> None:
        if done.untouched and connection.carried:
            # A session that was good until now has ended between two messages, so this one was not even begun.
            self._queue.put_back(message)
        else:
            self._answer(message, done.outcome)

    def _answer(self, message: OutgoingMessage, outcome: Outcome) -> None:
        receipt = Receipt(
            touch_id=message.touch_id,
            status=outcome.status,
            at=self._clock.now(),
            code=outcome.code,
            text=outcome.text,
            bounce=outcome.bounce,
        )
        self._log.answered(receipt)
        self._receipts.append(receipt)

    def _defer_the_rest(self, text: str) -> None:
        while (message := self._queue.next_message()) is not None:
            self._answer(message, Outcome(ReceiptStatus.DEFERRED, "", text))

    # ------------------------------------------------------------ connections come and go

    def _open(self) -> None:
        if not self._addresses:
            try:
                self._addresses = resolve(self._route.host, self._route.port)
            except OSError as error:
                self._defer_the_rest(
                    f"the relay's name {self._route.host} does not resolve: {error.strerror}"
                )
                return
        connection = Connection(self._addresses[0], self._route, tls=self._tls)
        self._connections.append(connection)
        if connection.phase is Phase.CLOSED:
            self._forget(connection)
        else:
            self._selector.register(connection, connection.watched, connection)

    def _let_go(self, connection: Connection) -> None:
        self._selector.unregister(connection)
        self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        self._connections.remove(connection)
        if not connection.failure:
            return
        if not connection.reached:
            if connection.address in self._addresses:
                self._addresses.remove(connection.address)
            if self._addresses:
                return  # its next address may answer
        if self._connections:
            self._limit = len(self._connections)
        else:
            self._defer_the_rest(connection.failure)

    def _sweep(self) -> None:
        """Expire what is overdue. A deadline set after a sweep is at least the shortest timeout away."""
        now = monotonic()
        if now < self._sweep_at:
            return
        for connection in list(self._connections):
            if connection.deadline <= now:
                connection.expire()
                self._look_after(connection)
        deadlines = [connection.deadline for connection in self._connections]
        self._sweep_at = min([now + self._route.timeouts.shortest, *deadlines])
