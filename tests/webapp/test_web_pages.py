"""Every page of ours answers, says what it should, and escapes what people call themselves."""

import pytest
from flask.testing import FlaskClient

from nurture.engine.consent import unsubscribe
from nurture.vocabulary.words import EventKind
from tests.webapp.conftest import SECRET
from tests.webapp.stand import Stand
from webapp import create_app

PAGES = [
    "/", "/inbox", "/inbox?show=mine", "/inbox?show=late&team=team-dach", "/inbox?show=what&lead=99",
    "/leads", "/leads?q=ad&stage=mql&sort=fit", "/leads?temperature=what&after=hot:x:y", "/leads?unmailable=1",
    "/campaigns", "/campaigns/long-cycle", "/campaigns/trial-onboarding",
    "/mailbox", "/mailbox?page=9", "/unknown", "/failed", "/deferred", "/tasks",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers(client: FlaskClient, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Ada <b>" not in answer.text
    assert "Eve <b>" not in answer.text


@pytest.mark.parametrize(
    "path", ["/nope", "/leads/999", "/campaigns/nope", "/mailbox/nope", "/mailbox/..%2fkey"]
)
def test_what_is_not_there_is_said_kindly(client: FlaskClient, path: str):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Nothing was changed" in answer.text


def test_the_dashboard_shows_who_waits(client: FlaskClient):
    page = client.get("/").text
    assert "Ada Nowak" in page
    assert "in 4 h" in page
    assert "revision 1" in page


def test_the_dashboard_puts_the_worst_first(stand: Stand, client: FlaskClient):
    stand.later(days=1)
    page = client.get("/").text
    assert "1 lead</b> late with sales" in page


def test_the_timeline_tells_points_moves_and_gates(stand: Stand, client: FlaskClient):
    page = client.get(f"/leads/{stand.lead_id('ada')}").text
    for said in ("asked for demo", "+50", "Temperature: warm → hot", "Stage: inquiry → MQL", "send window"):
        assert said in page
    assert page.index("Temperature: warm") < page.index("Became a lead")


def test_why_a_mail_was_not_sent(stand: Stand, client: FlaskClient):
    with stand.engine.deciding() as (connection, now):
        unsubscribe(connection, stand.lead_id("bob"), touch_id=stand.first_touch("bob"), now=now, how="page")
    stand.later(days=12)
    page = client.get(f"/leads/{stand.lead_id('bob')}").text
    assert "The address is suppressed: unsubscribed" in page


def test_a_lead_without_an_address_says_so(stand: Stand, client: FlaskClient):
    assert "cannot be mailed" in client.get(f"/leads/{stand.lead_id('nobody')}").text


def test_the_score_falls_while_nothing_happens(stand: Stand, client: FlaskClient):
    path = f"/leads/{stand.lead_id('ada')}/score.json"
    before = client.get(path).json
    stand.later(days=13)
    after = client.get(path).json
    assert before["temperature"] == "hot"
    assert after["interest"] < before["interest"]


def test_a_store_without_a_programme_says_what_to_do(tmp_path):
    stand = Stand(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    client = stand.with_staff().client(create_app(stand.engine, secret=SECRET, mailbox=None))
    assert "nurture apply campaigns/" in client.get("/").text
    inbox = client.get("/inbox")
    assert inbox.status_code == 503
    assert "nurture apply campaigns/" in inbox.text
    stand.engine.close()


def test_a_campaign_counts_what_became_of_each_step(stand: Stand, client: FlaskClient):
    page = client.get("/campaigns/long-cycle").text
    assert '<dt>clicked by people</dt><dd class="num">1</dd>' in page


def test_an_answer_on_its_way_is_shown_before_it_is_taken_in(stand: Stand, client: FlaskClient):
    stand.happens("ada", EventKind.HAND_OFF_ACCEPTED, by="karla@tarewell.example")
    assert "Your answer is recorded" in client.get("/inbox").text
