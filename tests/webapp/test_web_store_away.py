"""While the store is away, pages and links say so and ask to come again: 503, never 500, and nothing half done."""

import os

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.test import Client

from nurture.daemon.fresh import FreshApp
from nurture.engine.links import StoredLinks
from nurture.tracking.app import TrackingApp
from nurture.tracking.replay import Position, read
from nurture.tracking.spool import Spool

GONE = Exception("the database is away")
AWAY = [
    OperationalError("", {}, GONE),
    InterfaceError("", {}, GONE),
    NoConnectionError("every connection is taken"),
]


@pytest.fixture
def going(stand, monkeypatch):
    """Lets the store go away, as an error tells it, until the test ends."""

    def goes(error):
        def away(*_):
            raise error

        for place in ("reading", "writing"):
            monkeypatch.setattr(stand.engine.database, place, away)

    return goes


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("path", ["/", "/leads", "/u/anything", "/f/anything"])
def test_a_page_is_asked_for_again(client, monkeypatch, going, error, path):
    before = client.get(path).status_code
    going(error)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "away for a moment" in answer.text
    monkeypatch.undo()
    assert client.get(path).status_code == before


def test_pages_are_served_on_while_nobody_can_tell_whether_something_was_set(stand, client, going):
    served = FreshApp(lambda: (client.application, stand.engine))
    going(AWAY[0])
    stand.clock.turn_to(stand.clock.now().replace(minute=59))
    assert Client(served).get("/").status_code == 503


def test_a_link_that_cannot_be_looked_up_is_asked_for_again_and_not_counted(stand, tmp_path, going):
    engine = stand.engine
    host = Client(
        TrackingApp(
            lambda *_: pytest.fail("the tracking host knows these"),
            spool=Spool(tmp_path, stand.clock),
            keyring=engine.keyring,
            clock=stand.clock,
            links=StoredLinks(engine.database),
            random_bytes=os.urandom,
        )
    )
    token = engine.keyring.touch_token(stand.first_touch("ada"), 1)
    going(AWAY[0])
    answer = host.get(f"/c/{token}/1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert host.get(f"/o/{token}.gif").status_code == 200
    assert len(read(tmp_path, Position(), 9).records) == 1
