"""The HTTP transport: kept connections to one provider's API."""

import asyncio
import ssl
from collections.abc import Iterable, Iterator

import httpx
import msgspec

from nurture.delivery.http.dispatch import Dispatch
from nurture.delivery.http.provider import Account, Provider
from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, SendLog

IDLE_SECONDS = 5.0
"""So long an idle connection is kept: providers hang up after a minute or more, and what meets a hang-up is of unknown fate."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to wait for a connection, for each piece of a request to be taken, and for each piece of an answer."""

    connect: float = 10
    write: float = 30
    read: float = 60


class Line:
    """An event loop with its connections; one run at a time."""

    def __init__(self, tls: ssl.SSLContext, connections: int, patience: Patience) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = httpx.AsyncClient(
            verify=tls,
            trust_env=False,
            headers={"User-Agent": "nurture", "Accept-Encoding": "identity"},
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=IDLE_SECONDS,
            ),
            timeout=httpx.Timeout(
                connect=patience.connect, write=patience.write, read=patience.read, pool=patience.read
            ),
        )

    def close(self) -> None:
        self.loop.run_until_complete(self.client.aclose())
        self.loop.close()


class HttpTransport:
    """Sends by *provider*, over up to *connections* that stay open between runs. Runs may overlap: each has its own."""

    leaves_machine = True

    def __init__(
        self,
        provider: Provider,
        account: Account,
        *,
        clock: Clock,
        connections: int = 8,
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """*tls*: whom to trust; the system's certificates if None."""
        self.name = provider.name
        self._provider = provider
        self._account = account
        self._clock = clock
        self._connections = connections
        self._patience = patience or Patience()
        self._tls = tls
        self._free: list[Line] = []

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        """One receipt for each message. A caller that stops early leaves the fate of those under way unknown."""
        line = self._free.pop() if self._free else self._line()
        dispatch = Dispatch(
            self._provider,
            self._account,
            messages,
            clock=self._clock,
            log=log,
            client=line.client,
            most=self._connections,
        )
        try:
            yield from dispatch.run(line.loop)
        finally:
            self._free.append(line)

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    def _line(self) -> Line:
        if self._tls is None:
            self._tls = ssl.create_default_context()  # a tenth of a second, so only for who sends
        return Line(self._tls, self._connections, self._patience)
