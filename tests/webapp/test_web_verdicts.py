"""The page of who opened and clicked: what gave a machine away, found by address, and an admin's word that is taken in."""

import re

import pytest
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.store.records import event
from nurture.vocabulary.words import EventKind
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand


@pytest.fixture
def scanned(stand: Stand) -> list[int]:
    """The numbers of two clicks by a gateway on Bob's mail."""
    stand.with_a_scanned_mail()
    bobs = event.select().where(event.c.lead_id == stand.lead_id("bob"))
    with stand.engine.database.reading() as connection:
        rows = connection.execute(bobs.where(event.c.kind == EventKind.MAIL_CLICKED.value))
        return [row.id for row in rows]


def rows_of(page: str) -> list[str]:
    """The text of each line of the table."""
    found = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", each)).strip() for each in found]


def say(client: FlaskClient, act: int, who: str, back: str = "/verdicts"):
    data = {"csrf_token": token_of(client), "who": who, "back": back}
    return client.post(f"/verdicts/{act}", data=data, follow_redirects=True)


def test_a_machine_is_shown_with_what_gave_it_away(client: FlaskClient, scanned: list[int]):
    newest, _ = rows_of(client.get("/verdicts").text)
    assert "A machine clicked “tour” in “six lines” (burst)" in newest
    assert "bob@norr.example" in newest
    assert "Different links of one mail within three seconds, or four in a row." in newest
    assert "from 192.0.2.77" in newest
    assert "It was a person" in newest


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?pattern=burst", 2),
        ("?pattern=honeypot", 0),
        ("?pattern=nonsense", 2),
        ("?lead={bob}", 2),
        ("?lead={ada}", 0),
        ("?show=overturned", 0),
        ("?show=people", 1),
        ("?show=people&lead={bob}", 0),
        ("?show=nonsense", 2),
        ("?before={second}", 1),
        ("?before=x", 2),
    ],
)
def test_filters_stand_in_the_address(stand: Stand, client, scanned, query: str, count: int):
    asked = query.format(bob=stand.lead_id("bob"), ada=stand.lead_id("ada"), second=scanned[1])
    assert len(rows_of(client.get(f"/verdicts{asked}").text)) == count


def test_the_leads_page_leads_there(stand: Stand, client, scanned):
    address = f"/verdicts?lead={stand.lead_id('bob')}"
    assert f'href="{address}"' in client.get(f"/leads/{stand.lead_id('bob')}").text
    assert "Of all leads" in client.get(address).text


def test_an_admins_word_is_seen_at_once_and_taken_in_within_a_turn(stand: Stand, client, scanned):
    answer = say(client, scanned[0], "person", "/verdicts?pattern=burst")
    assert answer.request.full_path == "/verdicts?pattern=burst"
    assert "A person&#39;s, from now on." in answer.text
    assert "a person, within seconds" in rows_of(answer.text)[1]
    stand.later(minutes=1)
    (turned,) = rows_of(client.get("/verdicts?show=overturned").text)
    assert turned.startswith("Clicked “pricing” in “six lines” bob@norr.example")
    assert f"Said by {STAFF[Role.ADMIN]}" in turned
    assert "Take back" in turned
    assert stand.state("bob").accumulators


def test_it_can_be_taken_back(stand: Stand, client, scanned):
    say(client, scanned[0], "person")
    stand.later(minutes=1)
    say(client, scanned[0], "machine")
    stand.later(minutes=1)
    assert [row.count("(burst)") for row in rows_of(client.get("/verdicts").text)] == [2, 2]
    page = client.get("/settings/audit").text
    assert page.index("took back who did it") < page.index("said who did it")


def test_what_was_said_already_is_told_kindly(client, scanned):
    assert "a machine&#39;s already" in say(client, scanned[0], "machine").text
    assert "no such open or click" in say(client, 999_999, "person").text


@pytest.mark.parametrize("role", [Role.MARKETER, Role.SALES, Role.VIEWER])
def test_others_see_and_do_not_say(client_as, scanned, role: Role):
    browser = client_as(role)
    page = browser.get("/verdicts")
    assert len(rows_of(page.text)) == 2
    assert "It was a person" not in page.text
    data = {"csrf_token": token_of(browser, "/settings/account"), "who": "person"}
    assert browser.post(f"/verdicts/{scanned[0]}", data=data).status_code == 403


def test_the_way_back_leads_nowhere_else(client, scanned):
    data = {"csrf_token": token_of(client), "who": "person", "back": "https://evil.example/verdicts"}
    answer = client.post(f"/verdicts/{scanned[0]}", data=data)
    assert (answer.status_code, answer.location) == (303, "/verdicts")
