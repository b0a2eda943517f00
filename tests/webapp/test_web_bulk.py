"""Acts on ticked leads and on all that match: what was done, what was not and why, and taking it back."""

import re

import pytest
from flask.testing import FlaskClient

from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand

OWEN = "owen@tarewell.example"


@pytest.fixture
def act(client: FlaskClient):
    """Send the form of the list; answers with the page that follows."""
    token = token_of(client, "/account")

    def act(what: str, *leads: int, **fields: str):
        data = {"csrf_token": token, "act": what, "lead": [str(each) for each in leads], **fields}
        return client.post("/leads/act", data=data, follow_redirects=True)

    act.undo = lambda number: undo(client, number)
    return act


def number_in(page: str) -> int:
    """Of the act that a page offers to take back."""
    found = re.search(r"/leads/acts/(\d+)/undo", page)
    assert found, "nothing can be taken back"
    return int(found[1])


def undo(client: FlaskClient, number: int):
    data = {"csrf_token": token_of(client, "/account")}
    return client.post(f"/leads/acts/{number}/undo", data=data, follow_redirects=True)


def test_what_was_not_done_is_said_with_its_reason(stand: Stand, act):
    ids = [stand.lead_id(name) for name in ("ada", "bob", "nobody")]
    assert "1 lead tagged “vip”." in act("tag", ids[0], tags="VIP").text
    stand.later(minutes=1)
    said = act("tag", *ids, 999, tags="vip").text
    assert "2 leads tagged “vip”. Left alone: 1 have it already; 1 were changed or gone" in said


@pytest.mark.parametrize(
    ("what", "fields", "done"),
    [
        ("owner", {"owner": OWEN}, lambda state: state.lead.owner == OWEN),
        ("pause", {"until": "2026-03-20"}, lambda state: state.snoozed_until is not None),
        ("stop", {"campaign": "long-cycle"}, lambda state: not state.live_enrolments),
        ("track", {"place": "long-cycle/warm"}, lambda state: state.live_enrolments[0].track == "warm"),
        ("suppress", {"why": "a competitor"}, lambda state: state.suppressed == "manual"),
    ],
)
def test_each_act_is_done_and_taken_back(stand: Stand, act, what: str, fields, done):
    before = stand.state("bob")
    number = number_in(act(what, stand.lead_id("bob"), **fields).text)
    stand.later(minutes=1)
    assert done(stand.state("bob"))
    assert "Taken back for 1 lead" in act.undo(number).text
    stand.later(minutes=1)
    after = stand.state("bob")
    assert not done(after)
    assert (after.lead.owner, after.snoozed_until, after.suppressed) == (
        before.lead.owner, before.snoozed_until, before.suppressed
    )  # fmt: skip
    assert [each.campaign for each in after.live_enrolments] == [
        each.campaign for each in before.live_enrolments
    ]


def test_taking_back_twice_is_refused(stand: Stand, client: FlaskClient, act):
    number = number_in(act("tag", stand.lead_id("bob"), tags="vip").text)
    assert undo(client, number).status_code == 200
    assert undo(client, number).status_code == 409
    assert undo(client, number + 1).status_code == 409  # nor is taking back taken back


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "tag", "tags": " , "},
        {"act": "owner", "owner": "nobody@else.example"},
        {"act": "pause", "until": "2026-03-01"},
        {"act": "pause", "until": "soon"},
        {"act": "start", "campaign": "nope"},
        {"act": "suppress", "why": " "},
        {"act": "erase"},
    ],
)
def test_an_act_that_lacks_something_is_refused(stand: Stand, client: FlaskClient, fields):
    data = {"csrf_token": token_of(client, "/account"), "lead": 1, **fields}
    assert client.post("/leads/act", data=data).status_code == 400


def test_without_a_tick_nothing_is_done(act):
    assert "Tick the leads first" in act("tag", tags="vip").text


def test_how_far_an_act_is_can_be_asked(stand: Stand, client: FlaskClient, act):
    number = number_in(act("tag", stand.lead_id("bob"), tags="vip").text)
    assert client.get(f"/leads/acts/{number}.json").json == {
        "words": "1 lead tagged “vip”.", "done": 1, "of": 1, "over": True
    }  # fmt: skip
    assert client.get("/leads/acts/999.json").status_code == 404


def test_one_lead_is_taken_out_put_in_and_paused_on_its_own_page(stand: Stand, client: FlaskClient, act):
    """Each by a form of that page, which says what came of it and takes it back."""
    bob = stand.lead_id("bob")
    page = client.get(f"/leads/{bob}").text
    assert 'name="act" value="stop"' in page
    assert '<option value="win-back">' in page
    assert '<option value="long-cycle">' not in page  # it is in there
    after = act("stop", bob, campaign="long-cycle", whom="ticked", of=str(bob))
    assert after.request.path == f"/leads/{bob}"
    assert "1 lead taken out of “long-cycle”" in after.text
    stand.later(minutes=1)
    assert not stand.state("bob").live_enrolments
    data = {"csrf_token": token_of(client, "/account"), "of": str(bob)}
    back = client.post(f"/leads/acts/{number_in(after.text)}/undo", data=data, follow_redirects=True)
    assert back.request.path == f"/leads/{bob}"
    assert "Taken back for 1 lead" in back.text
    stand.later(minutes=1)
    assert stand.state("bob").live_enrolments
    act("pause", bob, until="2026-03-20", whom="ticked", of=str(bob))
    stand.later(minutes=1)
    assert stand.state("bob").snoozed_until is not None


def test_a_move_is_looked_at_before_it_is_made_and_may_begin_at_a_step(
    stand: Stand, client: FlaskClient, act
):
    ids = [str(stand.lead_id(name)) for name in ("ada", "nobody")]
    form = {
        "csrf_token": token_of(client, "/account"),
        "whom": "ticked",
        "lead": ids,
        "place": "long-cycle/warm",
    }
    seen = client.post("/leads/act/look", data=form).text
    assert "of 2 leads can be moved." in seen
    assert "have no address" in seen
    told = client.post("/leads/act/look", data=form, headers={"Accept": "application/json"}).json
    assert told == {"words": "1 of 2 leads can be moved. Left alone: 1 have no address."}
    assert stand.state("ada").live_enrolments[0].by_hand is None
    steps = re.findall(r'<option value="([^"]+)">at the step', seen)
    page = act("track", int(ids[0]), place="long-cycle/warm", step=steps[1], of=ids[0]).text
    assert "1 lead moved to the track “warm” of “long cycle”, from the step" in page
    stand.later(minutes=1)
    (inside,) = stand.state("ada").live_enrolments
    assert (inside.track, inside.planned.step) == ("warm", steps[1])
    page = client.get(f"/leads/{ids[0]}").text
    assert "Moved by hand to the step" in page
    assert "Moved there by hand by ines@tarewell.example" in page
    assert "to which ines@tarewell.example moved the lead by hand" in page


@pytest.mark.parametrize("place", ["", "long-cycle", "long-cycle/?", "?/warm", "long-cycle/warm/?"])
def test_a_place_that_there_is_not_moves_nobody(stand: Stand, act, place: str):
    assert act("track", stand.lead_id("ada"), place=place).status_code == 400
