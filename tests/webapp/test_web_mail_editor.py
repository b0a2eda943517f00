"""What the editor of a mail asks the server: looks, promises, drafts, what goes live, and the way back."""

import json
import re
from base64 import b64encode
from email import policy
from email.parser import BytesParser
from hashlib import sha256

import pytest

from nurture.check import check
from nurture.check.one_mail import check_mail
from nurture.content.begun_mail import begun_mail
from nurture.content.catalog import load_texts
from nurture.content.filters import FILTERS
from nurture.content.mails import read_mail
from nurture.content.outline import outline
from nurture.content.segments import ADDRESSES
from nurture.content.tracking import telltales
from nurture.engine.accounts import Role
from nurture.engine.build import shared_names
from nurture.engine.drafts import draft_of
from nurture.engine.editing import write
from nurture.engine.send_test import send_test
from nurture.store import records as table
from tests.webapp.conftest import token_of
from webapp.draft_mail import NOBODY, addressed_preview, draft_preview, reader
from webapp.mail_around import around
from webapp.mail_blocks import signed, with_addresses
from webapp.mail_broken import own_broken
from webapp.mail_frame import SCRIPT

PATH = "campaigns/long-cycle/mails/six-lines.mjml"
NEW = "campaigns/long-cycle/mails/case-study.mjml"


@pytest.fixture
def text(stand):
    return stand.engine.live.catalog.texts[PATH]


@pytest.fixture
def ask(client, form_token):
    def ask(verb, path=PATH, **body):
        headers = {"X-CSRFToken": form_token, "Content-Type": "application/json"}
        return client.post(f"/files/{path}/{verb}", data=json.dumps(body), headers=headers)

    return ask


def kept(stand, path=PATH):
    with stand.engine.database.reading() as connection:
        return draft_of(connection, path)


def test_an_edit_comes_back_as_a_splice_as_browsers_count(ask, text):
    rockets = text.replace("subject: Six", "subject: 🚀 Six", 1)
    answer = ask("look", text=rockets, edit={"do": "text", "node": [2, 1], "text": "Hi"}).json
    splice = answer["splice"]
    units = rockets.encode("utf-16-le")
    after = (
        units[: 2 * splice["start"]] + splice["put"].encode("utf-16-le") + units[2 * splice["end"] :]
    ).decode("utf-16-le")
    assert after == rockets.replace("Hello {{ lead.first_name|default('there', true) }},", "Hi", 1)
    assert answer["nodes"][2]["children"][1]["text"] == "Hi"
    assert answer["head"]["subject"].startswith("🚀")


def test_an_edit_that_does_not_fit_is_refused_with_its_remedy(ask, text):
    answer = ask("look", text=text, edit={"do": "delete", "node": [9]})
    assert "choose it again" in answer.json["refused"]
    assert "splice" not in answer.json
    assert ask("look", text=text, edit={"do": "nonsense"}).status_code == 400
    assert ask("look", path="campaigns/long-cycle/campaign.yaml", text="").status_code == 404
    assert ask("look", path=NEW, text="").status_code == 404


def test_promises_are_told_with_their_node_and_what_mends_them(ask, text):
    end = "{% endblock %}\n"
    image = text.removesuffix(end) + '<mj-image src="https://x.example/a.png" />\n' + end
    answer = ask("judge", text=image).json
    (problem,) = [each for each in answer["problems"] if "without alt" in each["message"]]
    assert problem["fix"] == {"do": "attribute", "node": problem["at"], "name": "alt", "value": ""}
    spliced = ask("look", text=image, edit=problem["fix"]).json
    assert spliced["splice"]["put"] == ' alt=""'
    sound = ask("judge", text=text).json
    assert sound["problems"] == []
    assert 1024 < sound["size"] < 102 * 1024
    assert sound["subject"] == "Six lines where freight invoices go wrong"
    broken = ask("judge", text="no front matter").json
    assert broken["problems"][0]["severity"] == "error"
    assert "front matter" in broken["why"]


def test_it_is_told_how_many_leads_lack_what_the_mail_says(ask, client, text):
    said = text.replace("<mj-text>Hello", "<mj-text>{{ lead.company|default('your firm', true) }} Hello", 1)
    said = said.replace("subject: Six", "subject: '{{ lead.time_zone|default(1) }} {{ lead.email }}' #", 1)
    zone, company = ask("judge", text=said).json["lacking"]
    assert zone == {"words": "3 leads lack “Time zone” (fallback used)", "href": "/leads?campaign=long-cycle"}
    assert company["words"] == "1 lead lacks “Company” (fallback used)"
    listed = client.get(company["href"]).text
    assert ">Eve &lt;b&gt;</a>" in listed
    assert ">Ada" not in listed


def test_the_same_is_said_while_one_types_as_when_all_is_checked(ask, stand, text):

    for old, new in [
        ("<mj-text>", "<mj-txt>"),
        ("link('guide')", "link('gide')"),
        ("lead.first_name", "lead.frst"),
    ]:
        changed = text.replace(old, new, 1)
        told = ask("judge", text=changed).json["problems"]
        whole = check(load_texts({**stand.engine.live.catalog.texts, PATH: changed}))
        expected = [(each.line, each.message) for each in whole if each.file == PATH]
        assert expected
        assert [(each["line"], each["message"]) for each in told] == expected


def test_the_files_around_a_mail_are_its_layout_and_what_that_is_made_of(app, stand):
    catalog = stand.engine.live.catalog
    with app.test_request_context():
        found = around(catalog, '{% extends "mail/poster.mjml" %}{% include "mail/letter.mjml" %}')
        assert around(catalog, "<mjml></mjml>") == around(catalog, '{% extends "mail/none.mjml" %}') == []
    names = [each["words"] for each in found]
    assert names[:2] == ["mail/poster.mjml", "mail/layout.mjml"]
    assert {"mail/footer.mjml", "mail/signature.mjml"} <= set(names)
    assert "mail/letter.mjml" not in names  # what the mail itself puts in is a block of its own
    assert found[0]["href"] == "/files/templates/mail/poster.mjml"


def test_what_the_code_pane_lists_is_what_a_mail_may_say(client, stand, text):
    words = client.get(f"/files/{PATH}/words").json
    assert "mj-button" in words["children"]["mj-column"]
    assert {"headline", "quiet", "paper"} <= set(words["classes"])
    assert words["choices"]["mj-text"]["align"] == ["left", "center", "right", "justify"]
    filters = {each["name"]: each["put"] for each in words["filters"]}
    assert filters.keys() == FILTERS.keys() - {"d"}
    said = [each["name"] for each in words["values"]]
    shared = shared_names(stand.engine.live, "long-cycle")
    roots = {name.partition(".")[0] for name in said}
    assert roots == shared.keys() | ADDRESSES.keys()
    lines = [f"<mj-text>{{{{ {name}|default('none', true) }}}}</mj-text>" for name in said]
    changed = text.replace("<mj-text>", "".join(lines) + "<mj-text>", 1)
    assert check_mail(stand.engine.live.catalog, PATH, changed) == ()
    assert client.get(f"/files/{NEW}/words").status_code == 404


def test_a_part_of_a_mail_becomes_a_block_that_other_mails_put_in(ask, client, client_as, stand, text):
    before = stand.engine.live.number
    answer = ask("block", text=text, node=[2, 1], name="A Greeting").json
    live = stand.engine.live
    include = '{% include "mail/a-greeting.mjml" %}'
    assert live.catalog.texts["templates/mail/a-greeting.mjml"].startswith(
        "<mj-text>Hello {{ lead.first_name"
    )
    assert answer["splice"]["put"] == include
    assert answer["nodes"][2]["children"][1]["name"] == "include"
    assert {"words": "A greeting", "text": include} in answer["shared"]
    assert answer["live"] == live.number == before + 1
    assert live.catalog.texts[PATH] == text
    assert kept(stand) is None
    again = ask("block", text=text, node=[2, 0], name="a greeting").json
    assert "there is a shared file mail/a-greeting.mjml already" in again["refused"]
    assert "choose it again" in ask("block", text=text, node=[9], name="x").json["refused"]

    splice, state = answer["splice"], reader(stand.engine, PATH, None)
    after = text[: splice["start"]] + splice["put"] + text[splice["end"] :]
    assert draft_preview(stand.engine, PATH, after, state) == draft_preview(stand.engine, PATH, text, state)
    assert ask("judge", text=after).json["problems"] == []

    body = json.dumps({"text": text, "node": [2, 0], "name": "mine"})
    for role, status, words in (
        (Role.AUTHOR, 200, "ask somebody who may publish"),
        (Role.VIEWER, 403, "not for the role"),
    ):
        other = client_as(role)
        headers = {"X-CSRFToken": token_of(other), "Content-Type": "application/json"}
        refused = other.post(f"/files/{PATH}/block", data=body, headers=headers)
        assert refused.status_code == status
        assert words in refused.text
    assert stand.engine.live.number == before + 1


def test_a_draft_is_kept_and_nothing_is_live(ask, client, stand, text):
    changed = text.replace("Six", "Seven", 1)
    assert ask("draft", text=changed, seeing=0).json["number"] == 1
    assert stand.engine.live.catalog.texts[PATH] == text
    assert kept(stand).text == changed
    page = client.get(f"/files/{PATH}").text
    assert "draft 1, saved" in page
    assert "Seven lines" in page
    assert ask("draft", text=text, seeing=0).status_code == 409
    assert ask("discard").json["text"] == text
    assert kept(stand) is None


def test_what_was_not_changed_makes_no_draft(ask, stand, text):
    assert ask("draft", text=text, seeing=0).json["number"] == 0
    assert kept(stand) is None


def test_it_goes_live_as_the_bytes_that_were_written(ask, stand, text):
    changed = text.replace("Six", "Seven", 1)
    assert ask("live", text=changed, seeing=0, reason="one more").json == {"revision": 2}
    assert stand.engine.live.catalog.texts[PATH] == changed
    assert kept(stand) is None


def test_a_broken_promise_is_told_and_the_draft_is_kept(ask, stand, text):
    answer = ask("live", text=text.replace("<mj-text>", "<mj-txt>", 1), seeing=0)
    assert answer.status_code == 422
    assert "MJML has no element" in answer.json["refused"]
    assert kept(stand).number == answer.json["number"]
    assert stand.engine.live.number == 1


def test_what_keeps_a_mail_from_going_live_is_told_before_one_tries(ask, stand, text):
    wrong = ask("judge", text=text.replace("<mj-text>", "<mj-txt>", 1)).json["problems"]
    assert {each["blocks"] for each in wrong if each["severity"] == "error"} == {True}
    assert ask("judge", text=text).json["problems"] == []
    path = "campaigns/long-cycle/mails/how-matching-works.mjml"
    asked_for = stand.engine.live.catalog.texts[path]  # a branch asks whether its link docs was followed
    renamed = asked_for.replace("docs:", "papers:", 1).replace("link('docs')", "link('papers')")
    assert ask("judge", path=path, text=renamed).json["problems"] == []
    assert ask("elsewhere", path=path, text=asked_for).json == {"problems": []}
    (found,) = ask("elsewhere", path=path, text=renamed).json["problems"]
    assert found["href"] == "/files/campaigns/long-cycle/campaign.yaml"
    assert "docs" in found["message"]
    answer = ask("live", path=path, text=renamed, seeing=0)
    assert answer.status_code == 422
    assert found["message"] in answer.json["refused"]


def test_what_was_broken_before_keeps_nothing_back(stand, text):
    wrong = text.replace("<mj-text>", '<mj-image src="https://x.example/a.png" /><mj-text>', 1)
    problems = check_mail(stand.engine.live.catalog, PATH, wrong)
    assert own_broken(stand.engine, PATH, problems) == problems
    live = load_texts({**stand.engine.live.catalog.texts, PATH: wrong})
    stand.engine.publish(live, actor="lena@tarewell.example", reason="by force")
    assert stand.engine.live.catalog.texts[PATH] == wrong
    assert own_broken(stand.engine, PATH, problems) == ()


def test_whoever_was_overtaken_sees_both_changes_and_may_write_over(ask, stand, text):
    ask("draft", text=text.replace("Six", "Seven", 1), seeing=0)
    theirs = text.replace("Hello", "Dear", 1)

    write(stand.engine, {PATH: theirs}, expecting=1, actor="mara@tarewell.example", reason="dear")
    mine = text.replace("Six", "Eight", 1)
    answer = ask("live", text=mine, seeing=1)
    assert answer.status_code == 409
    assert answer.json["text"] == theirs
    for who, old, new in (("theirs", "Hello", "Dear"), ("yours", "Six", "Eight")):
        lines = [(each["kind"], each["text"]) for each in answer.json[who]]
        assert any(kind == "gone" and old in line for kind, line in lines)
        assert any(kind == "new" and new in line for kind, line in lines)
    assert ask("live", text=mine, seeing=answer.json["number"], over=2).json == {"revision": 3}
    assert stand.engine.live.catalog.texts[PATH] == mine


def test_a_draft_is_from_the_revision_that_the_editor_was_opened_with(ask, stand, text):
    """Somebody else's change went live between opening the page and the first letter: it is not written over unseen."""
    write(stand.engine, {PATH: text.replace("Hello", "Dear", 1)}, expecting=1, actor="mara", reason="dear")
    mine = text.replace("Six", "Eight", 1)
    assert ask("draft", text=mine, seeing=0, base=1).json["number"] == 1
    answer = ask("live", text=mine, seeing=1, base=1)
    assert answer.status_code == 409
    assert "Dear" in answer.json["text"]
    assert stand.engine.live.number == 2


def test_two_who_save_the_same_draft_are_told_of_each_other(ask, text):
    ask("draft", text=text + "\n", seeing=0)
    answer = ask("draft", text=text.replace("Six", "Seven"), seeing=0)
    assert answer.status_code == 409
    assert answer.json["draft"] == 1
    assert answer.json["text"] == text + "\n"


@pytest.mark.parametrize(
    ("role", "may"), [(Role.AUTHOR, {"draft"}), (Role.APPROVER, {"live"}), (Role.VIEWER, set())]
)
def test_each_role_does_its_own(client_as, text, role, may):
    client = client_as(role)
    headers = {"X-CSRFToken": token_of(client), "Content-Type": "application/json"}
    done = {
        verb
        for verb in ("draft", "live", "look", "judge")
        if client.post(
            f"/files/{PATH}/{verb}", data=json.dumps({"text": text, "seeing": 0}), headers=headers
        ).status_code
        != 403
    }
    assert done == {"look", "judge"} | may


def send(client, form_token, path, **values):
    return client.post(path, data={"csrf_token": form_token, **values})


def test_a_new_mail_begins_as_a_draft_that_keeps_every_promise(client, form_token, ask, stand):
    answer = send(client, form_token, "/mails", campaign="long-cycle", name="Case study!")
    assert answer.headers["Location"] == f"/files/{NEW}"
    assert client.get(f"/files/{NEW}").status_code == 200
    assert "draft" in client.get("/mails").text
    assert ask("judge", path=NEW, text=kept(stand, NEW).text).json["problems"] == []
    assert ask("live", path=NEW, text=kept(stand, NEW).text, seeing=1).json == {"revision": 2}
    for campaign, name in (("nothing", "x"), ("long-cycle", "?")):
        send(client, form_token, "/mails", campaign=campaign, name=name)
    assert len(stand.engine.live.catalog.mails) == len(set(stand.engine.live.catalog.mails))


def test_a_new_mail_begins_in_the_language_that_it_is_to_be_written_in(client, form_token, ask, stand):
    german = {"Accept-Language": "de"}
    assert '<option value="de" lang="de" selected>Deutsch' in client.get("/mails", headers=german).text
    for name, headers, said in (("eins", german, {}), ("zwei", {}, {"language": "de"})):
        data = {"csrf_token": form_token, "campaign": "long-cycle", "name": name, **said}
        client.post("/mails", data=data, headers=headers)
        path = f"campaigns/long-cycle/mails/{name}.mjml"
        text = kept(stand, path).text
        assert "Schreiben Sie hier" in text
        assert '{% extends "mail/layout.de.mjml" %}' in text
        assert ask("judge", path=path, text=text).json["problems"] == []
    assert '{% extends "mail/layout.mjml" %}' in begun_mail("Drei", "de", ())
    send(client, form_token, "/mails", campaign="long-cycle", name="four", language="en")
    assert "Hello {{" in kept(stand, "campaigns/long-cycle/mails/four.mjml").text
    refused = send(client, form_token, "/mails", campaign="long-cycle", name="five", language="xx")
    assert refused.status_code == 400


def test_a_file_for_a_persona_begins_as_a_copy(client, form_token, stand, text):
    answer = send(client, form_token, f"/files/{PATH}/variant", persona="champion", language="fr")
    path = "campaigns/long-cycle/mails/six-lines.champion.fr.mjml"
    assert answer.headers["Location"] == f"/files/{path}"
    assert kept(stand, path).text == text
    send(client, form_token, f"/files/{PATH}/variant", persona="", language="")
    send(client, form_token, f"/files/{PATH}/variant", persona="de", language="de")
    assert "two letters" in client.get("/mails").text


def test_an_older_text_is_a_draft_again(client, form_token, ask, stand, text):
    ask("live", text=text.replace("Six", "Seven", 1), seeing=0, reason="one more")
    page = client.get(f"/files/{PATH}/history").text
    assert "one more" in page
    assert "first programme" in page
    assert "Seven lines where" in page
    assert "What changed" in page
    send(client, form_token, f"/files/{PATH}/restore", number="1", seeing="0")
    assert kept(stand).text == text
    assert stand.engine.live.number == 2
    send(client, form_token, f"/files/{PATH}/restore", number="1", seeing="7")
    assert "Not restored" in client.get(f"/files/{PATH}").text
    assert client.get("/files/campaigns/long-cycle/campaign.yaml/history").status_code == 404


def test_a_draft_is_sent_to_oneself_as_it_is_written(client, form_token, ask, stand, text):
    before = set((stand.mailbox / "new").iterdir())
    ask("draft", text=text.replace("subject: Six", "subject: Eleven", 1), seeing=0)
    lead = str(stand.lead_id("ada"))
    send(client, form_token, f"/files/{PATH}/test", lead=lead, draft="1")
    (sent,) = set((stand.mailbox / "new").iterdir()) - before
    assert b"Subject: Eleven lines" in sent.read_bytes()
    assert stand.engine.live.number == 1


def counts(stand):
    with stand.engine.database.reading() as connection:
        return {
            each.name: len(connection.execute(each.select()).all()) for each in table.metadata.sorted_tables
        }


@pytest.mark.parametrize("ground", ["light", "dark", "forced", "text"])
def test_a_preview_records_nothing_and_runs_nothing(client, form_token, stand, text, ground):
    before = counts(stand)
    answer = send(
        client, form_token, f"/files/{PATH}/preview", text=text, lead=str(stand.lead_id("ada")),
        ground=ground, **{"no-images": "1"},
    )  # fmt: skip
    assert answer.status_code == 200
    rules = answer.headers["Content-Security-Policy"]
    assert "sandbox" in rules
    assert "allow-same-origin" not in rules
    assert "unsafe-eval" not in rules
    if ground == "text":
        assert "allow-scripts" not in rules
    else:
        assert "img-src 'none'" in rules
        digest = b64encode(sha256(SCRIPT.encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in rules.split("; "), "our own script, and no other"
        assert f"<script>{SCRIPT}</script>" in answer.text
    assert counts(stand) == before


def test_each_block_of_a_preview_has_its_address_and_nothing_else_is_changed(stand):
    """For every mail of the programme, as Ada would get it."""
    engine = stand.engine
    state = reader(engine, PATH, int(stand.lead_id("ada")))
    for path, text in [each for each in engine.live.catalog.texts.items() if "/mails/" in each[0]][::9]:
        plain = draft_preview(engine, path, text, state).html
        html = addressed_preview(engine, path, text, state).html
        assert re.sub(r' data-at="[\d.]*"', "", html) == plain, path
        for address, node in outline(text).walk():
            if node.name in ("mj-text", "mj-button", "mj-table") and len(address) == 2:
                assert f' data-at="{".".join(map(str, address))}"' in html, (path, address)


def test_a_block_of_a_class_keeps_its_look_and_what_differs_gets_no_address(text):
    own = text.replace("<mj-text>", '<mj-text css-class="a {{ lead.company }}">', 1)
    assert 'css-class="a {{ lead.company }} nurture-at-2-' in signed(own)
    assert outline(signed(own)).nodes[0].name == outline(own).nodes[0].name
    html = '<td class="quiet"><a href="x>y">z</a></td>'
    assert with_addresses(html, '<td class="nurture-at-2-1"><a href="x>y">z</a></td>') == (
        '<td data-at="2.1" class="quiet"><a href="x>y">z</a></td>'
    )
    for other in ('<td class="nurture-at-2-1"></td>', '<td class="nurture-at-2-1-outlook"><a></a></td>'):
        assert with_addresses(html, other) == html


def test_a_preview_as_a_persona_shows_what_is_for_it(client, form_token, stand, text):
    only = text.replace(
        "{% endblock %}\n",
        "{% if lead.persona == 'champion' %}<mj-text>Champ</mj-text>{% endif %}{% endblock %}\n",
    )
    for persona, shown in (("champion", True), ("user", False)):
        answer = send(client, form_token, f"/files/{PATH}/preview", text=only, persona=persona)
        assert ("Champ" in answer.text) is shown


def test_a_preview_is_what_is_sent_but_for_the_token_and_the_pixel(stand, text):
    """For every mail of the programme that Ada could get."""
    engine, ada = stand.engine, str(stand.lead_id("ada"))

    state = reader(engine, PATH, int(ada))
    for name, family in list(engine.live.catalog.mails.items())[::7]:
        path = family.pick(state.persona, state.lead.language).path
        written = engine.live.catalog.texts[path]
        before = set((stand.mailbox / "new").iterdir())
        send_test(engine, name, to="ada@engine.example", lead=ada, draft=read_mail(path, written))
        (sent,) = set((stand.mailbox / "new").iterdir()) - before
        message = BytesParser(policy=policy.default).parsebytes(sent.read_bytes())
        token = engine.keyring.touch_token(0, 0)
        parts = draft_preview(engine, path, written, state)
        html = message.get_body(("html",)).get_content().replace("\r\n", "\n")
        assert (
            html.replace(telltales(engine.base_url, token), "").replace(token, NOBODY).strip()
            == parts.html.strip()
        ), path
        plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert plain.replace(token, NOBODY).strip() == parts.text.strip()
        assert message["Subject"] == parts.subject


def test_the_page_lets_in_no_style_but_what_its_own_script_brings(client):
    policies = {client.get(f"/files/{PATH}").headers["Content-Security-Policy"] for _ in range(2)}
    assert len(policies) == 2, "a nonce is used once"
    for rules in policies:
        assert "unsafe-inline" not in rules
        assert "script-src 'self';" in rules


def test_a_problem_with_a_name_in_it_is_told_like_every_other(ask):
    judged = ask("judge", text="---\nsubject: x\n---\n<mjml><mj-body>{{ lead.compny }}</mj-body></mjml>")
    assert judged.status_code == 200
    assert any("compny" in each["message"] for each in judged.json["problems"])
