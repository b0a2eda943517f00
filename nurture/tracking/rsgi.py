"""The tracking host alone, on granian's event loop (RSGI), for senders of millions: pages are served elsewhere.

A proxy in front gives it ``/o/``, ``/c/`` and ``/t/``. One thread writes what has come together while it wrote before;
the requests wait as futures, which cost less than threads that queue for the interpreter.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from nurture.log import get_log
from nurture.tracking.answers import UNKNOWN_LINK, Answer, not_kept
from nurture.tracking.hits import to_record
from nurture.tracking.host import TrackingHost
from nurture.tracking.messages import MESSAGE_BYTES_MAX
from nurture.tracking.spool import Spool

if TYPE_CHECKING:
    from granian.rsgi import Scope

HEADERS = {
    name: f"HTTP_{name.upper().replace('-', '_')}"
    for name in (
        *("user-agent", "referer", "cookie", "origin"),
        *("sec-purpose", "purpose", "x-purpose", "x-moz"),
    )
}
"""The headers that the host looks at, by their names in WSGI."""

log = get_log(__name__)


class Exchange(Protocol):
    """One request's body, and the way back (RSGI's HTTP protocol, as far as it is needed)."""

    async def __call__(self) -> bytes: ...
    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class TrackingServer:
    """Answers what *host* knows, each hit on the disk first, and 404 to all else.

    open_spool  called once the process is the one that will write.
    """

    def __init__(self, host: TrackingHost, open_spool: Callable[[], Spool]) -> None:
        self._host = host
        self._open_spool = open_spool

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._spool = self._open_spool()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._writer.shutdown()
        self._spool.close()

    async def __rsgi__(self, scope: "Scope", protocol: Exchange) -> None:
        environ = _environ(scope)
        if scope.method == "POST" and _length(scope) <= MESSAGE_BYTES_MAX:
            environ["wsgi.input"] = BytesIO(await protocol())
        reply = self._host.reply(environ)
        answer = UNKNOWN_LINK if reply is None else reply.answer
        if reply is not None and reply.hit is not None:
            try:
                await self._kept(to_record(reply.hit))
            except OSError as error:
                log.error("hit not kept", error=error, kind=reply.hit.kind)  # noqa: TRY400 adds the traceback
                answer = not_kept(answer)
        _send(protocol, answer, with_body=scope.method != "HEAD")

    def _kept(self, record: bytes) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        self._waiting.append((record, kept))
        if self._writing is None:
            self._writing = loop.create_task(self._write(loop))
        return kept

    async def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(self._writer, self._spool.append, *(record for record, _ in batch))
            except OSError as error:
                failure: OSError | None = error
            else:
                failure = None
            for _, kept in batch:
                if kept.cancelled():  # the client has gone
                    continue
                if failure is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(failure)
        self._writing = None


def _environ(scope: "Scope") -> dict[str, object]:
    """What *scope* says in the words of WSGI."""
    environ: dict[str, object] = {
        "PATH_INFO": scope.path,
        "REQUEST_METHOD": scope.method,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": scope.headers.get("content-length", ""),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
    }
    for name, value in scope.headers.items():
        if name in HEADERS:
            environ[HEADERS[name]] = value
    return environ


def _length(scope: "Scope") -> int:
    text = scope.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else MESSAGE_BYTES_MAX + 1


def _send(protocol: Exchange, answer: Answer, *, with_body: bool) -> None:
    status = int(answer.status[:3])
    if with_body and answer.body:
        protocol.response_bytes(status, list(answer.headers), answer.body)
    else:
        protocol.response_empty(status, list(answer.headers))
