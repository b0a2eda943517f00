"""Webhooks of mail providers as they come in: what is taken, what is refused, and what a refusal leaves behind."""

import hmac
import json
from base64 import b64encode
from hashlib import sha1, sha256
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from nurture.engine.provider_fetch import HttpFetch
from nurture.providers.known import KNOWN
from nurture.providers.model import UnprovenError
from nurture.store import records as table
from webapp import create_app
from webapp.provider_hooks import REFUSED_MOST

LOGIN = "hooks:correct horse"
HOOKS = {
    "postmark": LOGIN,
    "mailgun": "mailgun signs with this",
    "mandrill": "mandrill signs with this",
    "amazon_ses": "arn:aws:sns:eu-west-1:123456789012:mail",
}
PEM = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem"


@pytest.fixture
def provider(stand):
    """Who posts from outside, without a cookie."""
    app = create_app(stand.engine, secret=b"s" * 32, mailbox=None, hooks=HOOKS, fetch=lambda _: b"")
    return app.test_client()


def basic(login=LOGIN):
    return {"Authorization": "Basic " + b64encode(login.encode()).decode()}


def complaint(stand, **fields):
    email = stand.engine.keyring.message_id(stand.first_touch("ada"), "tarewell.example")
    return {
        "RecordType": "SpamComplaint",
        "Type": "SpamComplaint",
        "ID": 42,
        "Email": "ada@engine.example",
        "Metadata": {"message-id": email},
        "BouncedAt": "2026-03-02T09:04:00Z",
        **fields,
    }


def counts(stand):
    with stand.engine.database.reading() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(each)).scalar_one()
            for each in (table.provider_delivery, table.provider_event, table.suppression, table.event)
        )


def test_a_complaint_is_suppressed_before_the_answer(stand, provider):
    answer = provider.post("/hooks/postmark", json=complaint(stand), headers=basic())
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    with stand.engine.database.reading() as connection:
        rows = connection.execute(select(table.suppression.c.address, table.suppression.c.cause)).all()
        (reported,) = connection.execute(select(table.provider_event)).all()
    assert rows == [("ada@engine.example", "complaint")]
    assert reported.touch_id == stand.first_touch("ada")


def test_told_again_it_is_taken_again_and_changes_nothing(stand, provider):
    for _ in range(3):
        assert provider.post("/hooks/postmark", json=complaint(stand), headers=basic()).status_code == 200
    assert counts(stand)[:3] == (1, 1, 1)


def test_what_nobody_knows_is_taken_too(stand, provider):
    assert provider.post("/hooks/postmark", data=b"\xff{", headers=basic()).status_code == 200
    assert (
        provider.post("/hooks/postmark", json={"RecordType": "Teleport"}, headers=basic()).status_code == 200
    )
    assert counts(stand)[:2] == (2, 1)


@pytest.mark.parametrize(
    "headers",
    [{}, basic("hooks:wrong"), basic(""), {"Authorization": "Basic ????"}, {"Authorization": LOGIN}],
)
def test_what_is_not_proven_writes_nothing(stand, provider, headers):
    before = counts(stand)
    answer = provider.post("/hooks/postmark", json=complaint(stand), headers=headers)
    assert (answer.status_code, answer.data) == (401, b"")
    assert counts(stand) == before


def test_mailgun_within_and_beyond_five_minutes(stand, provider):
    def post(stamp):
        by = hmac.digest(HOOKS["mailgun"].encode(), f"{stamp}token".encode(), sha256).hex()
        signed = {"timestamp": str(stamp), "token": "token", "signature": by}
        return provider.post("/hooks/mailgun", json={"signature": signed, "event-data": {"event": "opened"}})

    now = int(stand.clock.now().timestamp())
    assert [post(now + away).status_code for away in (-299, 299, -301, 301)] == [200, 200, 401, 401]


@pytest.mark.parametrize("base", ["http://127.0.0.1:8025", "http://localhost"])
def test_mandrill_signs_the_address_that_it_posts_to(provider, base):
    by = hmac.digest(
        HOOKS["mandrill"].encode(), b"http://127.0.0.1:8025/hooks/mandrillmandrill_events[]", sha1
    )
    headers = {"X-Mandrill-Signature": b64encode(by).decode()}
    body = urlencode({"mandrill_events": "[]"})
    kind = "application/x-www-form-urlencoded"
    answer = provider.post("/hooks/mandrill", data=body, headers=headers, content_type=kind, base_url=base)
    assert answer.status_code == 200


def test_whether_we_are_there(provider):
    assert provider.head("/hooks/mandrill").status_code == 200
    assert provider.post("/hooks/mandrill").status_code == 200
    assert provider.head("/hooks/brevo").status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_posts_are_taken(stand, provider, method):
    before = counts(stand)
    assert getattr(provider, method)("/hooks/postmark", headers=basic()).status_code == 405
    assert counts(stand) == before


@pytest.mark.parametrize("name", ["brevo", "sendgrid", "nobody", "..", "%00"])
def test_a_provider_that_is_not_set_up_is_not_there(stand, provider, name):
    before = counts(stand)
    assert provider.post(f"/hooks/{name}", json=complaint(stand), headers=basic()).status_code == 404
    assert counts(stand) == before


def test_what_is_too_large_is_refused_unread(provider):
    answer = provider.post("/hooks/postmark", data=b"x" * (8 * 1024 * 1024 + 1), headers=basic())
    assert answer.status_code == 413


def test_who_only_guesses_is_read_no_more(stand, provider):
    wrong = [
        provider.post("/hooks/postmark", json={}, headers=basic("a:b")).status_code
        for _ in range(REFUSED_MOST)
    ]
    assert wrong == [401] * REFUSED_MOST
    assert provider.post("/hooks/postmark", json=complaint(stand), headers=basic()).status_code == 429
    stand.later(minutes=2)
    assert provider.post("/hooks/postmark", json=complaint(stand), headers=basic()).status_code == 200


@pytest.mark.parametrize("place", ["reading", "writing"])
def test_while_the_store_is_away_it_is_to_be_sent_again(stand, provider, monkeypatch, place):
    def away(*_):
        raise OperationalError("", {}, Exception("the database is away"))

    said = complaint(stand)
    with monkeypatch.context() as broken:
        broken.setattr(stand.engine.database, place, away)
        answer = provider.post("/hooks/postmark", json=said, headers=basic())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert counts(stand)[:2] == (0, 0)
    assert provider.post("/hooks/postmark", json=complaint(stand), headers=basic()).status_code == 200


def test_a_notice_of_sns_without_a_signature_is_refused(provider):
    bare = {"Type": "SubscriptionConfirmation", "TopicArn": HOOKS["amazon_ses"], "SubscribeURL": PEM}
    assert provider.post("/hooks/amazon_ses", data=json.dumps(bare)).status_code == 401


class Log:
    """What was logged of refusals."""

    def __init__(self):
        self.lines = []

    def warning(self, event, **values):
        self.lines.append((event, values))


def test_each_refusal_is_a_line_that_counts_and_holds_no_secret(provider, monkeypatch):
    log = Log()
    monkeypatch.setattr("webapp.provider_hooks.log", log)
    for _ in range(2):
        provider.post("/hooks/postmark", json={"Email": "ada@engine.example"}, headers=basic("a:b"))
    assert [(event, values["refused"]) for event, values in log.lines] == [
        ("webhook refused", 1),
        ("webhook refused", 2),
    ]
    assert "ada" not in str(log.lines)
    assert LOGIN not in str(log.lines)


@pytest.mark.parametrize("name", KNOWN)
def test_each_provider_has_its_setting(name, monkeypatch):
    from nurture.config import read_settings

    monkeypatch.setenv(f"NURTURE_HOOK_{name.upper()}", "what was agreed")
    settings = read_settings()
    assert settings.hooks == {name: "what was agreed"}
    assert "what was agreed" not in repr(settings)


# ------------------------------------------------------------ what lies with Amazon


def test_a_certificate_is_fetched_once():
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200, content=b"a certificate")

    fetch = HttpFetch(httpx.MockTransport(answer))
    assert [fetch(PEM), fetch(PEM)] == [b"a certificate"] * 2
    assert asked == [PEM]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"Location": "https://evil.example/"}),
        httpx.Response(404),
        httpx.Response(200, content=b"x" * 100_000),
    ],
)
def test_nothing_but_a_certificate_is_taken(answer):
    with pytest.raises(UnprovenError):
        HttpFetch(httpx.MockTransport(lambda _: answer))(PEM)


def test_nobody_else_is_asked():
    with pytest.raises(UnprovenError):
        HttpFetch(httpx.MockTransport(lambda _: 1 / 0))("https://169.254.169.254/latest.pem")
