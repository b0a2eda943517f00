"""Settings of the sender and of sending: saved where they belong, refused with their reason, secrets never shown."""

from datetime import timedelta

import pytest

from nurture.engine.installation import read_installation
from nurture.store import records as table
from tests.webapp.conftest import SECRET

SENDER = {
    "sender-reply_to": "hello@tarewell.example",
    "name": "Tarewell",
    "sender-name": "Mira",
    "sender-address": "mira@tarewell.example",
    "postal_address": "Pier 1",
}
SENDING = {
    "public_url": "http://127.0.0.1:8025",
    "tracking_url": "https://links.tarewell.example",
    "transport": "maildir",
}


def save(client, form_token, path, **values):
    return client.post(path, data={"csrf_token": form_token, **values})


def stored(stand):
    with stand.engine.database.reading() as connection:
        return read_installation(connection, SECRET)


def test_the_sender_is_saved_into_the_programme(client, stand, form_token):
    before = stand.engine.live.catalog.texts["campaigns/programme.yaml"].splitlines()
    assert save(client, form_token, "/settings/sender", revision="1", **SENDER).status_code == 303
    live = stand.engine.live
    assert (live.number, live.programme.sender.name, live.programme.postal_address) == (2, "Mira", "Pier 1")
    after = live.catalog.texts["campaigns/programme.yaml"].splitlines()
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 3
    assert "is from this sender" in client.get("/settings/sender").text


def test_a_sender_that_cannot_be_is_refused_with_what_was_typed(client, stand, form_token):
    answer = save(
        client, form_token, "/settings/sender", revision="1", **{**SENDER, "sender-address": "mira"}
    )
    assert answer.status_code == 422
    assert 'value="mira"' in answer.text
    assert "address" in answer.text
    assert stand.engine.live.number == 1


def test_two_people_who_edit_the_sender_do_not_undo_each_other(client, stand, form_token):
    save(client, form_token, "/settings/sender", revision="1", **SENDER)
    answer = save(client, form_token, "/settings/sender", revision="1", **{**SENDER, "sender-name": "Ada"})
    assert answer.status_code == 409
    assert "went live while you were editing" in answer.text
    assert 'value="Ada"' in answer.text
    assert stand.engine.live.programme.sender.name == "Mira"
    theirs, _, yours = answer.text.partition("Their change")[2].partition("Your change")
    assert "Mira" in theirs
    assert "Ada" in yours.partition("</section>")[0]
    ada = {**SENDER, "sender-name": "Ada"}
    save(client, form_token, "/settings/sender", revision="1", over="2", **ada)
    assert stand.engine.live.programme.sender.name == "Ada"


def test_settings_of_sending_are_kept_and_the_password_is_never_shown(client, stand, form_token):
    relay = {
        "transport": "smtp",
        "smtp_host": "relay.example",
        "smtp_user": "n",
        "smtp_password": "correct horse",
    }
    assert save(client, form_token, "/settings/sending", **{**SENDING, **relay}).status_code == 303
    assert stored(stand)["smtp_password"] == "correct horse"
    page = client.get("/settings/sending").text
    assert "relay.example" in page
    assert "horse" not in page
    assert "One is kept, sealed" in page
    save(client, form_token, "/settings/sending", **{**SENDING, **relay, "smtp_password": ""})
    assert stored(stand)["smtp_password"] == "correct horse", "an empty field keeps it"


def test_the_language_for_those_who_have_chosen_none_is_set(client, stand, form_token):
    assert save(client, form_token, "/settings/sending", **SENDING, language="de").status_code == 303
    assert stored(stand)["language"] == "de"
    assert '<option value="de" lang="de" selected>Deutsch</option>' in client.get("/settings/sending").text
    assert save(client, form_token, "/settings/sending", **SENDING, language="xx").status_code == 422
    assert stored(stand)["language"] == "de"


def test_a_provider_is_set_and_its_key_is_never_shown(client, stand, form_token):
    provider = {"transport": "ses", "provider_key": "correct horse", "ses_region": "eu-west-1"}
    answer = save(client, form_token, "/settings/sending", **{**SENDING, **provider})
    assert answer.status_code == 422
    assert "SES access key" in answer.text
    provider["ses_access_key"] = "AKID"
    assert save(client, form_token, "/settings/sending", **{**SENDING, **provider}).status_code == 303
    assert stored(stand)["provider_key"] == "correct horse"
    page = client.get("/settings/sending").text
    assert "through Amazon SES" in page
    assert "horse" not in page


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"transport": "postmark"}, "provider key"),
        ({"provider_url": "http://api.example.com"}, "https address"),
        ({"transport": "smtp", "tracking_url": "http://localhost:8025"}, "recipients cannot reach"),
        ({"tracking_url": "links"}, "public address of this server"),
        ({"smtp_user": "n", "smtp_tls": "none", "smtp_host": "relay.example"}, "travel in clear"),
        ({"smtp_port": "0"}, "greater than or equal to 1"),
    ],
)
def test_settings_that_would_fail_are_refused_in_words(client, stand, form_token, values, told):
    answer = save(client, form_token, "/settings/sending", **{**SENDING, **values})
    assert answer.status_code == 422
    assert told in answer.text
    assert "NURTURE_T" not in answer.text, "pages know no variables"
    assert stored(stand) == {}


def test_what_the_environment_sets_no_page_changes(client, stand, form_token, monkeypatch):
    monkeypatch.setenv("NURTURE_SMTP_HOST", "fixed.example")
    assert "Set by <code>NURTURE_SMTP_HOST</code>" in client.get("/settings/sending").text
    save(client, form_token, "/settings/sending", **SENDING, smtp_host="other.example")
    assert "smtp_host" not in stored(stand)


def test_a_relay_that_asked_us_to_wait_is_asked_again_once_something_was_set(client, stand, form_token):
    with stand.engine.deciding() as (connection, now):
        connection.execute(
            table.way_out_rest.insert(), [{"way_out": "maildir", "until": now + timedelta(hours=1)}]
        )
    assert "asked us to wait until" in client.get("/settings/sending").text
    save(client, form_token, "/settings/sending", **SENDING)
    assert "asked us to wait until" not in client.get("/settings/sending").text
