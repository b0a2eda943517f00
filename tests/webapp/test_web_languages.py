"""In which language the pages speak: the account's choice, the browser's, the installation's; and mails, dates and numbers with it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.languages.catalogues import LANGUAGES
from nurture.store import records as table
from tests.webapp.conftest import SECRET, token_of
from tests.webapp.stand import STAFF, Stand
from webapp import create_app
from webapp.moments import day, moment, number, points, relative

ACCOUNT = "/settings/account"


def spoken(client: FlaskClient, browser: str = "", path: str = ACCOUNT) -> str:
    answer = client.get(path, headers={"Accept-Language": browser})
    return re.search(r'<html lang="(\w+)">', answer.text)[1]


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,en;q=0.8", "en"),
        ("fr", "en"),
        ("no/sense;;", "en"),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for(client: FlaskClient, browser: str, language: str):
    assert spoken(client, browser) == language


def test_whoever_is_not_logged_in_is_asked_for_the_password_in_its_language(stranger: FlaskClient):
    assert spoken(stranger, "de", "/login") == "de"


@pytest.mark.parametrize("chosen", list(LANGUAGES))
def test_the_choice_of_an_account_goes_before_its_browser(client: FlaskClient, chosen: str):
    choose(client, chosen)
    assert {spoken(client, "de"), spoken(client, "en")} == {chosen}
    assert f'lang="{chosen}" selected' in client.get(ACCOUNT).text
    choose(client, "")
    assert spoken(client, "de") == "de"


def test_a_language_that_we_do_not_speak_is_no_choice(client: FlaskClient):
    choose(client, "xx")
    assert spoken(client) == "en"


def test_where_the_browser_names_none_that_we_speak_the_installations_language_is_spoken(stand: Stand):
    stand.engine.language = "de"
    client = stand.client(create_app(stand.engine, secret=SECRET, mailbox=None))
    assert (spoken(client), spoken(client, "fr"), spoken(client, "en")) == ("de", "de", "en")


@pytest.mark.parametrize("browser", ["de", "en"])
def test_an_invitation_and_a_new_password_are_mailed_in_the_language_of_whoever_asks(
    stand: Stand, client: FlaskClient, stranger: FlaskClient, browser: str
):
    for asking, path, fields in (
        (client, "/settings/users", {"email": "nora@tarewell.example", "role": "author"}),
        (stranger, "/forgot", {"email": STAFF[Role.SALES]}),
    ):
        data = {"csrf_token": token_of(asking, path), **fields}
        assert asking.post(path, data=data, headers={"Accept-Language": browser}).status_code == 200
    with stand.engine.database.reading() as connection:
        rows = connection.execute(table.outbox.select().where(table.outbox.c.mail != "hand-off")).all()
    assert {row.mail: (row.to, row.language) for row in rows} == {
        "invitation": ("nora@tarewell.example", browser),
        "password-reset": (STAFF[Role.SALES], browser),
    }


def choose(client: FlaskClient, language: str) -> None:
    fields = {
        "csrf_token": token_of(client, ACCOUNT),
        "name": "",
        "email": "admin@example.com",
        "language": language,
    }
    assert client.post(ACCOUNT, data=fields).status_code == 303


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["2 Mar 08:05", "Mon 2 Mar", "12,480", "−4.5", "in 3 h", "12 min ago"]),
        ("de", ["2. März 08:05", "Mo. 2. März", "12.480", "−4,5", "in 3 Std.", "vor 12 Min."]),
    ],
)
def test_dates_and_numbers_follow(app: Flask, stand: Stand, language: str, shown: list[str]):
    with app.test_request_context(headers={"Accept-Language": language}):
        g.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
        g.account = None
        assert [
            re.sub("<.*?>", "", moment(datetime(2026, 3, 2, 8, 5, tzinfo=UTC))),
            day(date(2026, 3, 2)),
            number(12480.4),
            points(-4.52),
            relative(g.now + timedelta(hours=3)),
            relative(g.now - timedelta(minutes=12)),
        ] == shown
