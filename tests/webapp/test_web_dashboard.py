"""The dashboard as a newcomer and as a team sees it, and the one form that removes the sample."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from nurture.engine.accounts import Role
from nurture.engine.sample import sample_count
from nurture.engine.sample_loads import IN_USE, Phase, claim_load, last_load, settle_load, tell_load
from nurture.store.records import lead, touch
from tests.webapp.conftest import SECRET, token_of
from tests.webapp.stand import PEOPLE, Stand
from webapp import create_app


@pytest.fixture
def sampled(stand: Stand) -> Stand:
    """The company, all of whose leads were made for show."""
    with stand.engine.database.writing() as connection:
        connection.execute(update(lead).values(sample=True))
    return stand


def test_three_months_are_drawn_with_their_numbers_under_them(client):
    page = client.get("/").text
    assert 'aria-label="Sent: 3 in 90 days, at most 3 a day"' in page
    assert "<title>Mon 2 Mar: 3</title>" in page
    assert "Leads by temperature over 90 days: now" in page
    assert page.count('<th scope="row">Mon 2 Mar</th>') == 2
    assert 'href="/campaigns/long-cycle#warm-champion"' in page
    assert "None fits yet" in page


def test_the_first_steps_lead_to_the_pages_that_there_are(client):
    page = client.get("/").text
    assert "1 of 5 done" in page  # leads that are nobody's sample
    assert 'href="/settings/sender"' in page
    assert 'href="/campaigns/new"' in page
    assert 'href="/settings/sending"' in page


def test_who_has_no_leads_is_told_of_the_sample_and_who_has_a_sample_how_it_goes(
    tmp_path: Path, sampled: Stand, client
):
    page = client.get("/").text
    assert "Take demo data out" in page
    assert "Load demo data" not in page
    fresh = Stand(f"sqlite:///{tmp_path / 'fresh.sqlite'}").publish().with_staff()
    browser = fresh.client(create_app(fresh.engine, secret=SECRET, mailbox=None, home=tmp_path))
    page = browser.get("/").text
    assert "Load demo data" in page
    assert "the sample out" not in page
    assert "Load demo data" in browser.get("/leads").text
    assert "the programme that is live here, <b>Tarewell</b>" in browser.get("/sample").text
    fresh.engine.close()


def test_steps_that_are_done_can_be_hidden_for_everybody(client, client_as):
    assert client_as(Role.MARKETER).post("/first-steps/hide", data={}).status_code in (400, 403)
    assert client.post("/first-steps/hide", data={"csrf_token": token_of(client)}).status_code == 303
    assert "of 5 done" not in client.get("/").text


def test_a_sample_is_called_one(sampled: Stand, client):
    page = client.get("/").text
    assert '<a class="tag" href="/sample">Sample</a>' in page
    assert "From the sample to your own programme" in page
    assert "Ada Nowak" in page


def test_with_a_lead_of_ones_own_the_sample_is_left_out(sampled: Stand, client):
    with sampled.engine.database.writing() as connection:
        connection.execute(update(lead).where(lead.c.id == sampled.lead_id("bob")).values(sample=False))
    page = client.get("/").text
    assert "3 sample leads left out" in page
    assert "Ada Nowak" not in page
    assert "Nobody waits" in page


def test_removing_the_sample_takes_the_number_typed(sampled: Stand, client):
    token = token_of(client)
    wrong = client.post("/sample", data={"csrf_token": token, "typed": "yes"})
    assert (wrong.status_code, "Nothing was removed" in wrong.text) == (422, True)
    done = client.post(
        "/sample", data={"csrf_token": token, "typed": str(len(PEOPLE))}, follow_redirects=True
    )
    assert re.search(r"4 sample leads and their [1-9] mails are gone; 0 rows left\.", done.text)
    with sampled.engine.database.reading() as connection:
        assert sample_count(connection) == 0
        assert connection.execute(select(touch)).first() is None
    assert "Load demo data" in client.get("/sample").text


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[Stand, Flask]]:
    """An installation with the shipped programme and no leads."""
    stand = Stand(f"sqlite:///{tmp_path / 'fresh.sqlite'}").publish().with_staff()
    yield stand, create_app(stand.engine, secret=SECRET, mailbox=None, home=tmp_path)
    stand.engine.close()


def test_one_press_has_demo_data_loaded_and_another_stops_it(empty):
    stand, app = empty
    browser = stand.client(app)
    form = {"csrf_token": token_of(browser)}
    page = browser.post("/sample/load", data=form, follow_redirects=True).text
    assert "It begins in a moment" in page
    assert "No worker is at work" in page
    with stand.engine.deciding() as (connection, now):
        load = claim_load(connection, by="w", now=now)
        assert load.asked_by == "ines@tarewell.example"
        tell_load(connection, load, 0.5, now)
    told = browser.get("/sample/progress.json").json
    assert told == {"words": "Day 45 of 90 is played", "done": 45, "of": 90, "over": False}
    browser.post("/sample/load", data=form)  # pressed twice, it goes on
    assert "Day 45 of 90" in browser.get("/sample").text
    assert "It was stopped" in browser.post("/sample/stop", data=form, follow_redirects=True).text
    with stand.engine.deciding() as (connection, now):
        assert not tell_load(connection, load, 0.6, now)
    browser.post("/sample/load", data=form)
    with stand.engine.deciding() as (connection, now):
        settle_load(connection, claim_load(connection, by="w", now=now), Phase.FAILED, IN_USE)
    assert "There are leads here already" in browser.get("/sample").text


def test_only_an_admin_loads_demo_data(empty):
    stand, app = empty
    marketer = stand.client(app, Role.MARKETER)
    assert "Load demo data" not in marketer.get("/leads").text
    assert "An admin can load it" in marketer.get("/sample").text
    form = {"csrf_token": token_of(marketer)}
    assert [marketer.post(f"/sample/{act}", data=form).status_code for act in ("load", "stop")] == [403, 403]


def test_beside_leads_of_ones_own_none_is_loaded(stand: Stand, client):
    assert "There are leads of your own here" in client.get("/sample").text
    said = client.post("/sample/load", data={"csrf_token": token_of(client)}, follow_redirects=True).text
    assert "only where there are none" in said
    with stand.engine.database.reading() as connection:
        assert last_load(connection) is None
    refused = client.post("/sample", data={"csrf_token": token_of(client), "typed": "0"})
    assert refused.status_code == 422


def test_who_may_not_change_leads_cannot_remove_the_sample(sampled: Stand, client_as):
    viewer = client_as(Role.VIEWER)
    assert 'name="typed"' not in viewer.get("/sample").text
    answer = viewer.post("/sample", data={"csrf_token": token_of(viewer), "typed": str(len(PEOPLE))})
    assert answer.status_code == 403
