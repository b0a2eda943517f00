"""A mail's text kept under a name: by the editor and by the page History, through publishing, and back again."""

import json
import re

import pytest

from nurture.engine.accounts import Role
from nurture.engine.drafts import draft_of
from nurture.engine.named_versions import MOST, named_versions
from nurture.engine.persona_key import give_key, new_key
from tests.webapp.conftest import token_of

PATH = "campaigns/long-cycle/mails/six-lines.mjml"


@pytest.fixture
def text(stand):
    return stand.engine.live.catalog.texts[PATH]


@pytest.fixture
def ask(client, form_token):
    def ask(verb, path=PATH, **body):
        headers = {"X-CSRFToken": form_token, "Content-Type": "application/json"}
        return client.post(f"/files/{path}/{verb}", data=json.dumps(body), headers=headers)

    return ask


@pytest.fixture
def send(client, form_token):
    def send(verb, path=PATH, **values):
        return client.post(f"/files/{path}/{verb}", data={"csrf_token": form_token, **values})

    return send


def versions(stand, path=PATH):
    with stand.engine.database.reading() as connection:
        return named_versions(connection, path)


def draft(stand, path=PATH):
    with stand.engine.database.reading() as connection:
        return draft_of(connection, path)


def test_what_the_editor_shows_is_kept_through_publishing_and_comes_back(ask, send, client, stand, text):
    seven, eight = text.replace("Six", "Seven", 1), text.replace("Six", "Eight", 1)
    assert ask("name", text=seven, name=" With  seven ").json == {"name": "With seven"}
    assert ask("name", text=eight).json == {"name": "10:05"}
    assert draft(stand) is None  # it is no edit
    ask("live", text=eight, seeing=0)

    page = client.get(f"/files/{PATH}/history").text
    assert "With seven</h3>" in page
    assert "10:05</h3>" in page
    assert "by ines@tarewell.example" in page
    hour, with_seven = versions(stand)
    compared = client.get(f"/files/{PATH}/history?named={with_seven.id}").text
    assert re.search(r"gone: </span><code>subject: Eight lines", compared)
    assert re.search(r"new: </span><code>subject: Seven lines", compared)

    answer = send("restore", named=with_seven.id, seeing=0)
    assert draft(stand).text == seven
    assert answer.headers["Location"] == f"/files/{PATH}?restored=1"
    state = state_of(client.get(answer.headers["Location"]).text)
    assert (state["text"], state["before"]) == (seven, eight)  # Undo goes back at once
    assert state["named"] == ["With seven", ""]
    send("restore", named=hour.id, seeing=1)
    assert state_of(client.get(f"/files/{PATH}?restored=2").text)["before"] == seven
    assert state_of(client.get(f"/files/{PATH}?restored=1").text)["before"] is None  # others have saved since
    assert send("restore", named=hour.id, seeing=2).headers["Location"] == f"/files/{PATH}"  # as it is


def state_of(page):
    return json.loads(re.search(r'id="mail-editor-state">(.*?)</script>', page)[1])


def test_nobodys_edit_is_lost_by_naming_or_restoring(ask, send, client, stand, text):
    mine, theirs = text.replace("Six", "Seven", 1), text.replace("Six", "Eight", 1)
    ask("draft", text=theirs, seeing=0)
    assert ask("name", text=mine, name="mine").status_code == 200
    assert draft(stand).text == theirs
    send("restore", named=versions(stand)[0].id, seeing=0)
    assert draft(stand).text == theirs
    assert "Not restored" in client.get(f"/files/{PATH}/history").text


def test_without_scripts_the_history_keeps_what_it_shows(ask, send, client, stand, text):
    mine = text.replace("Six", "Seven", 1)
    send("named", name="as it is live", seeing=0, revision=1)
    ask("draft", text=mine, seeing=0)
    assert 'name="seeing" value="1"' in client.get(f"/files/{PATH}/history").text
    ask("draft", text=text.replace("Six", "Eight", 1), seeing=1)  # another saves while one looks for a name
    send("named", name="draft", seeing=1, revision=1)
    assert [each.text for each in versions(stand)] == [mine, text]
    assert "Kept as “draft”" in client.get(f"/files/{PATH}/history").text
    ask("discard")
    send("named", name="too late", seeing=2, revision=1)
    assert "Not kept: the draft that you saw is gone" in client.get(f"/files/{PATH}/history").text
    send("named", name="x" * 81, seeing=0, revision=1)
    assert "at most 80" in client.get(f"/files/{PATH}/history").text


def test_one_is_removed_and_put_back(ask, send, client, stand, text):
    ask("name", text=text, name="first try")
    (there,) = versions(stand)
    answer = send(f"named/{there.id}/remove")
    assert versions(stand) == ()
    page = client.get(answer.headers["Location"]).text
    assert "The version “first try” is removed." in page
    send(f"named/{there.id}/put-back")
    assert versions(stand) == (there,)
    send(f"named/{there.id}/put-back")
    assert "cannot be put back any more" in client.get(f"/files/{PATH}/history").text
    assert send("named/99/remove").status_code == 404


def test_what_cannot_be_kept_says_why(ask, text, client, client_as):
    for _ in range(MOST):
        ask("name", text=text)
    refused = ask("name", text=text, name="one more")
    assert refused.status_code == 422
    assert "remove one on its page History" in refused.json["refused"]
    assert ask("name", name="no text").status_code == 400
    assert ask("name", path="campaigns/long-cycle/mails/none.mjml", text="").status_code == 404
    assert ask("name", path="campaigns/long-cycle/campaign.yaml", text="").status_code == 404
    assert client.post(f"/files/{PATH}/named/1/remove").status_code == 400
    viewer = client_as(Role.VIEWER)
    assert "Keep version" not in viewer.get(f"/files/{PATH}/history").text
    for verb in ("name", "named", "named/1/remove", "named/1/put-back"):
        asked = viewer.post(f"/files/{PATH}/{verb}", data={"csrf_token": token_of(viewer)})
        assert asked.status_code == 403


def test_a_mail_that_was_never_live_comes_back_by_its_name(send, ask, client, stand, form_token):
    path = "campaigns/long-cycle/mails/fuel.mjml"
    client.post("/mails", data={"csrf_token": form_token, "campaign": "long-cycle", "name": "fuel"})
    written = draft(stand, path).text
    ask("name", path=path, text=written, name="first words")
    ask("discard", path=path)
    assert "first words" in client.get(f"/files/{path}/history").text
    send("restore", path=path, named=versions(stand, path)[0].id, seeing=0)
    assert draft(stand, path).text == written


def test_versions_follow_a_mail_of_a_persona_that_gets_another_key(ask, send, stand, text):
    of_persona = "campaigns/long-cycle/mails/six-lines.champion.mjml"
    send("variant", persona="champion", language="")
    ask("live", path=of_persona, text=text, seeing=1)
    ask("name", path=of_persona, text=text, name="for champions")
    change = new_key(stand.engine, "champion", "insider")
    give_key(stand.engine, change, expecting=2, actor="ines@tarewell.example", reason="test")
    assert [each.name for each in versions(stand, of_persona.replace("champion", "insider"))] == [
        "for champions"
    ]
