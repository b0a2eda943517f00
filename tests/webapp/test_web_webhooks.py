"""Webhooks and keys: what was posted and answered, tests and second tries, what providers prove themselves with; no secret."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient

from nurture.delivery.memory import MemoryCaller
from nurture.engine.accounts import Role
from nurture.engine.installation import read_installation
from nurture.engine.webhook_calls import queue_calls
from nurture.ports import Answer
from nurture.store.records import audit_entry, provider_delivery, webhook_call
from tests.webapp.conftest import SECRET, token_of
from tests.webapp.stand import Stand

PATH = "/settings/webhooks"
PROOF = "nobody-may-see-this-proof"


class Endpoint(MemoryCaller):
    """Answers as a test says."""

    answer = Answer(204)

    def post(self, url, headers, body):
        super().post(url, headers, body)
        return self.answer


@pytest.fixture
def endpoint(stand: Stand) -> Endpoint:
    """What all webhooks of the programme reach; the shipped one is called chat-alert."""
    endpoint = Endpoint()
    stand.engine.caller = endpoint
    stand.engine._webhooks._caller = endpoint
    return endpoint


@pytest.fixture
def press(client: FlaskClient):
    token = token_of(client, PATH)

    def press(what: str, **fields: str):
        data = {"csrf_token": token, **fields}
        return client.post(f"{PATH}/{what}", data=data, follow_redirects=True)

    return press


@pytest.fixture
def name(stand: Stand) -> str:
    """A webhook that the programme declares."""
    return next(iter(stand.engine.live.programme.webhooks))


def called(stand: Stand, name: str, step: str = "alert") -> None:
    """A step of Ada's track calls."""
    row = {
        "lead_id": stand.lead_id("ada"),
        "webhook": name,
        "enrolment": 9,
        "visit": 9,
        "step": step,
        "payload": {"email": "ada@engine.example"},
    }
    with stand.engine.deciding() as (connection, now):
        queue_calls(connection, [{**row, "created_at": now, "status": "waiting"}], now)


def calls(stand: Stand):
    with stand.engine.database.reading() as connection:
        return connection.execute(webhook_call.select().order_by(webhook_call.c.id)).all()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_test_is_posted_signed_and_its_answer_told(stand: Stand, endpoint: Endpoint, press, name: str):
    assert f"{name} took the test: 204" in press(f"{name}/test").text
    (post,) = endpoint.posts
    assert post.url == stand.engine.live.programme.webhooks[name]
    assert b'"type":"test"' in post.body
    signed = stand.engine.keyring.webhook_headers(
        name, post.headers["webhook-id"], stand.clock.now(), post.body
    )
    assert signed.items() <= post.headers.items()
    endpoint.answer = Answer(500, "<b>broken</b>")
    assert "did not take the test: 500 &lt;b&gt;broken" in press(f"{name}/test").text
    assert calls(stand) == []


def test_nothing_is_called_where_nothing_leaves(press, client: FlaskClient, name: str):
    assert "No webhook is called" in client.get(PATH).text
    assert press(f"{name}/test").status_code == 409
    assert press("nobody/test").status_code == 404


def test_a_call_that_was_given_up_is_posted_again_under_its_id(
    stand: Stand, client: FlaskClient, endpoint: Endpoint, press, name: str
):
    endpoint.answer = Answer(410, "Gone")
    called(stand, name)
    called(stand, name, "another")
    stand.later(seconds=1)
    page = client.get(PATH).text
    assert "410 Gone" in page
    assert "/…" in page
    assert stand.engine.live.programme.webhooks[name] not in page
    endpoint.answer = Answer(204)
    assert "1 call is posted again" in press("again", call=str(calls(stand)[0].id)).text
    stand.later(seconds=1)
    assert [row.status for row in calls(stand)] == ["delivered", "failed"]
    first, *_, last = endpoint.posts
    assert last.headers["webhook-id"] == first.headers["webhook-id"]
    press("again", webhook=name)
    stand.later(seconds=1)
    assert [row.status for row in calls(stand)] == ["delivered", "delivered"]
    assert "Nothing was given up" in press("again", webhook=name).text


def test_one_that_fails_again_is_tried_for_three_days_more(
    stand: Stand, endpoint: Endpoint, press, name: str
):
    endpoint.answer = Answer(410)
    called(stand, name)
    stand.later(seconds=1)
    stand.later(days=9)
    endpoint.answer = Answer(503)
    press("again", webhook=name)
    stand.later(seconds=1)
    (row,) = calls(stand)
    assert (row.status, row.attempts, row.answer) == ("waiting", 2, "503")
    assert row.tried_at == stand.clock.now()


def test_the_list_shows_what_is_asked_for(stand: Stand, client: FlaskClient, endpoint: Endpoint, name: str):
    called(stand, name, "step-one")
    stand.later(seconds=1)
    assert "step step-one" in text_of(client.get(f"{PATH}?status=delivered").text)
    assert "step-one" not in client.get(f"{PATH}?status=failed").text


def test_what_a_provider_proves_itself_with_is_kept_and_never_shown(stand: Stand, client: FlaskClient, press):
    page = press("providers/postmark", proof=PROOF).text
    assert PROOF not in page
    assert PROOF not in str([tuple(row) for row in stand_rows(stand, audit_entry)])
    with stand.engine.database.reading() as connection:
        assert read_installation(connection, SECRET)["hook_postmark"] == PROOF
    assert "hook_postmark" in client.get(PATH).text
    assert "Nothing was typed" in press("providers/postmark").text
    press("providers/postmark", forget="1")
    with stand.engine.database.reading() as connection:
        assert "hook_postmark" not in read_installation(connection, SECRET)
    assert press("providers/nobody", proof="x").status_code == 404


def test_what_the_server_sets_no_page_changes(press, client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NURTURE_HOOK_RESEND", "whsec_c2VjcmV0")
    page = client.get(PATH).text
    assert "NURTURE_HOOK_RESEND" in page
    assert "whsec_c2VjcmV0" not in page
    assert press("providers/resend", proof="other").status_code == 409


def test_when_a_provider_last_told_us_something(stand: Stand, client: FlaskClient, press):
    press("providers/resend", proof=PROOF)
    assert "never, or not lately" in client.get(PATH).text
    with stand.engine.deciding() as (connection, now):
        row = {"key": "k", "provider": "resend", "received_at": now - timedelta(days=1), "content_type": "x"}
        connection.execute(provider_delivery.insert().values(row))
    assert "never, or not lately" not in client.get(PATH).text


def test_keys_are_known_by_their_fingerprints(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "dkim.pem").write_bytes(pem)
    for name, value in (
        ("DOMAIN", "tarewell.example"),
        ("SELECTOR", "n1"),
        ("KEY_FILE", tmp_path / "dkim.pem"),
    ):
        monkeypatch.setenv(f"NURTURE_DKIM_{name}", str(value))
    page = client.get(PATH).text
    assert "n1._domainkey.tarewell.example" in page
    assert "Ed25519" in page
    assert re.search(r"SHA256:[0-9a-f]{16}<", page)
    assert pem.decode().splitlines()[1] not in page
    (tmp_path / "dkim.pem").write_text("no key")
    assert "it cannot be read" in client.get(PATH).text


def test_the_page_is_for_admins(client_as, app: Flask):
    for role in set(Role) - {Role.ADMIN}:
        assert client_as(role).get(PATH).status_code == 403


def stand_rows(stand: Stand, what):
    with stand.engine.database.reading() as connection:
        return connection.execute(what.select()).all()
