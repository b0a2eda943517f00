"""On the page of mails of unknown fate a person says what became of them, in their own name."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from nurture.engine.accounts import Role
from nurture.store import records as table
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand


@pytest.fixture
def lost(stand: Stand) -> int:
    """Bob's first mail, of which nobody knows whether it left."""
    touch_id = stand.first_touch("bob")
    with stand.engine.database.writing() as connection:
        connection.execute(
            update(table.touch).where(table.touch.c.id == touch_id).values(status="unknown", answer="lost")
        )
        told = table.event.c.source_id == f"{touch_id}:mail.sent"
        connection.execute(
            update(table.event).where(told).values(kind="mail.unknown", source_id=f"{touch_id}:mail.unknown")
        )
    return touch_id


def status(stand: Stand, touch_id: int) -> str:
    with stand.engine.database.reading() as connection:
        row = connection.execute(table.touch.select().where(table.touch.c.id == touch_id)).one()
    return str(row.status)


def say(client: FlaskClient, said: str, *mails: int):
    data = {"csrf_token": token_of(client), "said": said, "mail": [str(mail) for mail in mails]}
    return client.post("/unknown", data=data, follow_redirects=True)


def test_each_line_offers_what_a_person_may_know(client: FlaskClient, lost: int):
    page = client.get("/unknown").text
    assert "It arrived" in page
    assert "It did not: send again" in page


@pytest.mark.parametrize(("said", "told"), [("arrived", "Noted: it arrived."), ("again", "It is sent again")])
def test_what_is_said_is_done_and_stands_on_the_leads_page(stand: Stand, client, lost, said, told):
    assert told in say(client, said, lost).text
    stand.later(minutes=1)
    assert status(stand, lost) == "sent"
    page = client.get(f"/leads/{stand.lead_id('bob')}").text
    assert f"says {STAFF[Role.ADMIN]}" in page


def test_it_can_be_said_of_all_that_are_shown(stand: Stand, client, lost):
    other = stand.first_touch("ada")
    with stand.engine.database.writing() as connection:
        connection.execute(update(table.touch).where(table.touch.c.id == other).values(status="unknown"))
    assert "All 2 that are shown" in client.get("/unknown").text
    assert "Noted: 2 mails arrived." in say(client, "arrived", lost, other).text


def test_what_is_settled_already_is_left(stand: Stand, client, lost):
    say(client, "arrived", lost)
    assert "settled already" in say(client, "again", lost).text
    assert status(stand, lost) == "sent"


def test_nothing_else_can_be_said(client, lost):
    assert say(client, "perhaps", lost).status_code == 400


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.SALES, Role.VIEWER])
def test_who_may_not_mail_people_may_look_only(client_as, stand, lost, role):
    client = client_as(role)
    assert "It did not" not in client.get("/unknown").text
    assert say(client, "again", lost).status_code == 403
    assert status(stand, lost) == "unknown"
