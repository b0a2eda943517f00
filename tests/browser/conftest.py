"""The pages as a browser gets them: the real application behind a real socket, and an admin logged in."""

import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, StorageState
from werkzeug.serving import make_server

from nurture.engine.accounts import Role
from nurture.engine.links import StoredLinks
from nurture.tracking.app import TrackingApp
from nurture.tracking.spool import Spool
from tests.browser.day import SLOWEST, settle
from tests.webapp.stand import MONDAY, STAFF, Stand
from tools import front_end
from webapp import create_app, simulations_kept

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

simulations_kept.PATIENCE_SECONDS = 60.0  # pages of tests show what was played, however busy the machine is
SECRET = b"s" * 32
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0"


class Server:
    """What answers at *port*: it can be stopped, so that nobody does, and started again."""

    def __init__(self, application: "WSGIApplication", port: int) -> None:
        self._application, self._port = application, port
        self.start()

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self._port, self._application, threaded=True)
        self._serving = threading.Thread(target=self._server.serve_forever)
        self._serving.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._serving.join()
        self._server.server_close()


@contextmanager
def served(folder: Path, port: int, *, sites: tuple[str, ...] = ()) -> Iterator[Stand]:
    """A company with people and its pages at *port*, tracking paths included; *sites* may show its forms."""
    with serving(folder, port, sites=sites) as (stand, _):
        yield stand


@contextmanager
def serving(folder: Path, port: int, *, sites: tuple[str, ...] = ()) -> Iterator[tuple[Stand, Server]]:
    """As ``served``, with the server that answers."""
    base_url = f"http://127.0.0.1:{port}"
    stand = Stand(
        f"sqlite:///{folder / 'nurture.sqlite'}",
        folder / "mailbox",
        base_url=base_url,
        spool=folder / "spool",
    )
    engine = stand.publish().with_staff().with_people().engine
    spool = Spool(folder / "spool", stand.clock)
    tracking = TrackingApp(
        create_app(
            engine,
            secret=SECRET,
            mailbox=folder / "mailbox",
            home=folder,
            public_url=base_url,
            site_origins=sites,
        ),
        spool=spool,
        keyring=engine.keyring,
        clock=stand.clock,
        links=StoredLinks(engine.database),
        random_bytes=os.urandom,
        origins=sites,
    )
    server = Server(as_a_person(tracking), port)
    try:
        yield stand, server
    finally:
        server.stop()
        spool.close()
        engine.close()


def as_a_person(application: "WSGIApplication") -> "WSGIApplication":
    """The browser of the tests says that it is automated, and what it opens would count as a machine's."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["HTTP_USER_AGENT"] = FIREFOX
        return application(environ, start_response)

    return answer


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One company for the tests of a module, where Ada waits for sales."""
    with served(tmp_path_factory.mktemp("browser"), free_port()) as stand:
        stand.with_a_hot_lead().with_a_scanned_mail()
        yield stand


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One company for the stories of a day, each of which may change it."""
    front_end.build()
    with served(tmp_path_factory.mktemp("house"), free_port()) as stand:
        settle(stand)
        yield stand


@pytest.fixture
def stranger(browser: Browser, house: Stand) -> Iterator[Page]:
    """A browser at the house where nobody is logged in yet; its console stays quiet all day."""
    context = browser.new_context(base_url=house.engine.base_url, viewport={"width": 1280, "height": 900})
    page, said = context.new_page(), []
    page.set_default_timeout(SLOWEST)
    page.on("console", lambda each: said.append(each.text) if each.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # The frame of a mail says that it runs no script of the mail's own, which is as it should be.
    assert [each for each in said if "'sha256-" not in each] == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page where an admin is logged in."""
    context = browser.new_context(storage_state=logged_in())
    yield context.new_page()
    context.close()


def logged_in(role: Role = Role.ADMIN) -> StorageState:
    """What the browser of *role* keeps, in every company of these tests: all have the same accounts, and one key."""
    app = Flask("keeper")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    session = {"account": list(STAFF).index(role) + 1, "epoch": 1, "seen": MONDAY.timestamp()}
    cookie = {"name": "nurture", "value": signer.dumps(session), "domain": "127.0.0.1", "path": "/"}
    return {"cookies": [cookie | {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}]}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
