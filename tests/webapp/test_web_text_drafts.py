"""What is typed into the field of a file is kept as its draft: every kind of file, for whoever may write, beside what is live."""

import re

import pytest

from nurture.engine.accounts import Role
from nurture.engine.drafts import draft_of, save_draft
from nurture.engine.editing import write
from tests.webapp.conftest import token_of

CAMPAIGN = "campaigns/long-cycle/campaign.yaml"
KINDS = ("campaigns/programme.yaml", CAMPAIGN, "campaigns/long-cycle/mails/six-lines.mjml")
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def draft(stand):
    """The newest state of a file's draft."""

    def draft(path=CAMPAIGN):
        with stand.engine.database.reading() as connection:
            return draft_of(connection, path)

    return draft


@pytest.fixture
def send(client, form_token):
    """Send the form of a file, as a browser without a script does, or as the script."""

    def send(action, text, path=CAMPAIGN, headers=None, **values):
        values = {"csrf_token": form_token, "revision": "1", "seeing": "0", **values}
        sent = {**values, "text": text.replace("\n", "\r\n")}
        return client.post(f"/files/{path}{action}", data=sent, headers=headers)

    return send


def typed(stand, path=CAMPAIGN, word="typed"):
    """The live text with a line more, where a comment may stand."""
    return f"{stand.engine.live.catalog.texts[path].rstrip()}\n# {word}\n"


def publish_beside(stand, word="theirs"):
    """Somebody else makes the file live with another first line."""
    text = f"# {word}\n{stand.engine.live.catalog.texts[CAMPAIGN]}"
    number = stand.engine.live.number
    return write(stand.engine, {CAMPAIGN: text}, expecting=number, actor="eve", reason="meanwhile")


def test_every_kind_of_file_is_saved_by_itself_and_is_there_when_one_comes_back(client, stand, send, draft):
    layout = next(path for path in stand.engine.live.catalog.texts if path.startswith("templates/"))
    for path in (*KINDS, layout):
        text = typed(stand, path)
        answer = send("/keep", text, path, headers=SCRIPT)
        assert answer.json == {"number": 1, "at": "10:05"}
        assert draft(path).text == text, "with the line ends of the file"
        page = client.get(f"/files/{path}").text
        assert "# typed" in page
        assert "Discard the draft" in page or "six-lines" in path
    assert stand.engine.live.number == 1
    assert client.get("/files").text.count('<span class="tag">draft</span>') >= len(KINDS) + 1


def test_what_is_not_changed_begins_no_draft(stand, send, draft):
    answer = send("/keep", stand.engine.live.catalog.texts[CAMPAIGN], headers=SCRIPT)
    assert answer.json["number"] == 0
    assert draft() is None


def test_without_a_script_a_button_saves_even_what_cannot_be_read(client, stand, send, draft):
    assert send("/keep", "campaign: [").status_code == 303
    assert draft().text.startswith("campaign: [")
    track = stand.engine.live.programme.campaigns["long-cycle"].tracks[0].key
    own = [
        f"/campaigns/long-cycle{page}"
        for page in ("", f"/tracks/{track}", "/compare", "/enters", "/simulate")
    ]
    for page in (f"/files/{CAMPAIGN}", "/files", *own):
        assert client.get(page).status_code == 200, page
    refused = send("", "campaign: [", seeing="1")
    assert refused.status_code == 422
    assert "campaign: [" in refused.text
    assert draft() is not None
    assert stand.engine.live.number == 1


def test_a_draft_that_is_made_live_is_a_draft_no_more(stand, send, draft):
    text = typed(stand)
    send("/keep", text, headers=SCRIPT)
    assert send("", text, seeing="1", reason="a line more").status_code == 303
    assert stand.engine.live.catalog.texts[CAMPAIGN] == text
    assert draft() is None


def test_a_draft_is_discarded_on_request(client, stand, send, draft):
    send("/keep", typed(stand), headers=SCRIPT)
    assert send("/drop", "", seeing="1").status_code == 303
    assert draft() is None
    assert "# typed" not in client.get(f"/files/{CAMPAIGN}").text


def test_a_draft_that_somebody_else_saved_meanwhile_is_shown_beside_what_was_typed(stand, send, draft):
    with stand.engine.deciding() as (connection, now):
        save_draft(connection, CAMPAIGN, typed(stand, word="theirs"), seeing=0, actor="eve", now=now)
    mine = typed(stand, word="mine")
    assert send("/keep", mine, headers=SCRIPT).status_code == 409
    for action in ("/keep", "/drop", ""):
        shown = send(action, mine)
        assert shown.status_code == 409
        assert "eve saved this draft while you were editing" in shown.text
        assert re.search(r"Their change.*# theirs.*Your change.*# mine", shown.text, re.DOTALL)
        assert draft().text == typed(stand, word="theirs")
    seeing = re.search(r'name="seeing" value="(\d+)"', shown.text)[1]
    assert send("/keep", mine, seeing=seeing).status_code == 303
    assert draft().text == mine


def test_what_went_live_meanwhile_is_shown_beside_the_draft_and_is_not_written_over_unseen(
    client, stand, send, draft
):
    mine = typed(stand, word="mine")  # of the text of revision 1
    publish_beside(stand)
    assert send("/keep", mine, headers=SCRIPT).json["number"] == 1
    assert draft().based_on == 1, "the page was opened before theirs went live"
    for shown in (client.get(f"/files/{CAMPAIGN}"), send("", mine, seeing="1")):
        assert re.search(r"Their change.*# theirs.*Your change.*# mine", shown.text, re.DOTALL)
        assert 'name="over" value="2"' in shown.text
    assert shown.status_code == 409
    assert stand.engine.live.number == 2
    assert send("", mine, seeing="1", over="2").status_code == 303
    assert stand.engine.live.catalog.texts[CAMPAIGN] == mine


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES, Role.APPROVER])
def test_who_may_not_write_saves_nothing_and_is_not_asked_to(client_as, stand, draft, role):
    client = client_as(role)
    page = client.get(f"/files/{CAMPAIGN}").text
    assert "data-drafting" not in page
    for action in ("/keep", "/drop"):
        sent = {"csrf_token": token_of(client), "text": "x", "seeing": "0"}
        assert client.post(f"/files/{CAMPAIGN}{action}", data=sent).status_code == 403
    assert draft() is None


def test_a_script_whose_session_has_ended_is_told_so(stranger):
    answer = stranger.post(f"/files/{CAMPAIGN}/keep", data={"text": "x"}, headers=SCRIPT)
    assert answer.status_code in (400, 401)
