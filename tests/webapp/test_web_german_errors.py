"""What goes wrong is told in German, with its remedy: two who edit the same, what is too large, too often, away, missing, forbidden or broken."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from nurture.engine.accounts import Role
from nurture.engine.editing import write
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand
from tests.webapp.test_web_german_states import in_german

MAIL = "campaigns/trial-onboarding/mails/welcome.mjml"


def german(stand: Stand, app: Flask, role: Role = Role.ADMIN) -> FlaskClient:
    client = stand.client(app, role)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


@pytest.fixture
def client(stand: Stand, app: Flask) -> FlaskClient:
    return german(stand, app)


@pytest.fixture
def changed_by_mara(stand: Stand) -> str:
    """The mail as it was before a colleague's change of it went live."""
    text = stand.engine.live.catalog.texts[MAIL]
    theirs = text.replace("A person looks", "Mara looks", 1)
    write(stand.engine, {MAIL: theirs}, expecting=stand.engine.live.number, actor="mara", reason="hers")
    return text


def test_two_who_edit_one_file_see_both_changes(client: FlaskClient, changed_by_mara: str):
    mine = changed_by_mara.replace("A file is refused?", "No file is taken?", 1)
    said = {"text": mine, "seeing": 0, "base": 1}
    answer = client.post(f"/files/{MAIL}/live", json=said, headers={"X-CSRFToken": token_of(client)})
    assert answer.status_code == 409
    assert re.match(
        r"Revision 2 von mara ging live, während Sie bearbeitet haben.*: Sehen Sie sich", answer.json["words"]
    )
    for who, words in (("theirs", "Mara looks"), ("yours", "No file is taken?")):
        assert any(each["kind"] == "new" and words in each["text"] for each in answer.json[who])


def test_what_the_editor_refuses_is_refused_in_german(client: FlaskClient, changed_by_mara: str):
    headers = {"X-CSRFToken": token_of(client)}
    edit = {"do": "unwrap", "node": [0]}
    refused = client.post(
        f"/files/{MAIL}/look", json={"text": changed_by_mara, "edit": edit}, headers=headers
    )
    assert refused.json["refused"] == "das ist keine Bedingung und keine Schleife"
    broken = client.post(f"/files/{MAIL}/judge", json={"text": "no front matter"}, headers=headers).json
    assert "Kopfdaten" in broken["why"]
    assert [each["message"] for each in broken["problems"]] == ["die E-Mail hat keine Kopfdaten"]


def test_what_is_missing_forbidden_or_too_large_says_so(stand: Stand, app: Flask, client: FlaskClient):
    assert "Prüfen Sie die Adresse" in in_german(client.get("/nope"))
    viewer = german(stand, app, Role.VIEWER)
    forbidden = viewer.post("/settings/sender", data={"csrf_token": token_of(viewer)})
    assert forbidden.status_code == 403
    assert "Bitten Sie einen Admin um eine andere Rolle" in in_german(forbidden)
    large = client.post("/login", data={"email": "x" * 3_000_000})
    assert large.status_code == 413
    assert "Senden Sie eine kleinere Datei" in in_german(large)


def test_who_tries_too_often_is_told_how_long_to_wait(app: Flask):
    stranger = app.test_client()
    stranger.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    said = {"csrf_token": token_of(stranger, "/login"), "email": "lena@example.com", "password": "guess"}
    answers = [stranger.post("/login", data=said) for _ in range(40)]
    assert answers[-1].status_code == 429
    assert "Warten Sie eine Viertelstunde" in in_german(answers[-1])


def test_a_store_that_is_away_and_a_page_that_fails_say_what_is_safe(
    stand: Stand, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    def fails(error: Exception):
        def away(*_: object):
            raise error

        monkeypatch.setattr(stand.engine.database, "reading", away)
        monkeypatch.setattr(stand.engine.database, "writing", away)
        answer = client.get("/leads")
        monkeypatch.undo()
        return answer

    away = fails(OperationalError("", {}, Exception("gone")))
    assert away.status_code == 503
    assert "Der Datenspeicher ist kurz nicht erreichbar" in in_german(away)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    broken = fails(KeyError("ours"))
    assert broken.status_code == 500
    assert re.search(r"Name dieses Fehlers: \d{6}-KeyError", in_german(broken))
