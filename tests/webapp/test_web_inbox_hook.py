"""Mail that is posted to us: who may, what is taken, and what an answer promises."""

import io
import json
from base64 import b64encode

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from nurture.engine.feedback import RAW_MAX
from nurture.store import records as table
from webapp import create_app
from webapp.inbox_hook import PATH
from webapp.provider_hooks import REFUSED_MOST

TOKEN = "a mail server's token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server(stand):
    """Who posts from outside, without a cookie."""
    return create_app(stand.engine, secret=b"s" * 32, mailbox=None, inbox_token=TOKEN).test_client()


@pytest.fixture
def wish(stand):
    """A mail that unsubscribes Ada, by the address that it goes to."""
    to = stand.engine.keyring.unsubscribe_address(stand.first_touch("ada"), "in.tarewell.example")
    return to, f"From: ada@engine.example\r\nTo: {to}\r\nSubject: stop\r\n\r\nStop \xfc\r\n".encode("latin-1")


def came(stand):
    with stand.engine.database.reading() as connection:
        inbound = connection.execute(select(table.inbound)).all()
        causes = connection.execute(select(table.suppression.c.cause)).scalars().all()
    return [(row.source, row.kind, row.raw) for row in inbound], causes


def test_what_is_posted_has_taken_effect_before_the_answer(stand, server, wish):
    answer = server.post(PATH, data=wish[1], headers=BEARER)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Set-Cookie" not in answer.headers
    assert came(stand) == ([("post", "unsubscribe", wish[1])], ["unsubscribed"])


def test_posted_again_it_is_taken_again_and_changes_nothing(stand, server, wish):
    assert [server.post(PATH, data=wish[1], headers=BEARER).status_code for _ in range(3)] == [200] * 3
    assert len(came(stand)[0]) == 1


def test_the_envelope_tells_whose_it_is_where_the_message_does_not(stand, server, wish):
    blind = b"From: ada@engine.example\r\nTo: undisclosed-recipients:;\r\n\r\nStop"
    server.post(PATH, data=blind, headers={**BEARER, "X-Envelope-To": wish[0]})
    assert came(stand)[1] == ["unsubscribed"]


@pytest.mark.parametrize("provider", ["sendgrid", "mailgun", "a file"])
def test_a_provider_posts_the_message_in_a_form(stand, server, wish, provider):
    to, raw = wish
    form = {
        "sendgrid": {
            "email": raw.decode("latin-1"),
            "envelope": json.dumps({"to": [to], "from": "a@x.example"}),
        },
        "mailgun": {"recipient": to, "body-mime": raw.decode("latin-1")},
        "a file": {"message": (io.BytesIO(raw), "message.eml")},
    }[provider]
    login = b64encode(f"hook:{TOKEN}".encode()).decode()
    answer = server.post(
        PATH + ("/mime" if provider == "mailgun" else ""),
        data=form,
        headers={"Authorization": f"Basic {login}"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    assert came(stand)[1] == ["unsubscribed"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"}, {"Authorization": f"Token {TOKEN}"}],
)
def test_what_is_not_proven_is_not_even_read(stand, server, wish, headers):
    assert server.post(PATH, data=wish[1], headers=headers).status_code == 401
    assert came(stand) == ([], [])


def test_who_guesses_is_not_heard_any_more(stand, server, wish):
    for _ in range(REFUSED_MOST):
        server.post(PATH, data=wish[1])
    assert server.post(PATH, data=wish[1], headers=BEARER).status_code == 429
    stand.later(minutes=2)
    assert server.post(PATH, data=wish[1], headers=BEARER).status_code == 200


def test_without_a_token_of_ours_there_is_nothing_there(client, wish):
    assert client.post(PATH, data=wish[1], headers=BEARER).status_code == 404


@pytest.mark.parametrize(("size", "status"), [(RAW_MAX, 200), (RAW_MAX + 1, 413), (RAW_MAX * 2, 413)])
def test_a_message_that_no_mail_server_sends_is_refused(server, size, status):
    assert server.post(PATH, data=b"x" * size, headers=BEARER).status_code == status


@pytest.mark.parametrize("form", [{}, {"text": "no message"}])
def test_a_post_without_a_message_is_refused(server, form):
    assert server.post(PATH, data=form, headers=BEARER).status_code == 422


@pytest.mark.parametrize("place", ["reading", "writing"])
def test_while_the_store_is_away_it_is_to_be_posted_again(stand, server, wish, monkeypatch, place):
    def away(*_):
        raise OperationalError("", {}, Exception("the database is away"))

    with monkeypatch.context() as broken:
        broken.setattr(stand.engine.database, place, away)
        answer = server.post(PATH, data=wish[1], headers=BEARER)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert server.post(PATH, data=wish[1], headers=BEARER).status_code == 200
    assert came(stand)[1] == ["unsubscribed"]
