"""The pages over a real engine on SQLite. A stand is made once and copied, for compiling the programme takes seconds."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from tests.webapp.stand import Stand
from webapp import create_app, simulations_kept

simulations_kept.PATIENCE_SECONDS = 60.0  # pages of tests show what was played, however busy the machine is
SECRET = b"s" * 32


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of PEOPLE, where Ada is hot, and the mailbox with their first mails."""
    folder = tmp_path_factory.mktemp("stand")
    stand = Stand(f"sqlite:///{folder / 'nurture.sqlite'}", folder / "mailbox").publish()
    stand.with_staff().with_people()
    stand.with_a_hot_lead()
    stand.engine.close()
    return folder


@pytest.fixture
def stand(made: Path, tmp_path: Path) -> Iterator[Stand]:
    """The same company, to oneself, as it was five minutes after Ada asked for a demo."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    stand = Stand(f"sqlite:///{tmp_path / 'nurture.sqlite'}", tmp_path / "mailbox")
    stand.later(minutes=5)
    yield stand
    stand.engine.close()


@pytest.fixture
def app(stand: Stand, tmp_path: Path) -> Flask:
    return create_app(stand.engine, secret=SECRET, mailbox=tmp_path / "mailbox", home=tmp_path)


@pytest.fixture
def client(stand: Stand, app: Flask) -> FlaskClient:
    """A browser where an admin is logged in."""
    return stand.client(app)


@pytest.fixture
def client_as(stand: Stand, app: Flask) -> Callable[[Role], FlaskClient]:
    """A browser where the account of a role is logged in."""
    return lambda role: stand.client(app, role)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser where nobody is logged in."""
    return app.test_client()


@pytest.fixture
def form_token(client: FlaskClient) -> str:
    """What our own forms carry, in the admin's session."""
    return token_of(client)


def token_of(client: FlaskClient, path: str = "/settings/account") -> str:
    """What our own forms carry, in the session of *client*; *path* shows one of them."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]
