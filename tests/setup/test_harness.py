"""What the other tests stand on really is there: two engines, empty each time, a browser, and no way out."""

import socket

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page
from pytest_socket import SocketConnectBlockedError
from werkzeug.routing import BuildError, Map, Rule

from tests.quick_rules import QuickRule


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url, turn):
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE left_behind (n integer)"))
    engine.dispose()


def test_postgresql_is_postgresql(postgres_database_url):
    engine = sa.create_engine(postgres_database_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SHOW server_version_num")) >= "160000"
    engine.dispose()


def test_the_browser_runs_scripts(page: Page):
    page.set_content("<p id=greeting></p><script>greeting.textContent = 'Hello ' + (40 + 2)</script>")
    assert page.inner_text("#greeting") == "Hello 42"


@pytest.mark.parametrize("defaults", [None, {"page": 1}])
def test_routes_lead_where_those_of_werkzeug_do(defaults):
    """``QuickRule`` makes once for each route what Werkzeug makes for each application."""
    built = {
        rule: [
            Map([rule("/a/<int:lead>/b/<path:file>", endpoint="here", defaults=defaults)])
            .bind("x.example")
            .build("here", {"lead": lead, "file": "ä/ö", "more": "1 2", **(defaults or {})})
            for lead in (1, 23)
        ]
        for rule in (Rule, QuickRule)
    }
    assert built[QuickRule] == built[Rule] == [f"/a/{lead}/b/%C3%A4/%C3%B6?more=1+2" for lead in (1, 23)]
    with pytest.raises(BuildError):
        Map([QuickRule("/a/<int:lead>", endpoint="here")]).bind("x.example").build("here", {"nobody": 1})


def test_no_test_reaches_the_network():
    with (
        socket.socket() as outgoing,
        pytest.warns(match="tried to use"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outgoing.connect(("192.0.2.1", 25))  # TEST-NET-1, RFC 5737


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        socket.create_connection(listening.getsockname()).close()
