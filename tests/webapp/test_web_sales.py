"""What sales does on a page reaches the lead, in the name of who acts."""

import pytest
from flask.testing import FlaskClient

from nurture.vocabulary.words import Stage
from tests.webapp.stand import Stand


@pytest.fixture
def post(stand: Stand, client: FlaskClient, form_token: str):
    """Send a form of ours about Ada, and let the engine take it in."""

    def post(path: str, **fields: str):
        data = {"csrf_token": form_token, **fields}
        answer = client.post(path.format(ada=stand.lead_id("ada")), data=data, follow_redirects=True)
        stand.later(minutes=1)
        return answer

    return post


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


def test_a_person_cannot_jump_the_path(stand: Stand, post):
    post("/leads/{ada}/stage", stage="advocate", note="Why not")
    assert stand.state("ada").stage is Stage.MQL


def test_one_acts_in_a_reps_name_and_nobody_elses(stand: Stand, client: FlaskClient, post):
    post("/acting", by="freya@tarewell.example")
    post("/acting", by="mallory@evil.example")
    post("/inbox/{ada}/accept")
    assert "Accepted by freya@tarewell.example" in client.get(f"/leads/{stand.lead_id('ada')}").text


@pytest.mark.parametrize("path", ["/inbox/1/accept", "/inbox/1/return", "/inbox/1/contact", "/leads/1/stage"])
def test_nothing_happens_to_a_lead_that_is_not_there(stand: Stand, post, path: str):
    answer = post(path.replace("1", "999"), reason="not-now", stage="lost")
    assert answer.status_code == 404
