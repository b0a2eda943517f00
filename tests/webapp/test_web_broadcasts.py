"""A broadcast from its page: who gets it is shown, the number is typed, and it can be held, let go on and called off."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from nurture.content.catalog import PROGRAMME, load_texts
from nurture.engine.accounts import Role
from nurture.engine.segments import refresh
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand, shipped

SEGMENTS = """
segments:
  known: {name: Companies we know, when: "lead.company is defined"}
  nobody: {name: Nobody, when: "lead.country == 'XX'"}
"""
WANTED = {
    "name": "Tender season",
    "audience": "segment known",
    "mail": "long-cycle/tender-season",
    "at": "2026-03-03T09:00",
    "topic": "",
}


@pytest.fixture
def stand(stand: Stand) -> Stand:
    """The company with two segments, which are counted."""
    texts = dict(shipped().texts)
    texts[PROGRAMME] = texts[PROGRAMME].replace("\nsegments:", SEGMENTS.rstrip("\n"), 1)
    stand.engine.publish(load_texts(texts), actor="mara@tarewell.example", reason="segments")
    with stand.engine.deciding() as (connection, now):
        refresh(connection, by="", now=now)
    stand.later(minutes=1)
    return stand


@pytest.fixture
def marketer(client_as: Callable[[Role], FlaskClient]) -> FlaskClient:
    return client_as(Role.MARKETER)


def sent(client: FlaskClient, path: str, **form: object):
    return client.post(path, data={"csrf_token": token_of(client, "/leads"), **form}, follow_redirects=True)


def made(stand: Stand, client: FlaskClient, **changes: str):
    return sent(client, "/broadcasts", **{**WANTED, "typed": "1", "revision": "2", **changes})


def test_segments_tell_how_many_and_since_when(marketer: FlaskClient):
    page = marketer.get("/segments").text
    assert "Companies we know" in page
    assert '<td class="num" data-label="Leads">3</td>' in page
    first = marketer.get("/segments/known").text
    assert "Ada" in first
    assert '<dt>No address</dt><dd class="num">1</dd>' in first


def test_a_segment_is_counted_when_somebody_asks(stand: Stand, marketer: FlaskClient):
    stand.clock.turn_to(stand.clock.now())
    assert "Counting begins" in sent(marketer, "/segments/count").text
    assert "Being counted" in marketer.get("/segments").text
    stand.later(minutes=1)
    assert "Being counted" not in marketer.get("/segments").text


def test_who_gets_it_is_shown_before_anything_is_set(marketer: FlaskClient):
    page = marketer.get("/broadcasts/new", query_string=WANTED).text
    assert "Type 2 to set it" in page  # of three, one has no address
    assert '<dt>No address</dt><dd class="num">1</dd>' in page


def test_the_number_that_is_shown_has_to_be_typed(stand: Stand, marketer: FlaskClient):
    answer = made(stand, marketer, typed="7")
    assert answer.status_code == 400
    assert "Type the number of leads as it is shown" in answer.text
    assert "tender-season" not in stand.engine.live.programme.campaigns


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"audience": "segment nope"}, "Choose who gets it"),
        ({"mail": "long-cycle/nope"}, "Choose the mail"),
        ({"name": " "}, "Give it a name"),
        ({"at": "soon"}, "Write the day and the time"),
        ({"at": "2026-02-01T09:00"}, "Its moment has passed"),
    ],
)
def test_what_is_missing_is_said(stand: Stand, marketer: FlaskClient, changes: dict[str, str], said: str):
    answer = made(stand, marketer, **changes)
    assert answer.status_code == 400
    assert said in answer.text


def test_it_is_a_revision_in_the_name_of_who_set_it(stand: Stand, marketer: FlaskClient):
    page = made(stand, marketer, typed=typed(marketer)).text
    assert "waits for its moment" in page
    campaign = stand.engine.live.programme.campaigns["tender-season"]
    assert campaign.broadcast is not None
    assert stand.engine.live.catalog.texts["campaigns/tender-season/campaign.yaml"] == (
        "format: 1\nkey: tender-season\nname: Tender season\n"
        'broadcast: {to: known, mail: long-cycle/tender-season, at: "2026-03-03 09:00"}\n'
    )
    assert "set a broadcast" in stand.client(marketer.application).get("/settings/audit").text


def typed(client: FlaskClient) -> str:
    page = client.get("/broadcasts/new", query_string=WANTED).text
    return page.partition("Type ")[2].partition(" ")[0]


def test_a_revision_that_came_between_is_told_and_nothing_is_set(stand: Stand, marketer: FlaskClient):
    answer = made(stand, marketer, typed=typed(marketer), revision="1")
    assert answer.status_code == 409
    assert "went live while you were editing" in answer.text


def test_it_is_paused_let_go_on_and_called_off(stand: Stand, marketer: FlaskClient):
    made(stand, marketer, typed=typed(marketer))
    path = "/broadcasts/tender-season"
    assert "Paused: no further mail leaves" in sent(marketer, f"{path}/pause").text
    assert "It was so already" in sent(marketer, f"{path}/pause").text
    stand.later(days=1)
    assert 'Came to</dt><dd class="num">0</dd>' in marketer.get(path).text
    assert "It goes on" in sent(marketer, f"{path}/resume").text
    stand.later(days=1)
    page = marketer.get(path).text
    assert "has come to everybody" in page
    assert "No address" in page
    assert "Called off" in sent(marketer, f"{path}/cancel").text
    assert "called off" in marketer.get("/broadcasts").text


def test_only_who_may_publish_sets_one(client_as: Callable[[Role], FlaskClient]):
    author = client_as(Role.AUTHOR)
    assert author.get("/broadcasts").status_code == 200
    assert author.get("/broadcasts/new").status_code == 403
    assert author.post("/broadcasts", data={"csrf_token": token_of(author, "/account")}).status_code == 403
