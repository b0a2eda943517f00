"""A mail on its way to readers: written by one, approved by another, and out of reach when it is retired."""

import json

import pytest

from nurture.content.edit import Replace
from nurture.engine.accounts import Role
from nurture.engine.drafts import draft_of, save_draft
from nurture.engine.editing import edit
from nurture.engine.reviews import MailState, state_of
from nurture.errors import ProgrammeError
from nurture.store import records as table
from tests.webapp.conftest import token_of

PATH = "campaigns/long-cycle/mails/six-lines.mjml"
SPARE = "campaigns/long-cycle/mails/spare.mjml"


@pytest.fixture
def by(client_as):
    """Somebody of a role who presses a button of the review page."""

    def act(role, verb, path=PATH, **values):
        client = client_as(role)
        return client.post(f"/files/{path}/{verb}", data={"csrf_token": token_of(client), **values})

    return act


@pytest.fixture
def publish(client_as, stand):
    def publish(role, path=PATH):
        client = client_as(role)
        with stand.engine.database.reading() as connection:
            draft = draft_of(connection, path)
        headers = {"X-CSRFToken": token_of(client), "Content-Type": "application/json"}
        body = {"text": draft.text, "seeing": draft.number}
        return client.post(f"/files/{path}/live", data=json.dumps(body), headers=headers)

    return publish


def drafted(stand, words, path=PATH):
    text = stand.engine.live.catalog.texts[PATH].replace("Six", words, 1)
    with stand.engine.deciding() as (connection, now):
        found = draft_of(connection, path)
        seeing = 0 if found is None else found.number
        save_draft(connection, path, text, seeing=seeing, actor="otto@tarewell.example", now=now)
    return text


def state(stand, path=PATH):
    live = stand.engine.live.catalog.texts.get(path)
    with stand.engine.database.reading() as connection:
        draft = draft_of(connection, path)
        return state_of(connection, path, live if draft is None else draft.text, live)


def test_an_author_writes_an_approver_approves_and_a_marketer_publishes(stand, by, publish):
    assert state(stand) is MailState.APPROVED
    text = drafted(stand, "Seven")
    assert state(stand) is MailState.DRAFT
    by(Role.AUTHOR, "review")
    assert state(stand) is MailState.IN_REVIEW
    refused = publish(Role.MARKETER)
    assert refused.status_code == 422
    assert "still in review" in refused.json["refused"]
    by(Role.APPROVER, "approve")
    assert state(stand) is MailState.APPROVED
    assert publish(Role.MARKETER).json == {"revision": 2}
    assert stand.engine.live.catalog.texts[PATH] == text


def test_an_approval_is_of_one_text(stand, by, publish):
    drafted(stand, "Seven")
    by(Role.APPROVER, "approve")
    drafted(stand, "Eight")
    assert state(stand) is MailState.DRAFT
    assert "not approved yet" in publish(Role.MARKETER).json["refused"]
    assert stand.engine.live.number == 1


def test_whoever_may_approve_does_so_by_publishing(stand, publish):
    drafted(stand, "Seven")
    assert publish(Role.APPROVER).json == {"revision": 2}
    with stand.engine.database.reading() as connection:
        told = [row.what for row in connection.execute(table.audit_entry.select())]
    assert told[-2:] == ["approved", "published"]


def test_the_form_without_scripts_keeps_the_same_gate(stand, client_as):
    client = client_as(Role.MARKETER)
    text = stand.engine.live.catalog.texts[PATH].replace("Six", "Seven", 1)
    values = {"csrf_token": token_of(client), "revision": "1", "text": text}
    answer = client.post(f"/files/{PATH}", data=values)
    assert answer.status_code == 422
    assert "not approved yet" in answer.text


def test_it_is_sent_back_with_words_and_the_words_are_settled(stand, by, client):
    drafted(stand, "Seven")
    by(Role.AUTHOR, "review")
    by(Role.VIEWER, "comment", words="Count again <b>please</b>")
    by(Role.VIEWER, "comment", words="  ")
    by(Role.APPROVER, "send-back")
    assert state(stand) is MailState.DRAFT
    page = client.get(f"/files/{PATH}/review").text
    assert "Count again &lt;b&gt;please&lt;/b&gt;" in page
    assert page.lower().count("comment by") == 2  # the article, and the button that settles it
    by(Role.AUTHOR, "settle", comment="1")
    assert "settled by otto" in client.get(f"/files/{PATH}/review").text


def test_what_is_sent_is_not_retired_and_what_is_retired_is_not_sent(stand, by, publish, client):
    by(Role.APPROVER, "retire")
    assert state(stand) is MailState.APPROVED
    assert state(stand) is MailState.APPROVED

    drafted(stand, "Spare", SPARE)
    publish(Role.ADMIN, SPARE)
    by(Role.APPROVER, "retire", SPARE)
    assert state(stand, SPARE) is MailState.RETIRED
    campaign = "campaigns/long-cycle/campaign.yaml"
    first = stand.engine.live.programme.campaigns["long-cycle"].tracks[0]
    step = next(each for each in first.steps if each.mail)
    sends = [Replace(("tracks", first.key, "steps", step.key, "mail"), "spare")]
    with pytest.raises(ProgrammeError, match="retired"):
        edit(stand.engine, campaign, sends, expecting=2, actor="mara@tarewell.example", reason="spare")
    assert stand.engine.live.number == 2
    by(Role.APPROVER, "bring-back", SPARE)
    assert edit(stand.engine, campaign, sends, expecting=2, actor="mara@tarewell.example", reason="x") == 3


def client_page(client):
    return client.get(f"/files/{PATH}/review").text


def test_the_list_tells_where_each_mail_stands(stand, by, client):
    drafted(stand, "Seven")
    by(Role.AUTHOR, "review")
    page = client.get("/mails").text
    assert page.count("in review") == 1
    assert page.count("approved</a>") > 30


def test_who_may_not_approve_is_not_offered_it(stand, client_as):
    drafted(stand, "Seven")
    for role, offered in (
        (Role.AUTHOR, False),
        (Role.MARKETER, False),
        (Role.APPROVER, True),
        (Role.ADMIN, True),
    ):
        assert (">Approve</button>" in client_as(role).get(f"/files/{PATH}/review").text) is offered
