"""The files of the programme on pages, and a campaign from a recipe, from its draft to its first mail."""

import re

import pytest

from nurture.engine.accounts import Role

PATH = "campaigns/long-cycle/mails/six-lines.mjml"


def send(client, form_token, path, **values):
    return client.post(path, data={"csrf_token": form_token, **values})


def test_every_file_is_listed_and_opens_with_its_text(client, stand):
    texts = stand.engine.live.catalog.texts
    page = client.get("/files").text
    for path in texts:
        assert f'href="/files/{path}"' in page
    shown = client.get(f"/files/{PATH}").text
    assert texts[PATH].splitlines()[1].partition(":")[0] in shown
    assert client.get("/files/campaigns/nothing.yaml").status_code == 404


def test_a_text_that_is_sent_back_unchanged_makes_no_revision(client, stand, form_token):
    for path, text in list(stand.engine.live.catalog.texts.items())[:12]:
        as_browsers_send = text.replace("\n", "\r\n")
        assert (
            send(client, form_token, f"/files/{path}", revision="1", text=as_browsers_send).status_code == 303
        )
    assert stand.engine.live.number == 1


def test_an_edit_goes_live_with_its_reason(client, stand, form_token):
    text = stand.engine.live.catalog.texts[PATH].replace("subject: ", "subject: New! ", 1)
    send(client, form_token, f"/files/{PATH}", revision="1", text=text, reason="a stronger subject")
    assert stand.engine.live.number == 2
    assert stand.engine.live.catalog.texts[PATH] == text


def test_a_broken_text_is_kept_in_the_form_and_not_made_live(client, stand, form_token):
    text = stand.engine.live.catalog.texts[PATH].replace("<mj-text>", "<mj-txt>", 1)
    assert "mj-txt" in text
    for action in ("", "/check"):
        answer = send(client, form_token, f"/files/{PATH}{action}", revision="1", text=text)
        assert "&lt;mj-txt&gt;" in answer.text
        assert re.search(r"line \d+, column \d+", answer.text)
    assert answer.status_code == 200
    assert stand.engine.live.number == 1


def test_a_preview_shows_what_is_typed_and_records_nothing(client, stand, form_token):
    text = stand.engine.live.catalog.texts[PATH].replace("</mj-text>", " Typed just now.</mj-text>", 1)
    answer = send(client, form_token, f"/files/{PATH}/preview", text=text, lead=str(stand.lead_id("ada")))
    assert "Typed just now." in answer.text
    assert "/o/" not in answer.text, "no pixel"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    broken = send(client, form_token, f"/files/{PATH}/preview", text="no front matter")
    assert broken.status_code == 422
    assert "front matter" in broken.text


def test_a_test_mail_goes_to_whoever_asks_for_it(client, stand, form_token):
    before = set((stand.mailbox / "new").iterdir())
    lead = str(stand.lead_id("ada"))
    send(client, form_token, f"/files/{PATH}/test", lead=lead, text="what is typed is not what is sent")
    (sent,) = set((stand.mailbox / "new").iterdir()) - before
    assert f"To: {stand.account(Role.ADMIN).email}".encode() in sent.read_bytes()
    assert "Sent long-cycle/six-lines" in client.get(f"/files/{PATH}").text
    send(client, form_token, f"/files/{PATH}/test", lead="999")
    assert "Not sent: no lead" in client.get(f"/files/{PATH}").text


def test_who_only_writes_is_not_offered_to_make_it_live(client_as, form_token):
    page = client_as(Role.AUTHOR).get(f"/files/{PATH}").text
    assert "Send me a test" in page
    assert "Make live" not in page


def start(client, form_token, **values):
    return send(
        client,
        form_token,
        "/campaigns/new",
        **{"recipe": "welcome-series", "key": "hello", "name": "", **values},
    )


def test_a_campaign_from_a_recipe_is_a_draft_that_nobody_enters(client, stand, form_token):
    page = client.get("/campaigns/new").text
    slug = re.search(r'name="recipe" value="([^"]+)"', page)[1]
    assert start(client, form_token, recipe=slug).status_code == 303
    assert stand.engine.live.programme.campaigns["hello"].draft
    stand.later(days=1)
    assert all(each.campaign != "hello" for each in stand.state("ada").enrolments)
    shown = client.get("/campaigns/hello").text
    assert "nobody enters it" in shown
    assert "Words in brackets are still to be replaced" in shown


def test_a_key_that_is_taken_or_no_key_is_refused_and_the_form_keeps_what_was_typed(client, form_token):
    slug = re.search(r'name="recipe" value="([^"]+)"', client.get("/campaigns/new").text)[1]
    for key, told in (("long-cycle", "there is a campaign"), ("Not A Key", "small letters")):
        answer = start(client, form_token, recipe=slug, key=key, name="My name")
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="My name"' in answer.text
    assert "choose a recipe" in start(client, form_token, recipe="nope").text


BOMB = "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}"


def test_a_bomb_in_a_draft_is_refused_where_it_is_typed_and_the_pages_go_on(client, stand, form_token):
    text = stand.engine.live.catalog.texts[PATH].replace("</mj-text>", BOMB + "</mj-text>", 1)
    shown = send(client, form_token, f"/files/{PATH}/preview", text=text, lead=str(stand.lead_id("ada")))
    assert shown.status_code == 422
    assert "grows beyond" in shown.text
    checked = send(client, form_token, f"/files/{PATH}/check", revision="1", text=text)
    assert "grows beyond" in checked.text
    live = send(client, form_token, f"/files/{PATH}", revision="1", text=text)
    assert live.status_code == 422
    assert stand.engine.live.number == 1
    assert client.get("/files").status_code == 200


@pytest.mark.parametrize(
    "front",
    ["subject: " + "[" * 5_000, 'subject: "\\UFFFFFFFF"', "subject: \x01", "? " * 5_000, "a: b\n" * 9_000],
)
def test_a_front_matter_that_cannot_be_read_is_told_as_a_problem(client, form_token, front):
    answer = send(
        client, form_token, f"/files/{PATH}/check", revision="1", text=f"---\n{front}\n---\n<mjml></mjml>"
    )
    assert answer.status_code == 200
    assert "front matter" in answer.text
