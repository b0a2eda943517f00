"""The few lines of WSGI in front of Flask that answer pixels, links and the script: known, written down, answered.

A hit is on the disk before its answer leaves. One that the disk refuses is answered with 503: whatever is answered
otherwise is kept.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from nurture.identity import Keyring
from nurture.log import get_log
from nurture.ports import Clock
from nurture.tracking.answers import not_kept
from nurture.tracking.hits import to_record
from nurture.tracking.host import TrackingHost
from nurture.tracking.links import LinkDirectory
from nurture.tracking.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_log(__name__)


class TrackingApp:
    """Answers what :class:`TrackingHost` knows, to which the settings go, and leaves all else to *fallback*.

    Run it with many threads: each waits for the disk, and all that wait share one write.
    """

    def __init__(
        self,
        fallback: "WSGIApplication",
        *,
        spool: Spool,
        keyring: Keyring,
        clock: Clock,
        links: LinkDirectory,
        random_bytes: Callable[[int], bytes],
        origins: Collection[str] = (),
        recognise_clicks: bool = False,
    ) -> None:
        self._fallback = fallback
        self._spool = spool
        self._host = TrackingHost(
            keyring=keyring,
            clock=clock,
            links=links,
            random_bytes=random_bytes,
            origins=origins,
            recognise_clicks=recognise_clicks,
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        reply = self._host.reply(environ)
        if reply is None:
            return self._fallback(environ, start_response)
        answer = reply.answer
        if reply.hit is not None:
            try:
                self._spool.append(to_record(reply.hit))
            except OSError as error:
                log.error("hit not kept", error=error, kind=reply.hit.kind)  # noqa: TRY400 adds the traceback
                answer = not_kept(answer)
        start_response(answer.status, list(answer.headers))
        return [answer.body] if environ["REQUEST_METHOD"] != "HEAD" else []
