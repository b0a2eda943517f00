"""The web server: the tracking paths first, the pages behind them."""

import os
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

from nurture import app, log
from nurture.config import Settings, read_settings
from nurture.engine.links import StoredLinks
from nurture.secret_key import secret
from nurture.tracking.app import TrackingApp
from nurture.tracking.spool import Spool
from webapp import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WEB_THREADS = 32
"""Threads that wait for the disk together: each tracking hit is on it before it is answered."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    Granian(
        f"{__name__}:make_web",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        blocking_threads=WEB_THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()


def make_web() -> "WSGIApplication":
    """What the server serves. Called once in each of its processes."""
    log.configure()
    settings = read_settings()
    engine = app.make_engine(settings)
    pages = create_app(
        engine,
        secret=secret(settings),
        mailbox=app.mailbox(settings) if settings.transport == "maildir" else None,
    )
    return TrackingApp(
        pages,
        spool=Spool(app.spool_directory(settings), engine.clock),
        keyring=engine.keyring,
        clock=engine.clock,
        links=StoredLinks(engine.database),
        random_bytes=os.urandom,
    )
