"""Who gets a page, what a browser may do with it, and what changes nothing."""

import pytest
from flask.testing import FlaskClient

from nurture.store.records import content_text
from nurture.vocabulary.words import Stage
from tests.webapp.stand import Stand
from webapp import create_app


@pytest.mark.parametrize("path", ["/", "/leads", "/u/nonsense", "/nope"])
def test_no_page_runs_what_is_not_ours(client: FlaskClient, path: str):
    headers = client.get(path).headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_mail_never_runs_a_script(stand: Stand, client: FlaskClient):
    name = client.get("/mailbox").text.partition('href="/mailbox/1')[2].partition('"')[0]
    answer = client.get(f"/mailbox/1{name}/html")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert '<base target="_blank">' in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "links.tarewell.example"])
@pytest.mark.parametrize("path", ["/", "/leads", "/mailbox", "/inbox"])
def test_a_name_of_others_shows_nothing(client: FlaskClient, host: str, path: str):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 404
    assert "karla@" not in answer.text


def test_readers_come_by_the_tracking_host_and_see_nothing_of_ours(stand: Stand):
    stand.engine.base_url = "https://links.tarewell.example"
    client = create_app(stand.engine, secret=b"s" * 32, mailbox=None).test_client()
    there = {"Host": "links.tarewell.example"}
    page = client.get(f"/p/{stand.token('ada')}", headers=there)
    assert page.status_code == 200
    assert "Log in" not in page.text
    with client.get("/static/nurture.css", headers=there) as sheet:
        assert sheet.status_code == 200
    for path in ("/leads", "/login", "/login/token", "/forgot", "/reset/token"):
        assert client.get(path, headers=there).status_code == 404


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8025", "[::1]:8025", "nurture.tarewell.example"])
def test_the_pages_are_reached_by_names_of_ours(stand: Stand, host: str):
    app = create_app(
        stand.engine, secret=b"s" * 32, mailbox=None, public_url="https://nurture.tarewell.example"
    )
    answer = app.test_client().get("/leads?q=ada", headers={"Host": host})
    assert answer.headers["Location"] == "/login?next=/leads?q%3Dada"


def test_a_form_of_another_site_changes_nothing(stand: Stand, client: FlaskClient):
    answer = client.post(f"/inbox/{stand.lead_id('ada')}/accept")
    stand.later(minutes=1)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text
    assert stand.state("ada").stage is Stage.MQL


def test_every_view_that_changes_something_asks_for_a_post(client: FlaskClient):
    changing = [rule for rule in client.application.url_map.iter_rules() if "POST" in (rule.methods or ())]
    both = {rule.rule for rule in changing if "GET" in (rule.methods or ())}
    assert both == set()


def test_a_revision_that_cannot_be_read_any_more_says_where(stand: Stand):
    with stand.engine.database.writing() as connection:
        connection.execute(
            content_text.update()
            .where(content_text.c.body.startswith("# Tarewell is invented"))
            .values(body="format: 9\n")
        )
    later = Stand(str(stand.engine.database.url), stand.mailbox)
    answer = later.client(create_app(later.engine, secret=b"s" * 32, mailbox=None)).get("/campaigns")
    assert answer.status_code == 503
    assert "The programme cannot be read" in answer.text
    assert "campaigns/programme.yaml:1:" in answer.text
    later.engine.close()
