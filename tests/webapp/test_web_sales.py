"""What sales does on a page reaches the lead, in the name of who acts."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from nurture.engine.accounts import Role
from nurture.store.records import hand_off
from nurture.vocabulary.words import Stage
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand


@pytest.fixture
def post_as(stand: Stand, client_as):
    """Send a form of ours about Ada in a role, and let the engine take it in."""

    def sender(role: Role):
        client = client_as(role)
        token = token_of(client)

        def post(path: str, **fields: str):
            data = {"csrf_token": token, **fields}
            answer = client.post(path.format(ada=stand.lead_id("ada")), data=data, follow_redirects=True)
            stand.later(minutes=1)
            return answer

        return post

    return sender


@pytest.fixture
def post(post_as):
    return post_as(Role.ADMIN)


def test_accepting_makes_the_lead_sales_own(stand: Stand, post):
    assert "Accepted" in post("/inbox/{ada}/accept").text
    assert stand.state("ada").stage is Stage.SAL


def test_giving_back_applies_the_reason(stand: Stand, post):
    assert "Given back" in post("/inbox/{ada}/return", reason="not-now", note="Asked us to call in May").text
    state = stand.state("ada")
    assert (state.stage, state.temperature) == (Stage.RECYCLED, "warm")


def test_a_reason_that_nobody_agreed_on_is_refused(stand: Stand, post):
    answer = post("/inbox/{ada}/return", reason="bored")
    assert answer.status_code == 400
    assert stand.state("ada").stage is Stage.MQL


def test_a_contact_stops_the_clock(stand: Stand, post):
    post("/inbox/{ada}/accept")
    assert stand.state("ada").clock
    post("/inbox/{ada}/contact", note="Wants a quote")
    assert stand.state("ada").clock is None


@pytest.mark.parametrize("stage", ["opportunity", "customer", "disqualified"])
def test_a_stage_is_set_along_the_path(stand: Stand, post, stage: str):
    post("/inbox/{ada}/accept")
    post("/leads/{ada}/stage", stage=stage, note="They said so")
    assert stand.state("ada").stage == stage


@pytest.mark.parametrize(("role", "stage"), [(Role.SALES, Stage.MQL), (Role.ADMIN, Stage.ADVOCATE)])
def test_only_an_admin_jumps_the_path(stand: Stand, post_as, role: Role, stage: Stage):
    post_as(role)("/leads/{ada}/stage", stage="advocate", note="Why not")
    assert stand.state("ada").stage is stage


def test_a_rep_who_accepts_a_colleagues_lead_owns_it(stand: Stand, client: FlaskClient, post_as):
    assert stand.state("ada").lead.owner == "karla@tarewell.example"
    with stand.engine.deciding() as (connection, _):
        connection.execute(update(hand_off).values(team="team-north"))  # Freya's
    post_as(Role.SALES)("/inbox/{ada}/accept")
    assert stand.state("ada").lead.owner == "freya@tarewell.example"
    assert "Accepted by freya@tarewell.example" in client.get(f"/leads/{stand.lead_id('ada')}").text


@pytest.mark.parametrize("path", ["accept", "return", "contact", "snooze"])
def test_a_rep_of_another_team_answers_for_no_lead_of_it(stand: Stand, post_as, path: str):
    answer = post_as(Role.SALES)(f"/inbox/{{ada}}/{path}", reason="not-now", until="hour")
    assert (answer.status_code, "which is not your team" in answer.text) == (403, True)
    assert stand.state("ada").stage is Stage.MQL


def test_a_rep_of_another_team_sees_whose_the_lead_is(stand: Stand, client_as):
    shown = client_as(Role.SALES).get(f"/inbox?lead={stand.lead_id('ada')}").text
    assert "they answer for this lead" in shown
    assert "/accept" not in shown


def test_a_viewer_sees_the_inbox_and_answers_nothing(stand: Stand, client_as, post_as):
    shown = client_as(Role.VIEWER).get("/inbox").text
    assert "Ada Nowak" in shown
    assert 'data-key="c"' not in shown
    assert post_as(Role.VIEWER)("/inbox/{ada}/accept").status_code == 403


def test_an_admin_answers_for_the_rep(stand: Stand, client: FlaskClient, post):
    post("/inbox/{ada}/accept")
    assert stand.state("ada").lead.owner == "karla@tarewell.example"
    assert "Accepted by ines@tarewell.example" in client.get(f"/leads/{stand.lead_id('ada')}").text


def test_the_inbox_of_one_rep(client: FlaskClient):
    assert "Ada Nowak" in client.get("/inbox?rep=karla@tarewell.example").text
    assert "Ada Nowak" not in client.get("/inbox?rep=freya@tarewell.example").text


@pytest.mark.parametrize("path", ["/inbox/1/accept", "/inbox/1/return", "/inbox/1/contact", "/leads/1/stage"])
def test_nothing_happens_to_a_lead_that_is_not_there(stand: Stand, post, path: str):
    answer = post(path.replace("1", "999"), reason="not-now", stage="lost")
    assert answer.status_code == 404
