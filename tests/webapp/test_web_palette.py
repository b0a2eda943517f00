"""Going anywhere by typing: what is found, in which order, by whom, and that nothing typed stands in an address."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand
from webapp.palette import rank


def goals(client: FlaskClient, typed: str) -> list[str]:
    """The words of what is found, in order."""
    page = client.post("/go?part", data={"csrf_token": token_of(client, "/go"), "q": typed}).text
    return [each.partition("</span>")[0] for each in page.split("<span>")[1:]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("inb", "Inbox"),
        ("new camp", "New campaign"),
        ("ada now", "Ada Nowak, Engine Ltd"),
        ("engine ltd", "Ada Nowak, Engine Ltd"),
        ("bob@norr", "Bob Reis, Norr AB"),
        ("go to lead", "Go to a lead: type its name"),
        ("go to lead ada", "Ada Nowak, Engine Ltd"),
        ("lead: bob", "Bob Reis, Norr AB"),
        ("new track", "New track"),
        ("warm-champion", "Long-cycle nurture: warm-champion"),
    ],
)
def test_the_likeliest_comes_first(client: FlaskClient, typed: str, first: str):
    assert goals(client, typed)[0] == first


def test_a_mail_is_found_by_its_subject_and_by_its_name(client: FlaskClient):
    by_name = goals(client, "long-cycle/terms")
    subject = by_name[0].partition(" (")[0]
    assert by_name[0].endswith("(long-cycle/terms)")
    assert by_name[0] in goals(client, subject)


def test_with_nothing_typed_it_offers_what_is_done_most(client: FlaskClient):
    assert goals(client, "")[:2] == ["New campaign", "New broadcast"]


def test_what_nobody_is_called_is_said(client: FlaskClient):
    answer = client.post("/go", data={"csrf_token": token_of(client, "/go"), "q": "zzqx"})
    assert "Nothing is called that" in answer.text


def test_every_goal_is_a_page_that_whoever_asks_may_see(stand: Stand, app):
    for role in (Role.VIEWER, Role.SALES, Role.ADMIN):
        with app.test_client() as client:
            with client.session_transaction() as session:
                session.update(account=stand.account(role).id, epoch=1, seen=stand.clock.now().timestamp())
            page = client.get("/go").text.partition("<main")[2]
            paths = [each.partition('"')[0] for each in page.split('data-row href="')[1:]]
            assert len(paths) > 5
            assert {client.get(path.replace("&amp;", "&")).status_code for path in paths} == {200}


@given(st.text(max_size=40), st.text(max_size=10))
def test_what_is_typed_from_the_beginning_is_always_found(words: str, more: str):
    assert rank(words + more, words.casefold().split()) is not None
    assert rank(words, []) == 0
