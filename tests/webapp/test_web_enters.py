"""Who enters a campaign, its goal and who leaves: by form or as an expression, counted before it is saved."""

import difflib
import re

import pytest

from nurture.content.codec import read_campaign
from nurture.engine import drafts
from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of
from tests.webapp.test_web_tracks import form_of

PATH = "campaigns/long-cycle/campaign.yaml"
PAGE = "/campaigns/long-cycle/enters"


@pytest.fixture
def author(client_as):
    """Somebody who writes, and may not make live."""
    client = client_as(Role.AUTHOR)
    client.token = token_of(client)
    return client


def draft_at(stand, path=PATH):
    with stand.engine.database.reading() as connection:
        return drafts.draft_of(connection, path)


def campaign(stand):
    return read_campaign(draft_at(stand).text, PATH).value


def filled(client, page=PAGE, **said):
    """The form as a browser would send it, ticks included, with what was filled in."""
    html = client.get(page).text
    form = re.search(r'<form[^>]*aria-label="Who enters, who leaves".*?</form>', html, re.DOTALL)[0]
    ticked = re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)" checked', form)
    fields = {name: [value for of, value in ticked if of == name] for name, _ in ticked}
    return {**form_of(html, "Who enters, who leaves"), **fields, "do": "save", **said}


def difference(stand, path=PATH):
    before, after = stand.engine.live.catalog.texts[path], draft_at(stand, path).text
    return [each for each in difflib.ndiff(before.splitlines(), after.splitlines()) if each[0] in "+-"]


def test_a_form_that_is_saved_as_it_is_changes_nothing(stand, author):
    for each in stand.engine.live.programme.campaigns.values():
        if each.broadcast is None:
            page = f"/campaigns/{each.key}/enters"
            assert author.post(page, data=filled(author, page)).status_code == 303
            assert draft_at(stand, f"campaigns/{each.key}/campaign.yaml") is None
    assert author.get("/campaigns/product-note/enters").status_code == 404


def test_an_audience_is_ticked_and_nothing_else_changes(stand, author):
    said = filled(author, stage=["inquiry"], persona=["buyer", "user"], tags="vip, fair")
    assert author.post(PAGE, data=said).status_code == 303
    assert str(campaign(stand).entry.when) == (
        "lead.stage == 'inquiry' and lead.plan == 'none' and lead.persona in ['buyer', 'user'] and 'vip' in lead.tags and 'fair' in lead.tags"
    )
    assert len([each for each in difference(stand) if each[0] == "+"]) == 1


def test_a_segment_brings_its_condition(stand, author):
    author.post(PAGE, data=filled(author, segment="dach"))
    assert str(campaign(stand).entry.when).endswith(
        "lead.plan == 'none' and lead.country in ['DE', 'AT', 'CH']"
    )


def test_the_whole_may_be_typed(stand, author):
    author.post(PAGE, data=filled(author, whole="lead.grade == 'A'", **{"again-amount": ""}))
    entry = campaign(stand).entry
    assert (str(entry.when), entry.again_after) == ("lead.grade == 'A'", None)


def test_it_is_counted_before_it_is_saved(stand, author):
    stand.with_a_draft()
    page = "/campaigns/hello/enters"
    counted = author.post(f"{page}/count", data=filled(author, page, whole="lead.country == 'SE'")).text
    assert 'data-said="1 would enter and be mailed, 1 meet the entry."' in counted
    assert draft_at(stand, "campaigns/hello/campaign.yaml") is None
    nobody = author.post(
        f"{page}/count", data=filled(author, page, whole="lead.country == 'SE' and lead.country == 'DE'")
    )
    assert "How many meet each thing" in nobody.text
    broken = author.post(f"{page}/count", data=filled(author, page, whole="lead.hat == 'red'")).text
    assert "It cannot be counted yet" in broken
    assert "no field" in broken


def test_a_goal_and_exits_are_changed_added_and_taken_out(stand, author):
    said = filled(author, **{
        "goal-name": "Bought", "goal-expression": "lead.plan == 'paid'", "within-amount": "90", "within-unit": "days",
        "exit-0-gone": "1", "exit-new-key": "asked", "exit-new-question-0": "filled in the form", "exit-new-about-0": "demo",
    })  # fmt: skip
    assert author.post(PAGE, data=said).status_code == 303
    found = campaign(stand)
    assert (found.goal.name, str(found.goal.when), str(found.goal.within)) == (
        "Bought",
        "lead.plan == 'paid'",
        "90 days",
    )
    assert [(each.key, str(each.when)) for each in found.exit] == [
        ("decided", "lead.stage in ['customer', 'advocate', 'lost']"), ("asked", "submitted('demo')"),
    ]  # fmt: skip
    assert "# their own campaigns take over" in draft_at(stand).text
    gone = filled(
        author,
        **{
            "exit-0-gone": "1",
            "exit-1-gone": "1",
            "goal-name": "",
            "goal-expression": "",
            "goal-question-0": "",
        },
    )
    assert author.post(PAGE, data=gone).status_code == 303
    assert (campaign(stand).goal, campaign(stand).exit) == (None, ())
    assert "exit:" not in draft_at(stand).text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"whole": "lead.stage =="}, "condition"),
        ({"whole": "lead.stage == 'none'"}, "stage is never"),
        ({"segment": "none"}, "no such segment"),
        ({"goal-name": ""}, "a goal has a name"),
        ({"exit-new-key": "decided", "exit-new-expression": "lead.plan == 'paid'"}, "already"),
        ({"exit-new-key": "x"}, "say who leaves"),
        ({"again-amount": "soon"}, "write a duration"),
    ],
)
def test_what_cannot_be_is_told_beside_what_was_typed(stand, author, said, words):
    refused = author.post(PAGE, data=filled(author, **said))
    assert refused.status_code == 422
    assert words in refused.text
    assert draft_at(stand) is None


def test_the_panel_beside_the_steps_leads_back_to_them(stand, author):
    track = "/campaigns/long-cycle/tracks/cold"
    page = author.get(f"{track}?panel=enters").text
    assert "If it went live now" in page
    assert 'data-line="six-lines"' in page
    saved = author.post(PAGE, data=filled(author, whole="lead.plan == 'none'", track="cold"))
    assert saved.headers["Location"] == track
    assert "<code>lead.plan == &#39;none&#39;</code>" in author.get(track).text


def test_who_may_publish_chooses_it_at_once_while_nobody_enters(stand, author, client):
    stand.with_a_draft()
    page, path = "/campaigns/hello/enters", "campaigns/hello/campaign.yaml"
    said = filled(client, page, whole="lead.country == 'SE'", do="live")
    assert client.post(page, data=said).headers["Location"] == "/campaigns/hello/go-live"
    live = stand.engine.live.programme.campaigns["hello"]
    assert (str(live.entry.when), live.draft) == ("lead.country == 'SE'", True)
    late = client.post(page, data=said | {"whole": "lead.country == 'DE'"})
    assert late.status_code == 409
    theirs, _, yours = late.text.partition("Their change")[2].partition("Your change")
    assert "&#39;SE&#39;" in theirs
    assert "&#39;DE&#39;" in yours.partition("</section>")[0]
    author.post(page, data=filled(author, page, whole="true", do="live"))  # an author only begins a draft
    assert str(stand.engine.live.programme.campaigns["hello"].entry.when) == "lead.country == 'SE'"
    assert 'when: "true"' in draft_at(stand, path).text


def test_two_who_change_different_things_keep_both(stand, author):
    mine = filled(author, **{"goal-name": "Asked for a talk"})
    author.post(PAGE, data=filled(author, whole="lead.country == 'SE'"))
    late = author.post(PAGE, data=mine)
    assert late.status_code == 409
    theirs, _, yours = late.text.partition("Their change")[2].partition("Your change")
    assert "&#39;SE&#39;" in theirs
    assert "SE" not in "".join(re.findall(r'change gone".*', yours.partition("</section>")[0]))
    over = dict(re.findall(r'name="(over|over_draft)" value="(\d+)"', late.text))
    assert author.post(PAGE, data=mine | over).status_code == 303
    text = draft_at(stand).text
    assert "lead.country == 'SE'" in text
    assert "Asked for a talk" in text
    third = author.post(PAGE, data=mine | over | {"goal-name": "Something else"})
    assert third.status_code == 409  # the draft has gone on since


def test_whoever_only_looks_sees_it_and_cannot_save(client_as):
    viewer = client_as(Role.VIEWER)
    page = viewer.get(PAGE).text
    assert "enter and are mailed" in page
    assert viewer.post(PAGE, data={"csrf_token": token_of(viewer)}).status_code == 403
