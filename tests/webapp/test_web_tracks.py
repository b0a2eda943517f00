"""The track editor: each button is a splice of the campaign's draft, which is compared with what is live and made live."""

import difflib
import re

import pytest
from lxml import html

from nurture.content.codec import read_campaign
from nurture.engine import drafts
from nurture.engine.accounts import Role
from nurture.engine.editing import write
from tests.webapp.conftest import token_of
from webapp.track_lines import Plus, lines_of, pluses_of

PATH = "campaigns/long-cycle/campaign.yaml"
PAGE = "/campaigns/long-cycle/tracks/warm-champion"


@pytest.fixture
def author(client_as):
    """Somebody who writes, and may not make live."""
    client = client_as(Role.AUTHOR)
    client.token = token_of(client)
    return client


@pytest.fixture
def act(author, stand):
    """Press a button of the page, as its form has it."""

    def press(do, at="", *, page=PAGE, **said):
        data = {"csrf_token": author.token, "do": do, "at": at, "seeing": str(number(stand)), **said}
        return author.post(page, data=data)

    return press


def state(stand):
    with stand.engine.database.reading() as connection:
        return drafts.draft_of(connection, PATH)


def number(stand):
    found = state(stand)
    return 0 if found is None else found.number


def text(stand):
    found = state(stand)
    return stand.engine.live.catalog.texts[PATH] if found is None else found.text


def track(stand, key="warm-champion"):
    return read_campaign(text(stand), PATH).value.track(key)


def keys(stand, key="warm-champion"):
    return [step.key for step in track(stand, key).walk()]


def difference(stand):
    lines = difflib.ndiff(stand.engine.live.catalog.texts[PATH].splitlines(), text(stand).splitlines())
    return [line for line in lines if line[0] in "+-"]


def written(stand):
    """The campaigns whose tracks stand in their files."""
    return [each for each in stand.engine.live.programme.campaigns.values() if each.broadcast is None]


def form_of(page, name):
    """The fields of the panel's form as a browser would send them."""
    form = re.search(rf'<form[^>]*aria-label="{name}".*?</form>', page, re.DOTALL)[0]
    fields = {
        found[1]: found[2]
        for found in re.finditer(r'<input(?![^>]*checkbox)[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    }
    for found in re.finditer(r'<select[^>]*name="([^"]+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', found[2]) or re.search(
            r'<option(?: value="([^"]*)")?>([^<]*)', found[2]
        )
        fields[found[1]] = chosen[2] if chosen[1] is None else chosen[1]
    for found in re.finditer(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[found[1]] = found[2].replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").strip()
    return fields


def test_every_track_of_every_campaign_opens(stand, author):
    for campaign in written(stand):
        for each in campaign.tracks:
            page = author.get(f"/campaigns/{campaign.key}/tracks/{each.key}")
            assert page.status_code == 200
            for step in each.walk():
                assert f'data-line="{step.key}"' in page.text or f'/{step.key}"' in page.text
    assert author.get("/campaigns/long-cycle/tracks/none").status_code == 404


def test_a_panel_that_is_saved_as_it_is_changes_nothing(stand, author):
    for campaign in written(stand):
        for each in campaign.tracks:
            page = f"/campaigns/{campaign.key}/tracks/{each.key}"
            for step in each.steps:
                panel = form_of(author.get(page, query_string={"at": step.key}).text, 'Step [^"]*')
                assert author.post(page, data={**panel, "do": "set"}).status_code == 303
    with stand.engine.database.reading() as connection:
        begun = drafts.drafts(connection)
    assert {
        path: [
            line
            for line in difflib.ndiff(
                stand.engine.live.catalog.texts[path].splitlines(), draft.text.splitlines()
            )
            if line[0] in "+-"
        ]
        for path, draft in begun.items()
    } == {}


def test_a_step_is_added_behind_another_as_one_line(stand, act):
    assert act("add", "how-matching-works", kind="mail", what="estimate").status_code == 303
    assert difference(stand) == ["+       - {key: estimate-2, mail: estimate}"]
    assert keys(stand)[:2] == ["how-matching-works", "estimate-2"]


def test_a_step_moves_up_and_down(stand, act):
    before = text(stand)
    act("up", "estimate")
    assert keys(stand)[-2:] == ["estimate", "subject-test"]
    act("down", "estimate")
    assert text(stand) == before


def test_a_step_is_dropped_before_another_of_its_list_only(stand, act):
    act("drop", "estimate", before="how-matching-works")
    assert keys(stand)[0] == "estimate"
    refused = act("drop", "estimate", before="see-it/choose/read-docs/steps/sandbox")
    assert refused.status_code == 422
    assert "moves within its track or branch" in refused.text


def test_a_wait_and_a_condition_are_set_by_form(stand, act):
    act(
        "set",
        "how-matching-works",
        mail="how-matching-works",
        **{"wait-amount": "2", "wait-unit": "business days"},
        **{"when-question-0": "opened the mail", "when-about-0": "sandbox"},
    )
    step = track(stand).walk().__next__()
    assert (str(step.wait), str(step.when)) == ("2 business days", "opened('sandbox')")
    act("set", "how-matching-works", mail="how-matching-works")
    step = track(stand).walk().__next__()
    assert (step.wait, step.when) == (None, None)


def test_another_mail_keeps_the_steps_key(stand, act):
    act("set", "how-matching-works", mail="estimate")
    step = track(stand).walk().__next__()
    assert (step.key, step.mail) == ("how-matching-works", "estimate")


def test_a_branchs_only_mail_can_be_followed_by_another(stand, act):
    act("add", "see-it/choose/others/steps/five-minute-tour", kind="task", what="call")
    branch = track(stand).steps[1].choose[-1]
    assert [step.key for step in branch.all_steps] == ["five-minute-tour", "call"]


def test_a_choice_gets_a_branch_before_the_one_for_everybody_else(stand, act):
    act(
        "branch",
        "see-it",
        what="buyers",
        **{"branch-mail": "terms", "new-question-0": "visited the page", "new-about-0": "/pricing"},
    )
    branches = track(stand).steps[1].choose
    assert [each.key for each in branches] == ["read-docs", "buyers", "others"]
    assert str(branches[1].when) == "visited('/pricing')"


def test_a_new_choice_begins_with_one_branch(stand, act):
    assert "the first mail of the branch" in act("add", "estimate", kind="choose", what="ready").text
    act("add", "estimate", kind="choose", what="ready", **{"branch-mail": "terms"})
    assert [each.mail for each in track(stand).steps[-1].choose] == ["terms"]


def test_the_page_says_how_many_entered_this_week(stand, author):
    assert re.search(r"(\d+) entered in the last 7 days", author.get(PAGE).text)[1] == "3"
    stand.later(days=7)
    assert "0 entered in the last 7 days" in author.get(PAGE).text


def test_a_track_is_copied_to_another_persona(stand, act):
    assert act("copy-track", what="warm-copy", persona="buyer").headers["Location"].endswith("/warm-copy")
    copy = track(stand, "warm-copy")
    assert copy.personas == ("buyer",)
    assert [step.key for step in copy.walk()] == keys(stand)


@pytest.mark.parametrize(
    ("do", "said", "words"),
    [
        ("add", {"kind": "mail", "what": " "}, "name it"),
        ("set", {"at": "estimate", "wait-amount": "soon"}, "write a duration"),
        ("set", {"at": "estimate", "variants": "plain"}, "a variant of the mail and its weight"),
        ("set", {"at": "gone"}, "not in this draft any more"),
        ("set", {"at": "estimate", "when-question-0": "opened the mail"}, "which mail"),
        ("dance", {"at": "estimate"}, "no such edit"),
    ],
)
def test_what_is_not_meant_is_told_and_not_saved(stand, act, do, said, words):
    refused = act(do, **said)
    assert refused.status_code == 422
    assert words in refused.text
    assert state(stand) is None


def test_a_broken_promise_stays_a_draft_with_its_place(stand, act, author, client):
    act("set", "estimate", mail="estimate", **{"when-expression": "lead.hat == 'red'"})
    page = author.get(PAGE).text
    assert "hat" in page[page.index("Promises to look at") :]
    assert 'class="line wrong"' in page
    beside = client.get("/campaigns/long-cycle/compare").text
    assert "It cannot go live yet: 1 promise would be broken." in beside
    assert '<button class="button primary" disabled aria-describedby="why-not">' in beside
    refused = client.post(
        "/campaigns/long-cycle/publish", data={"csrf_token": token_of(client), "seeing": number(stand)}
    )
    assert refused.status_code == 422
    assert stand.engine.live.number == 1
    act("set", "estimate", mail="estimate", **{"when-expression": ""})
    assert "It cannot go live yet" not in client.get("/campaigns/long-cycle/compare").text


def test_two_authors_are_told_of_each_other(stand, act, author):
    act("up", "estimate")
    late = author.post(
        PAGE, data={"csrf_token": author.token, "do": "remove", "at": "estimate", "seeing": "0"}
    )
    assert late.status_code == 409
    assert "saved this draft while you were editing" in late.text
    assert "estimate" in keys(stand)
    assert "Their change" in late.text
    assert "Your change" in late.text
    again = re.search('<form method="post" class="row">.*?</form>', late.text, re.DOTALL)
    sent = dict(re.findall('name="([^"]+)" value="([^"]*)"', again[0]))
    assert sent["do"] == "remove"
    assert author.post(PAGE, data=sent).status_code == 303
    assert "estimate" not in keys(stand)


def test_undo_redo_and_discard(stand, act, author):
    def turn(name):
        data = {"csrf_token": author.token, "track": "warm-champion"}
        assert author.post(f"/campaigns/long-cycle/draft/{name}", data=data).status_code == 303

    act("remove", "estimate")
    act("remove", "subject-test")
    turn("undo")
    assert keys(stand)[-1] == "subject-test"
    turn("redo")
    assert keys(stand)[-1] != "subject-test"
    turn("discard")
    assert state(stand) is None


def test_an_author_compares_and_an_approver_makes_it_live(stand, act, author, client_as):
    act("remove", "estimate")
    page = author.get("/campaigns/long-cycle/compare").text
    assert "removed: those who wait for it go on" in page
    assert 'class="change gone"' in page
    assert author.post("/campaigns/long-cycle/publish", data={"csrf_token": author.token}).status_code == 403
    approver = client_as(Role.APPROVER)
    said = {
        "csrf_token": token_of(approver),
        "seeing": number(stand),
        "in_flight": "pin",
        "reason": "shorter",
    }
    assert approver.post("/campaigns/long-cycle/publish", data=said).status_code == 303
    assert stand.engine.live.number == 2
    assert "long-cycle" in stand.engine.live.programme.superseded
    assert state(stand) is None


def test_what_went_live_meanwhile_is_shown_before_it_is_replaced(stand, act, client):
    act("remove", "estimate")
    token = token_of(client)
    other = stand.engine.live.catalog.texts[PATH].replace("name: Long-cycle nurture", "name: Long cycle")
    assert write(stand.engine, {PATH: other}, expecting=1, actor="eve", reason="another name") == 2
    said = {"csrf_token": token, "seeing": number(stand), "in_flight": "migrate"}
    refused = client.post("/campaigns/long-cycle/publish", data=said)
    assert refused.status_code == 409
    assert "The draft replaces it" in refused.text
    client.post("/campaigns/long-cycle/draft/keep", data={"csrf_token": token})
    assert client.post("/campaigns/long-cycle/publish", data=said).status_code == 303
    assert stand.engine.live.programme.campaigns["long-cycle"].name == "Long-cycle nurture"


def test_between_all_lines_stands_a_plus_below_a_choice_only_after_its_branches(stand):
    there = stand.engine.live.programme.campaigns["long-cycle"].track("warm-champion")
    lines = lines_of(there)
    found = pluses_of(lines)
    places = [(each.line.key, each.depth) for line in lines for each in found[line.id]]
    choice = next(line for line in lines if line.step is not None and line.step.choose)
    assert sorted(key for key, _ in places) == sorted(line.key for line in lines)
    inside = [line for line in lines if line.id.startswith(choice.id + "/")]
    assert found[choice.id] == ()
    assert found[inside[-1].id][-1] == Plus(choice)
    assert all(each.depth == line.depth for line in inside if line.step for each in found[line.id][:1])


@pytest.mark.parametrize(("kind", "what"), [("task", "ring up"), ("webhook", "chat-alert")])
def test_a_plus_leads_to_a_form_that_knows_where_and_what_without_a_script(author, kind, what):
    page = html.fromstring(author.get(PAGE).text)
    (link,) = page.xpath(f"(//details[@data-plus])[1]//a[contains(@href, 'kind={kind}')]/@href")
    form = html.fromstring(author.get(link).text).xpath("//form[@aria-labelledby='new-step']")[0]
    sent = {name: value for name, value in form.fields.items() if value is not None}
    author.post(link, data={**sent, "what": what, "do": "add"})
    steps = html.fromstring(author.get(PAGE).text).xpath("//li[@data-line]//a[@data-row]/b/text()")
    assert steps[1] == what.replace("-", " ")
