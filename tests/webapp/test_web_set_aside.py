"""What our own code failed on is on a page, the dashboard and in the doctor's report; an admin says what becomes of it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from nurture.engine.accounts import Role
from nurture.store import records as table
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand


@pytest.fixture
def bad(stand: Stand) -> int:
    """A visit of Ada's that nobody can read; the number under which it was set aside."""
    with stand.engine.database.writing() as connection:
        connection.execute(text("UPDATE event SET absorbed_at = NULL, properties = '{' WHERE id = 1"))
    stand.engine.tick()
    with stand.engine.database.reading() as connection:
        return int(connection.execute(select(table.set_aside.c.id)).scalar_one())


def say(client: FlaskClient, said: str, *things: int, why: str = ""):
    data = {"csrf_token": token_of(client), "said": said, "thing": [str(each) for each in things], "why": why}
    return client.post("/settings/set-aside", data=data, follow_redirects=True)


def test_it_says_what_failed_whose_it_is_and_where(client: FlaskClient, bad: int):
    page = client.get("/settings/set-aside").text
    assert "Something that happened was not taken in" in page
    assert "Ada Nowak" in page
    assert "DecodeError" in page
    assert "Try again" in page
    assert "Dismiss" in page
    assert "set aside, for our own code failed on it" in client.get("/").text


def test_tried_again_it_fails_again_and_once_mended_it_is_gone(client: FlaskClient, stand: Stand, bad: int):
    assert "It is tried again within a minute" in say(client, "again", bad).text
    stand.engine.tick()
    page = client.get("/settings/set-aside").text
    assert "Something that happened was not taken in" in page
    with stand.engine.database.writing() as connection:
        connection.execute(text("UPDATE event SET properties = '{}' WHERE id = 1"))
        again = connection.execute(select(table.set_aside.c.id)).scalar_one()
    say(client, "again", again)
    stand.engine.tick()
    assert "Nothing is set aside" in client.get("/settings/set-aside").text
    assert "set aside, for our own code" not in client.get("/").text


def test_it_is_dismissed_with_a_reason_and_not_without(client: FlaskClient, bad: int):
    assert "Say why it can be dismissed." in say(client, "dismiss", bad, why=" ").text
    page = say(client, "dismiss", bad, why="a visit of a test").text
    assert "Nothing is set aside" in page
    assert "a visit of a test" in page
    assert "dismissed what was set aside" in client.get("/settings/audit").text


def test_others_see_it_and_change_nothing(client_as, bad: int):
    viewer = client_as(Role.VIEWER)
    page = viewer.get("/settings/set-aside").text
    assert "DecodeError" in page
    assert 'name="said"' not in page, "there is nothing to press"
    assert say(viewer, "again", bad).status_code == 403
