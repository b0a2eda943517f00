"""The web servers: one for the pages, which tracks too, and one for a tracking host of its own."""

import os
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces
from werkzeug.middleware.proxy_fix import ProxyFix

from nurture import app, log
from nurture.config import Settings
from nurture.daemon.fresh import FreshApp
from nurture.engine.engine import Engine
from nurture.engine.links import StoredLinks
from nurture.secret_key import secret
from nurture.tracking.app import TrackingApp
from nurture.tracking.host import TrackingHost
from nurture.tracking.rsgi import TrackingServer
from nurture.tracking.spool import Spool
from webapp import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WEB_THREADS = 32
"""Threads that wait for the disk together: each tracking hit is on it before it is answered."""
END_SECONDS = 10
"""How long requests may take that are under way when we are told to end. An upload that never goes on would keep us for ever."""


def serve(settings: Settings) -> None:
    """Serve the pages, tracking in front of them, until SIGTERM or SIGINT."""
    _serve("make_web", Interfaces.WSGI, settings.host, settings.port, blocking_threads=WEB_THREADS)


def serve_tracking(settings: Settings) -> None:
    """Serve the tracking paths alone, until SIGTERM or SIGINT."""
    _serve("make_tracking", Interfaces.RSGI, settings.host, settings.tracking_port)


def make_web() -> "WSGIApplication":
    """What the web server serves. Called once in each of its processes.

    Tracking stands in front of the pages and needs nothing that they set, so that it answers while the store is away.
    """
    settings, engine = _ready()
    spool = Spool(app.spool_directory(settings), engine.clock)
    tracking = TrackingApp(FreshApp(_pages), spool=spool, **_tracking(settings, engine))
    return behind(settings.proxies, tracking)


def behind(proxies: int, application: "WSGIApplication") -> "WSGIApplication":
    """*application* as it sees its visitors' addresses behind so many proxies of ours."""
    return ProxyFix(application, x_for=proxies, x_proto=0) if proxies else application


def _pages() -> tuple["WSGIApplication", Engine]:
    """The pages as they are set now, and their engine."""
    settings, engine = _ready()
    pages = create_app(
        engine,
        secret=secret(settings),
        mailbox=app.mailbox(settings) if settings.transport == "maildir" else None,
        home=settings.home,
        public_url=settings.public_url,
        site_origins=settings.site_origins,
        recipes_folder=settings.recipes,
        hooks=settings.hooks,
        sign_on=app.make_sign_on(settings),
        inbox_token=None if settings.inbox_token is None else settings.inbox_token.get_secret_value(),
    )
    return pages, engine


def make_tracking() -> TrackingServer:
    """What the tracking server serves. Called once in each of its processes."""
    settings, engine = _ready()
    host = TrackingHost(**_tracking(settings, engine))
    return TrackingServer(host, lambda: Spool(app.spool_directory(settings), engine.clock))


def _ready() -> tuple[Settings, Engine]:
    log.configure()
    settings = app.installed()
    return settings, app.make_engine(settings)


def _tracking(settings: Settings, engine: Engine) -> dict[str, Any]:
    return {
        "keyring": engine.keyring,
        "clock": engine.clock,
        "links": StoredLinks(engine.database, keyring=engine.keyring, base_url=engine.base_url),
        "random_bytes": os.urandom,
        "origins": settings.site_origins,
        "recognise_clicks": settings.recognise_clicks,
    }


def _serve(factory: str, interface: Interfaces, host: str, port: int, **options: Any) -> None:
    Granian(
        f"{__name__}:{factory}",
        factory=True,
        interface=interface,
        address=host,
        port=port,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=END_SECONDS,
        **options,
    ).serve()
