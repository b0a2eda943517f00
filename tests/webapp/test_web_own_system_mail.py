"""The mails of the product itself on their pages: looked at, written anew in the editor of mails, and left to the shipped text again."""

import json
import re

import pytest

from nurture.content.system_mails import SYSTEM_MAILS
from nurture.delivery.mailbox import Mailbox
from nurture.engine.drafts import draft_of
from nurture.languages.catalogues import LANGUAGES
from tests.webapp.stand import Stand

PATH = "campaigns/system/mails/hand-off.mjml"
GERMAN = "campaigns/system/mails/hand-off.de.mjml"
OWN = """---
subject: "{{ lead_name }} is yours now"
---
{% extends "system/layout.mjml" %}
{% block body %}<mj-text>Please call {{ lead_name }} of {{ company }}.</mj-text>
<mj-text>{% for reason in reasons %}{{ reason.name }}: {{ reason.value }}. {% endfor %}</mj-text>{% endblock %}
"""


@pytest.fixture
def ask(client, form_token):
    def ask(path: str, verb: str, **body):
        answer = client.post(f"/files/{path}/{verb}", json=body, headers={"X-CSRFToken": form_token})
        return answer.json

    return ask


@pytest.fixture
def send(client, form_token):
    return lambda path, **values: client.post(path, data={"csrf_token": form_token, **values})


def subjects(stand: Stand) -> set[str]:
    mailbox = Mailbox(stand.mailbox)
    return {mailbox.headers(each)["Subject"] for each in mailbox.newest_first()}


def test_each_is_listed_with_whom_it_goes_to_and_shown_in_each_language(client):
    page = client.get("/mails").text
    for kind in SYSTEM_MAILS.values():
        assert kind.purpose.replace("'", "&#39;") in page
        shown = client.get(f"/mails/system/{kind.name}").text
        frames = re.findall(r'<iframe[^>]+src="([^"]+)"', shown)
        assert len(frames) == len(LANGUAGES)
        for frame in frames:
            mail = client.get(frame)
            assert mail.status_code == 200
            assert "frame-ancestors 'self'" in mail.headers["Content-Security-Policy"]


def test_what_it_shows_are_words_of_an_example_in_the_language_of_the_file(client):
    assert "Bob Reis" in client.get("/mails/system/hand-off/en").text
    german = client.get("/mails/system/hand-off/de").text
    assert "Bob Reis" in german
    assert "Was das Interesse geweckt hat" in german


def test_an_own_text_begins_as_the_shipped_one_is_live_after_publishing_and_goes_out(
    client, ask, send, stand: Stand
):
    begun = send("/mails/system/hand-off/en")
    assert begun.location == f"/files/{PATH}"
    page = client.get(begun.location).text
    state = json.loads(re.search(r'id="mail-editor-state">(.*?)</script>', page)[1])
    assert state["isSystem"]
    assert state["readers"] == state["personas"] == []
    assert {"lead_name", "respond_by"} <= {each["name"] for each in state["fields"]}
    assert "reasons" not in {each["name"] for each in state["fields"]}, "rows are no single value"

    judged = ask(PATH, "judge", text=OWN)
    assert judged["problems"] == []
    assert judged["subject"] == "Bob Reis is yours now"
    assert judged["size"] > 1_000
    preview = send(f"/files/{PATH}/preview", text=OWN).text
    assert "Please call Bob Reis of Norr AB." in preview
    assert "Asked for demo: 50." in preview

    with stand.engine.database.reading() as connection:
        seeing = draft_of(connection, PATH).number
    assert "revision" in ask(PATH, "live", text=OWN, seeing=seeing)
    assert "your own text" in client.get("/mails/system/hand-off").text
    send(f"/files/{PATH}/test", draft="1")
    assert "Bob Reis is yours now" in subjects(stand)

    send("/mails/system/hand-off/en/leave")
    assert PATH not in stand.engine.live.catalog.texts
    assert "your own text" not in client.get("/mails/system/hand-off").text


def test_a_draft_is_sent_as_a_test_before_it_is_live(ask, send, stand: Stand):
    send("/mails/system/hand-off/de")
    ask(GERMAN, "draft", text=OWN.replace("is yours now", "gehört Ihnen"), seeing=1)
    send(f"/files/{GERMAN}/test", draft="1")
    assert "Bob Reis gehört Ihnen" in subjects(stand)
    assert GERMAN not in stand.engine.live.catalog.texts


def test_a_name_that_it_does_not_know_is_a_problem_and_its_own_names_are_offered(client, ask, send):
    send("/mails/system/invitation/en")
    path = "campaigns/system/mails/invitation.mjml"
    judged = ask(path, "judge", text=OWN)
    assert any("lead_name" in each["message"] for each in judged["problems"])
    values = {each["name"] for each in client.get(f"/files/{path}/words").json["values"]}
    assert values == {"programme.name", "programme.postal_address"}


def test_a_text_that_cannot_be_read_says_why_and_the_others_are_shown(client, ask, send):
    send("/mails/system/hand-off/de")
    ask(GERMAN, "draft", text="no front matter", seeing=1)
    page = client.get("/mails/system/hand-off").text
    assert "the mail has no front matter" in page
    assert page.count("<iframe") == len(LANGUAGES) - 1


@pytest.mark.parametrize("path", ["nothing", "hand-off/fr", "nothing/en"])
def test_what_is_none_is_not_found(client, path):
    assert client.get(f"/mails/system/{path}").status_code == 404
