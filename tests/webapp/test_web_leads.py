"""The list of leads and what hangs on it: filters in the address, saved views, tags on one and on many, companies."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from nurture.engine.accounts import Role
from nurture.store import records as table
from nurture.vocabulary.words import EventKind
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand

ADA, BOB, EVE, NAMELESS = "Ada Nowak", "Bob Reis", "Eve &lt;b&gt;", "Nameless"


def sent(client: FlaskClient, path: str, **form: object):
    return client.post(path, data={"csrf_token": token_of(client, "/account"), **form}, follow_redirects=True)


def listed(client: FlaskClient, query: str) -> set[str]:
    page = client.get(f"/leads?{query}").text
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return {name for name in (ADA, BOB, EVE, NAMELESS) if name in rows}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {ADA, BOB, EVE, NAMELESS}),
        ("q=ada+now", {ADA}),
        ("q=norr", {BOB}),
        ("q=%25", set()),
        ("temperature=hot", {ADA}),
        ("campaign=long-cycle", {ADA, BOB, EVE}),
        ("company=norr+ab", {BOB}),
        ("company=hot.example", {EVE}),
        ("source=import&unmailable=1", {NAMELESS}),
        ("source=form", set()),
        ("suppressed=1", {BOB}),
        ("tag=vip", {EVE}),
        ("tag=vip&temperature=hot", set()),
        ("sample=1", set()),
        ("sample=0&sort=name", {ADA, BOB, EVE, NAMELESS}),
    ],
)
def test_the_address_says_which_leads(stand: Stand, client: FlaskClient, query: str, expected: set[str]):
    stand.happens("bob", EventKind.UNSUBSCRIBED)
    stand.happens("eve", EventKind.LEAD_TAGGED, tags={" VIP ": True})
    stand.later(minutes=1)
    assert listed(client, query) == expected


def test_a_view_is_saved_for_oneself_or_for_everybody(client_as: Callable[[Role], FlaskClient]):
    mara, vito = client_as(Role.MARKETER), client_as(Role.VIEWER)
    sent(mara, "/leads/views", name="My hot ones", query="temperature=hot")
    sent(mara, "/leads/views", name="Ours", query="q=ada&temperature=hot", shared="1")
    assert "My hot ones" in mara.get("/leads").text
    seen = vito.get("/leads").text
    assert "My hot ones" not in seen
    assert 'href="/leads?q=ada&amp;temperature=hot"' in seen


def test_a_view_is_forgotten_only_by_those_whose_it_is(client_as: Callable[[Role], FlaskClient]):
    mara, vito = client_as(Role.MARKETER), client_as(Role.VIEWER)
    sent(mara, "/leads/views", name="Mine", query="temperature=hot")
    assert sent(vito, "/leads/views/1/forget").status_code == 404
    assert "The view is gone" in sent(mara, "/leads/views/1/forget").text


def test_a_view_that_nobody_matches_now_is_saved_and_forgotten_too(client: FlaskClient):
    query = "q=nobody&stage=customer"
    assert "No lead matches" in (page := client.get(f"/leads?{query}").text)
    assert "Save this view" in page
    sent(client, "/leads/views", name="Lost ones", query=query)
    assert "Forget “Lost ones”" in client.get(f"/leads?{query}").text


def test_a_tag_is_put_on_a_lead_and_taken_off(stand: Stand, client: FlaskClient):
    path = f"/leads/{stand.lead_id('eve')}"
    assert "Tagged: big fish, vip" in sent(client, f"{path}/tags", tags="Big  Fish, VIP").text
    stand.later(minutes=1)
    assert stand.state("eve").lead.tags == ("big fish", "vip")
    assert "Tagged: big fish, vip" in client.get(path).text
    sent(client, f"{path}/tags", off="vip")
    stand.later(minutes=1)
    assert stand.state("eve").lead.tags == ("big fish",)
    assert '<td class="num" data-label="Leads">1</td>' in client.get("/tags").text


def test_all_that_the_list_shows_are_tagged(stand: Stand, client: FlaskClient):
    sent(client, "/leads/act", act="tag", tags="mailable", query="campaign=long-cycle", whom="all")
    stand.later(minutes=1)
    assert listed(client, "tag=mailable") == {ADA, BOB, EVE}
    sent(client, "/leads/act", act="untag", tags="mailable", query="q=ada", whom="all")
    stand.later(minutes=1)
    assert listed(client, "tag=mailable") == {BOB, EVE}


def test_who_only_looks_tags_nobody(client_as: Callable[[Role], FlaskClient]):
    viewer = client_as(Role.VIEWER)
    assert sent(viewer, "/leads/act", act="tag", tags="x", whom="all").status_code == 403
    assert "Do it" not in viewer.get("/leads").text


def test_companies_stand_with_the_hottest_first(client: FlaskClient):
    page = client.get("/companies").text
    assert page.index("Engine Ltd") < page.index("Norr AB")
    assert "hot.example" in page
    assert "Norr AB" not in client.get("/companies?q=eng").text


def test_a_company_shows_its_people_their_mails_and_hand_offs(client: FlaskClient):
    page = client.get("/companies/engine%20ltd").text
    assert ADA in page
    assert "1 hand-off" in page
    assert "six lines" in page
    assert client.get("/companies/nope").status_code == 404


def test_a_company_shows_its_newest_hand_offs_and_counts_all(stand: Stand, client: FlaskClient):
    with stand.engine.deciding() as (connection, now):
        ada = connection.execute(select(table.hand_off.c.lead_id)).scalars().first()
        rows = [
            {
                "lead_id": ada,
                "serial": n,
                "team": "world",
                "rep": f"rep{n}@x.example",
                "made_at": now + timedelta(minutes=n),
            }
            for n in range(100, 160)
        ]
        connection.execute(table.hand_off.insert(), rows)
    page = client.get("/companies/engine%20ltd").text
    assert "61 hand-offs" in page
    assert "The newest 50." in page
    assert "rep159" in page
    assert "rep109" not in page


def test_a_lead_that_changes_company_is_counted_there(stand: Stand, client: FlaskClient):
    stand.happens("ada", EventKind.LEAD_CHANGED, fields={"company": "Norr AB"})
    stand.later(minutes=1)
    assert "Engine Ltd" not in client.get("/companies").text
    assert ADA in client.get("/companies/norr%20ab").text
