"""Notes and tasks of people on a lead: written, passed on, done and opened again, on its page and in the list."""

import pytest
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand


@pytest.fixture
def post(stand: Stand, client: FlaskClient, form_token: str):
    """Send a form of ours; answers with the page that follows."""

    def post(path: str, **fields: str) -> str:
        data = {"csrf_token": form_token, **fields}
        stand.later(seconds=1)
        return client.post(path.format(bob=stand.lead_id("bob")), data=data, follow_redirects=True).text

    return post


def number_of(page: str, what: str) -> str:
    return page.partition(what)[2].partition("/tasks/")[2].partition("/")[0]


def test_a_note_stands_on_the_timeline(stand: Stand, client: FlaskClient, post):
    assert "Noted." in post("/leads/{bob}/notes", note="Prefers <b>mornings")
    assert (
        "Note by ines@tarewell.example: Prefers &lt;b&gt;mornings"
        in client.get(f"/leads/{stand.lead_id('bob')}").text
    )


def test_a_task_is_made_passed_on_done_and_opened_again(stand: Stand, client: FlaskClient, post):
    shown = post("/leads/{bob}/tasks", task="Send the offer", who="owen@tarewell.example", due="2026-03-04")
    number = number_of(shown, "Send the offer")
    assert "Send the offer" in client.get("/tasks").text
    assert "Send the offer" not in client.get("/tasks?show=mine").text
    assert "Passed on" in post(f"/tasks/{number}/whose", who="ines@tarewell.example")
    assert "Send the offer" in client.get("/tasks?show=mine").text
    assert "Done." in post(f"/tasks/{number}/done")
    assert "Send the offer" not in client.get("/tasks").text
    assert "Send the offer" in client.get("/tasks?show=done").text
    assert "Somebody has done it already" in post(f"/tasks/{number}/done")
    assert "Open again." in post(f"/tasks/{number}/again")
    assert "Send the offer" in client.get("/tasks").text
    stand.later(minutes=1)
    story = client.get(f"/leads/{stand.lead_id('bob')}?show=sales").text
    for words in (
        "A task was made by ines@tarewell.example: Send the offer, for owen@tarewell.example",
        "A task was passed on by ines@tarewell.example: Send the offer, for ines@tarewell.example",
        "A task was done by ines@tarewell.example: Send the offer",
        "A task was opened again by ines@tarewell.example: Send the offer",
    ):
        assert words in story


def test_a_task_whose_day_is_over_is_late(stand: Stand, client: FlaskClient, post):
    post("/leads/{bob}/tasks", task="Send the offer", due="2026-03-02")
    assert "clock late" not in client.get("/tasks").text
    stand.later(hours=9)
    assert "clock late" in client.get("/tasks").text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/leads/{bob}/notes", {"note": " "}, 400),
        ("/leads/{bob}/tasks", {"task": ""}, 400),
        ("/leads/{bob}/tasks", {"task": "x", "who": "nobody@else.example"}, 400),
        ("/leads/{bob}/tasks", {"task": "x", "due": "soon"}, 400),
        ("/leads/999/notes", {"note": "x"}, 404),
        ("/leads/999/tasks", {"task": "x"}, 404),
    ],
)
def test_what_lacks_something_is_refused(stand: Stand, client: FlaskClient, path, fields, status):
    data = {"csrf_token": token_of(client), **fields}
    assert client.post(path.format(bob=stand.lead_id("bob")), data=data).status_code == status


def test_who_only_looks_writes_nothing(stand: Stand, client_as):
    viewer = client_as(Role.VIEWER)
    data = {"csrf_token": token_of(viewer), "note": "x"}
    assert viewer.post(f"/leads/{stand.lead_id('bob')}/notes", data=data).status_code == 403
    assert "Write a note" not in viewer.get(f"/leads/{stand.lead_id('bob')}").text
