"""What the servers of row 8 serve: the tracking host as it is, the same without a record, and a pixel as Flask's users write
it. The spool lies in the directory that a server is started in.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import flask
from werkzeug import Response

from nurture.app import SystemClock
from nurture.bench.rig import KEYRING
from nurture.identity import TouchToken
from nurture.tracking.answers import PIXEL
from nurture.tracking.app import TrackingApp
from nurture.tracking.host import TrackingHost
from nurture.tracking.rsgi import TrackingServer
from nurture.tracking.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPOOL = Path("spool")
GUIDE = "https://bench.example/guide"


class OneLink:
    """A directory in which every link leads to the same place, without a database, as a cached one does."""

    def url(self, mail_revision: int, index: int, token: TouchToken) -> str | None:  # noqa: ARG002
        return GUIDE


class NoSpool(Spool):
    """Keeps nothing: what the durable record costs is what it saves."""

    def __init__(self) -> None:
        """Open nothing."""

    def append(self, *records: bytes) -> None:
        """Forget them."""


def durable() -> "WSGIApplication":
    """The tracking host as ``nurture up`` serves it, each hit on the disk before its answer."""
    return _host(Spool(SPOOL, SystemClock()))


def without_record() -> "WSGIApplication":
    """The same work up to the record, which is thrown away."""
    return _host(NoSpool())


def event_loop() -> TrackingServer:
    """The tracking host on granian's event loop, as durable."""
    return _loop_host(lambda: Spool(SPOOL, SystemClock()))


def event_loop_without_record() -> TrackingServer:
    """The same work on the event loop up to the record, which is thrown away."""
    return _loop_host(NoSpool)


def flask_pixel() -> flask.Flask:
    """A pixel and a redirect, nothing checked and nothing kept."""
    pages = flask.Flask(__name__)

    @pages.get("/o/<token>.gif")
    def opened(token: str) -> flask.Response:  # noqa: ARG001 nothing is kept
        return flask.Response(PIXEL.body, mimetype="image/gif", headers={"Cache-Control": "no-store"})

    @pages.get("/c/<token>/<int:index>")
    def clicked(token: str, index: int) -> Response:  # noqa: ARG001
        return flask.redirect(GUIDE)

    return pages


def _host(spool: Spool) -> "WSGIApplication":
    return TrackingApp(
        _nothing,
        spool=spool,
        keyring=KEYRING,
        clock=SystemClock(),
        links=OneLink(),
        random_bytes=os.urandom,
    )


def _loop_host(open_spool: Callable[[], Spool]) -> TrackingServer:
    host = TrackingHost(keyring=KEYRING, clock=SystemClock(), links=OneLink(), random_bytes=os.urandom)
    return TrackingServer(host, open_spool)


def _nothing(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
