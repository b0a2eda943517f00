"""Nothing typed is lost: a form whose session has ended is shown again to whoever sent it, once they have logged in."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from nurture.engine.accounts import Role, end_sessions
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.accounts_login import set_password
from tests.webapp.conftest import token_of
from tests.webapp.stand import ROOT, STAFF, Stand
from webapp.form_labels import label_of
from webapp.sent_again import CARRIED_BYTES_MAX, SECRETS

ADMIN, MARKETER = STAFF[Role.ADMIN], STAFF[Role.MARKETER]
PASSWORD = "a sentence is fine"
NOTE = "Asked for <b>terms</b> twice.\r\nCalls back on Friday & brings “Olga”."


@pytest.fixture(autouse=True)
def with_passwords(stand: Stand) -> None:
    with stand.engine.deciding() as (connection, now):
        for role in (Role.ADMIN, Role.MARKETER):
            set_password(connection, stand.account(role), PASSWORD, now=now)


@pytest.fixture
def ada(stand: Stand) -> str:
    """The page where a note on Ada is written."""
    return f"/leads/{stand.lead_id('ada')}"


def log_in(client: FlaskClient, email: str = ADMIN, **fields: str):
    said = {"csrf_token": token_of(client, "/login"), "email": email, "password": PASSWORD, **fields}
    return client.post("/login", data=said)


def hidden(page: str) -> dict[str, str]:
    """What the page's hidden fields would send; the last of a name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def carried(page: str) -> str:
    return hidden(page)["carried"]


def notes(client: FlaskClient, ada: str) -> int:
    return unescape(client.get(ada).text).count("Calls back on Friday")


@pytest.fixture
def at_the_note(stranger: FlaskClient, ada: str) -> dict[str, str]:
    """An admin has logged in and typed a note on Ada: what the form will send."""
    log_in(stranger)
    return {"csrf_token": token_of(stranger, ada), "note": NOTE}


@pytest.fixture
def path(ada: str) -> str:
    return f"{ada}/notes"


def end_session(stand: Stand) -> None:
    with stand.engine.deciding() as (connection, now):
        end_sessions(connection, stand.account(Role.ADMIN), now=now)


def another_session(stand: Stand, client: FlaskClient, email: str = ADMIN) -> None:
    """In another window of the browser the session has ended, and somebody has logged in."""
    end_session(stand)
    assert log_in(client, email).status_code == 303


# ---------------------------------------------------------------- the session has ended


def test_a_note_is_there_again_after_the_login_and_is_sent_by_a_button(
    stand: Stand, stranger: FlaskClient, at_the_note, ada: str, path: str
):
    end_session(stand)
    asked = stranger.post(path, data=at_the_note, headers={"Referer": f"http://localhost{ada}"})
    assert asked.status_code == 401
    assert "Friday" not in asked.text  # whoever sits there now may be another
    back = log_in(stranger, next=ada, carried=carried(asked.text))
    assert back.status_code == 200
    assert NOTE in unescape(back.text)
    assert "<b>terms" not in back.text
    assert f'href="{ada}"' in back.text
    assert notes(stranger, ada) == 0  # nothing is sent by itself
    again = hidden(back.text)
    assert again["note"] == NOTE
    assert f'action="{path}"' in back.text
    assert stranger.post(path, data=again).status_code == 302
    assert notes(stranger, ada) > 0


def test_a_browser_that_has_logged_out_or_lost_its_cookie_keeps_it_too(
    app: Flask, stranger: FlaskClient, at_the_note, ada: str, path: str
):
    other = app.test_client()
    asked = other.post(path, data=at_the_note)
    assert NOTE in unescape(log_in(other, carried=carried(asked.text)).text)


def test_a_wrong_password_in_between_loses_nothing(
    stand: Stand, stranger: FlaskClient, at_the_note, path: str
):
    end_session(stand)
    kept = carried(stranger.post(path, data=at_the_note).text)
    wrong = log_in(stranger, password="another sentence", carried=kept)
    assert wrong.status_code == 401
    assert carried(wrong.text) == kept
    assert NOTE in unescape(log_in(stranger, carried=carried(wrong.text)).text)


def test_it_is_never_shown_to_another_account(stand: Stand, stranger: FlaskClient, at_the_note, path: str):
    end_session(stand)
    kept = carried(stranger.post(path, data=at_the_note).text)
    other = log_in(stranger, MARKETER, carried=kept, next="/leads")
    assert other.headers["Location"] == "/leads"
    page = stranger.get("/leads").text
    assert "of another account" in page
    assert "Friday" not in page


def test_who_logs_in_in_another_window_goes_on_in_this_one(
    stand: Stand, stranger: FlaskClient, at_the_note, path: str
):
    end_session(stand)
    asked = hidden(stranger.post(path, data=at_the_note).text)
    not_yet = stranger.post("/login/again", data=asked)
    assert not_yet.status_code == 401
    assert "Nobody is logged in here yet" in not_yet.text
    with stand.engine.deciding() as (connection, now):
        link = f"/login/{new_link(connection, stand.account(Role.ADMIN), Purpose.LOGIN, now=now)}"
    stranger.post(link, data={"csrf_token": token_of(stranger, link)})
    back = stranger.post("/login/again", data=asked)  # the form is older than the session that began
    assert NOTE in unescape(back.text)


# ---------------------------------------------------------------- the form is of an earlier session


def test_a_form_of_an_earlier_session_of_ones_own_is_sent_by_a_button(
    stand: Stand, stranger: FlaskClient, at_the_note, ada: str, path: str
):
    another_session(stand, stranger)
    back = stranger.post(path, data=at_the_note)
    assert back.status_code == 400
    assert NOTE in unescape(back.text)
    assert notes(stranger, ada) == 0
    stranger.post(path, data=hidden(back.text))
    assert notes(stranger, ada) > 0


def test_a_form_of_another_account_is_too_old_and_says_nothing(
    stand: Stand, stranger: FlaskClient, at_the_note, path: str
):
    another_session(stand, stranger, MARKETER)
    answer = stranger.post(path, data=at_the_note)
    assert answer.status_code == 400
    assert "too old" in answer.text
    assert "Friday" not in answer.text


FORGED = ["", "1", "1.abc", "Ijh9.abc.def"]


@pytest.mark.parametrize("token", FORGED)
def test_a_form_of_another_site_is_not_carried(stranger: FlaskClient, path: str, token: str):
    """It cannot have the token of a form of ours, so nobody is led to press a button for it."""
    said = {"csrf_token": token, "note": NOTE}
    assert "/login" in stranger.post(path, data=said).headers["Location"]
    log_in(stranger)
    answer = stranger.post(path, data=said)
    assert answer.status_code == 400
    assert "Friday" not in answer.text


@pytest.mark.parametrize("change", [lambda text: text[:-5] + "AAAA=", lambda text: "", lambda text: "gAAAA"])
def test_what_was_not_sealed_here_is_not_shown(
    stand: Stand, stranger: FlaskClient, at_the_note, path: str, change
):
    end_session(stand)
    kept = carried(stranger.post(path, data=at_the_note).text)
    assert log_in(stranger, carried=change(kept)).status_code == 303


def test_what_was_sent_yesterday_is_not_shown(stand: Stand, stranger: FlaskClient, at_the_note, path: str):
    end_session(stand)
    kept = carried(stranger.post(path, data=at_the_note).text)
    stand.later(hours=13)
    assert log_in(stranger, carried=kept).status_code == 303


# ---------------------------------------------------------------- what is carried


def test_passwords_stay_behind_and_are_asked_for_again(stand: Stand, stranger: FlaskClient):
    log_in(stranger)
    said = {
        "csrf_token": token_of(stranger),
        "name": "Ines K.",
        "current": PASSWORD,
        "password": "a new sentence",
    }
    another_session(stand, stranger)
    back = stranger.post("/settings/account", data=said).text
    assert "Ines K." in back
    assert PASSWORD not in back
    assert "a new sentence" not in back
    assert set(re.findall(r'<input type="password" name="(\w+)"', back)) == {"current", "password"}


def test_a_file_is_named_and_chosen_again(stand: Stand, stranger: FlaskClient):
    log_in(stranger)
    said = {"csrf_token": token_of(stranger, "/suppressions"), "reason": "from before"}
    another_session(stand, stranger)
    with_file = {**said, "file": (BytesIO(b"a@b.example"), "stop.csv")}
    back = stranger.post("/suppressions/import", data=with_file).text
    assert "stop.csv was not kept" in back
    assert '<input type="file" name="file" required>' in back
    assert 'enctype="multipart/form-data"' in back


def test_the_largest_that_is_carried_passes_the_login_and_more_is_not(
    stand: Stand, stranger: FlaskClient, at_the_note, path: str
):
    end_session(stand)
    text = "e" * (CARRIED_BYTES_MAX - 100)
    token = {"csrf_token": at_the_note["csrf_token"]}
    more = stranger.post(path, data={**token, "note": text + "e" * 200})
    assert "/login" in more.headers["Location"]
    assert "too large to be kept" in stranger.get("/login").text
    asked = stranger.post(path, data={**token, "note": text})
    assert hidden(log_in(stranger, carried=carried(asked.text)).text)["note"] == text


def test_a_button_alone_and_a_second_step_lead_to_the_login_as_ever(stand: Stand, stranger: FlaskClient):
    log_in(stranger)
    token = {"csrf_token": token_of(stranger)}
    end_session(stand)
    assert "/login" in stranger.post("/settings/account/sessions", data=token).headers["Location"]
    step = stranger.post("/settings/account/second-step", data={**token, "key": "sealed", "code": "123456"})
    assert "/login" in step.headers["Location"]


def test_a_script_is_told_as_ever(stand: Stand, stranger: FlaskClient, at_the_note, path: str):
    end_session(stand)
    answer = stranger.post(path, data=at_the_note, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "carried" not in answer.text


def test_no_template_asks_for_a_secret_that_would_be_carried():
    """A field that hides what is typed is one of SECRETS; a code of the moment is asked for by forms that are never carried."""
    asked = set()
    for template in Path(ROOT / "webapp/templates").glob("*.html"):
        for field in re.findall(r"<input[^>]*>", template.read_text()):
            name = re.search(r'name="([^"]+)"', field)
            if 'type="password"' in field and name:
                asked.add(name[1])
            if "one-time-code" in field:
                assert template.name in ("login_code.html", "second_step.html")
    assert asked - SECRETS == {
        "{{ name }}"
    }  # of sending.html, where all of them are sealed, and of the page itself


# ---------------------------------------------------------------- what its fields are called


def test_what_was_sent_stands_with_the_labels_of_its_form_in_the_readers_language(
    stand: Stand, stranger: FlaskClient, at_the_note, ada: str, path: str
):
    end_session(stand)
    asked = stranger.post(path, data=at_the_note, headers={"Referer": f"http://localhost{ada}"})
    said = {"csrf_token": token_of(stranger, "/login"), "email": ADMIN, "password": PASSWORD}
    back = stranger.post(
        "/login", data={**said, "carried": carried(asked.text)}, headers={"Accept-Language": "de"}
    )
    assert "<dt>Notiz</dt>" in back.text


@pytest.mark.parametrize(
    ("path", "name", "label"),
    [
        ("/leads/1/notes", "note", "Note"),
        ("/inbox/1/contact", "note", "What was said"),  # the same name in another form
        ("/leads/1/tasks", "due", "Until"),
        ("/settings/account", "password", "Password"),
        ("/nowhere", "what-nobody_knows", "What nobody knows"),
    ],
)
def test_a_field_is_called_as_its_form_calls_it(app: Flask, path: str, name: str, label: str):
    with app.test_request_context(path, headers={"Accept-Language": "en"}):
        assert label_of(path, name) == label
