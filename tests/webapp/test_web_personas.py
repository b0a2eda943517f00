"""The personas page: sizes, overlap, content; a persona edited, made and deleted as edits of the file; holes filled as drafts."""

import difflib
import re
from html import unescape

import pytest

from nurture.content.catalog import PROGRAMME, load_texts
from nurture.content.codec import read_campaign
from nurture.engine.accounts import Role
from nurture.engine.drafts import draft_of
from nurture.engine.editing import write
from tests.engine.company import catalog
from tests.webapp.conftest import SECRET, token_of
from tests.webapp.stand import Stand
from webapp import create_app
from webapp.persona_examples import example_said

CAMPAIGN = "campaigns/long-cycle/campaign.yaml"


def text(stand):
    return stand.engine.live.catalog.texts[PROGRAMME]


def fields(page):
    """What a browser would send of the persona's form."""
    form = page[page.index('class="flow persona-form"') :]
    form = form[: form.index("</form>")]
    found = dict(re.findall(r'<input(?![^>]*checkbox)[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*\bname="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r"<option([^>]*)selected[^>]*>([^<]*)", options)
        first = re.search(r'<option value="([^"]*)"', options)
        value = re.search(r'value="([^"]*)"', chosen[1]) if chosen else first
        found[name] = value[1] if value else chosen[2]
    found.pop("csrf_token", None)
    return {name: unescape(value) for name, value in found.items()}


def send(client, path, page=None, **said):
    sent = fields(page or client.get(path).text)
    return client.post(path, data={"csrf_token": token_of(client), **sent, "do": "save", **said})


def rules(stand, key="buyer"):
    return {rule.key: (str(rule.when), rule.points) for rule in stand.engine.live.programme.persona(key).fit}


def changed(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_the_page_shows_sizes_rules_content_and_overlap(client):
    page = client.get("/personas").text
    assert re.search(r'Transport manager</a>.*?<b class="size num">1</b>', page, re.DOTALL)
    assert "Ada Nowak</a> (100)" in page
    assert "Computed for all 4 leads" in page
    assert "2 leads have no persona yet" in page


def test_saving_what_is_written_changes_nothing_of_the_file(client, stand):
    before = text(stand)
    assert send(client, "/personas/buyer").status_code == 303
    assert text(stand) == before


def test_a_name_a_rule_and_one_more_are_edits_of_their_own_lines(client, stand):
    before = text(stand)
    answer = send(
        client,
        "/personas/buyer",
        **{
            "name": "Head of procurement",
            "rule-2-value-0": "800",
            "rule-new-key": "abroad",
            "rule-new-points": "5",
            "rule-new-question-0": "has the field other than",
            "rule-new-about-0": "country",
            "rule-new-value-0": "DE",
            "reason": "they sit elsewhere",
        },
    )
    assert answer.status_code == 303
    assert stand.engine.live.programme.persona("buyer").name == "Head of procurement"
    assert rules(stand)["has-a-process"] == ("lead.company_size >= 800", 10)
    assert rules(stand)["abroad"] == ("lead.country != 'DE'", 5)
    assert len([line for line in changed(before, text(stand)) if line[0] == "-"]) == 2
    assert len([line for line in changed(before, text(stand)) if line[0] == "+"]) == 3


def test_a_rule_is_removed_and_the_others_stay(client, stand):
    send(client, "/personas/user", **{"rule-0-points": "90", "rule-1-gone": "1"})
    assert rules(stand, "user") == {"works-the-desk": ("lead.seniority == 'individual'", 90)}


def test_the_effect_is_shown_before_it_is_saved(client, stand):
    answer = send(
        client,
        "/personas/user",
        **{"do": "try", "rule-0-question-0": "has the field equal to", "rule-0-value-0": "director"},
    )
    effect = answer.text[answer.text.index('id="effect"') :]
    assert "Nothing is saved yet" in effect
    assert stand.engine.live.number == 1
    assert fields(answer.text)["rule-0-value-0"] == "director"


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        pytest.param({"name": ""}, "name", "what pages call it", id="no name"),
        pytest.param({"rule-0-points": "many"}, "rule-0-points", "no whole number", id="no points"),
        pytest.param(
            {"rule-0-expression": "lead.shoe_size > 40"}, "rule-0", "shoe_size", id="a field that is not there"
        ),
        pytest.param(
            {"rule-new-key": "Big Ones", "rule-new-question-0": "has the field equal to",
             "rule-new-about-0": "country", "rule-new-value-0": "DE"},
            "rule-new-key", "small letters", id="a name that cannot be",
        ),
        pytest.param({"rule-new-key": "none"}, "rule-new", "Say whom", id="a rule that asks nothing"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(client, stand, said, field, why):
    answer = send(client, "/personas/buyer", **{"goals": "one\ntwo", **said})
    assert answer.status_code == 422
    assert stand.engine.live.number == 1
    assert why in re.search(rf'<p class="mistake" id="{field}-wrong">([^<]*)</p>', answer.text)[1]
    kept = fields(answer.text)
    assert kept["goals"] == "one\ntwo"
    assert {name: kept.get(name, "") for name in said} == said


def test_whoever_was_overtaken_is_told_and_nothing_of_others_is_undone(client, stand):
    page = client.get("/personas/buyer").text
    other = text(stand).replace("name: Finance director", "name: CFO")
    write(stand.engine, {PROGRAMME: other}, expecting=1, actor="mara@tarewell.example", reason="shorter")
    answer = send(client, "/personas/buyer", page=page, name="Buyer")
    assert answer.status_code == 409
    assert "went live while you were editing" in answer.text
    assert fields(answer.text)["name"] == "Buyer"
    assert stand.engine.live.programme.persona("buyer").name == "Procurement lead"
    theirs, _, yours = answer.text.partition("Your change")
    assert "Their change" in theirs
    assert "name: CFO" in theirs
    assert "name: Buyer" in yours
    assert send(client, "/personas/buyer", page=answer.text).status_code == 303  # who has seen theirs goes on
    names = [each.name for each in stand.engine.live.programme.personas]
    assert "Buyer" in names
    assert "CFO" in names


def test_a_persona_begins_with_a_rule_or_is_written_by_hand(client, stand):
    page = client.get("/personas/new?field=seniority&value=vp").text
    assert fields(page)["rule-new-key"] == "vp"
    answer = send(
        client, "/personas/new", page=page, key="vice", name="Vice president", role="decision-maker"
    )
    assert answer.headers["Location"] == "/personas/vice"
    assert rules(stand, "vice") == {"vp": ("lead.seniority == 'vp'", 60)}
    again = send(client, "/personas/new", page=page, key="vice", name="Other", role="user")
    assert again.status_code == 422
    assert "There is a persona vice already" in again.text


def test_only_what_nothing_goes_by_is_deleted_and_only_when_one_is_sure(client, stand):
    page = client.get("/personas/new?field=seniority&value=vp").text
    send(client, "/personas/new", page=page, key="vice", name="Vice president", role="decision-maker")
    here = {"csrf_token": token_of(client), "base": "2"}
    refused = client.post("/personas/buyer/delete", data={**here, "sure": "buyer"})
    assert refused.status_code == 422
    assert "the track warm-buyer" in refused.text
    assert client.post("/personas/vice/delete", data={**here, "sure": ""}).status_code == 422
    assert client.post("/personas/vice/delete", data={**here, "sure": "vice"}).status_code == 303
    assert stand.engine.live.programme.persona("vice") is None


@pytest.mark.parametrize(
    ("whom", "key", "personas"),
    [("persona", "hot-champion", ("champion",)), ("everybody", "hot-2", ())],
    ids=["for the persona", "for everybody"],
)
def test_a_cell_gets_a_track_in_a_draft_and_its_page_opens(client_as, stand, whom, key, personas):
    client = client_as(Role.AUTHOR)
    page = client.get("/personas").text
    assert '<option value="long-cycle/hot">' in page
    answer = client.post(
        "/personas/coverage",
        data={"csrf_token": token_of(client), "persona": "champion", "temperature": "hot", "like": "long-cycle/hot", "whom": whom},
    )  # fmt: skip
    assert answer.headers["Location"] == f"/campaigns/long-cycle/tracks/{key}"
    assert client.get(answer.headers["Location"]).status_code == 200
    with stand.engine.database.reading() as connection:
        drafted = draft_of(connection, CAMPAIGN).text
    campaign = read_campaign(drafted, CAMPAIGN).value
    new, like = campaign.track(key), campaign.track("hot")
    assert (new.personas, new.temperature, new.stages) == (personas, "hot", ())
    assert [step.key for step in new.walk()] == [step.key for step in like.walk()]
    live = stand.engine.live.catalog.texts[CAMPAIGN]
    assert [line for line in changed(live, drafted) if line[0] == "-"] == [], "what stood there stays"
    assert "In a draft" in client.get("/personas").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES])
def test_who_only_looks_sees_all_and_changes_nothing(client_as, stand, role):
    client = client_as(role)
    page = client.get("/personas").text
    assert "A track of its own" not in page
    assert "A new persona" not in page
    there = client.get("/personas/buyer").text
    assert '<fieldset class="card" disabled>' in there
    token = {"csrf_token": token_of(client)}
    for path in ("/personas/buyer", "/personas/new", "/personas/buyer/delete", "/personas/coverage"):
        assert client.post(path, data=token).status_code == 403
    assert stand.engine.live.number == 1


def test_a_persona_that_there_is_not_is_not_found(client):
    assert client.get("/personas/nobody").status_code == 404


@pytest.fixture
def without_personas(tmp_path):
    """A small programme that has no persona, and knows job titles."""
    stand = Stand(f"sqlite:///{tmp_path / 'small.sqlite'}")
    texts = dict(catalog().texts)
    texts[PROGRAMME] = texts[PROGRAMME].replace(
        "  plan:", "  job_title: {type: text, profile: true}\n  plan:"
    )
    stand.engine.publish(load_texts(texts), actor="ines", reason="ours")
    yield stand.with_staff()
    stand.engine.close()


def test_where_there_is_no_persona_three_examples_begin_one(without_personas, tmp_path):
    stand = without_personas
    app = create_app(stand.engine, secret=SECRET, mailbox=None, home=tmp_path)
    browser = stand.client(app)
    offered = re.findall(r'href="(/personas/new\?like=([a-z-]+))"', browser.get("/personas").text)
    assert [key for _, key in offered] == ["decision-maker", "champion", "user"]
    for at, (path, key) in enumerate(offered, start=1):
        assert f'name="key" value="{key}"' in browser.get(path).text
        with app.test_request_context():
            said = example_said(key, stand.engine.live.programme)
        form = {**said, "csrf_token": token_of(browser), "base": at, "do": "save"}
        assert browser.post("/personas/new", data=form).status_code == 303
    assert [each.name for each in stand.engine.live.programme.personas] == [
        "Decision maker",
        "Champion",
        "User",
    ]


def test_where_there_is_no_campaign_a_recipe_begins_one(without_personas, tmp_path):
    stand = without_personas
    texts = dict(stand.engine.live.catalog.texts)
    texts = {path: text for path, text in texts.items() if not path.startswith("campaigns/news/")}
    stand.engine.publish(load_texts(texts), actor="ines", reason="no campaign")
    browser = stand.client(create_app(stand.engine, secret=SECRET, mailbox=None, home=tmp_path))
    page = browser.get("/campaigns").text
    assert "No campaign is live" in page
    assert "Start from a recipe" in page


def test_two_that_are_hardly_told_apart_are_warned_of_before_and_after_they_are_live(
    client, form_token, monkeypatch
):
    monkeypatch.setattr("nurture.insight.overlaps.FEWEST", 1)
    said = {
        "key": "heads",
        "name": "Heads",
        "role": "champion",
        "rule-new-key": "heads",
        "rule-new-points": "60",
    }
    said |= {"rule-new-expression": "lead.job_title|lower == 'head of transport'", "csrf_token": form_token}
    tried = client.post("/personas/new", data={**said, "base": 1, "do": "try"}).text
    assert "Transport manager and Heads are hardly told apart" in unescape(tried)
    assert client.post("/personas/new", data={**said, "base": 1, "do": "save"}).status_code == 303
    assert "are hardly told apart" in client.get("/personas").text
