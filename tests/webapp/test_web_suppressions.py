"""The suppression list by hand: searched by post, added to, brought along, and taken off only where a person of ours may."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.store.records import audit_entry, suppression
from nurture.vocabulary.words import EventKind, SuppressionCause
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand

ADA = "ada@engine.example"


@pytest.fixture
def post(client: FlaskClient, form_token: str):
    def posted(path: str, **data: object):
        return client.post(f"/suppressions{path}", data={"csrf_token": form_token, **data})

    return posted


def listed(stand: Stand) -> list[tuple[str, str, str]]:
    with stand.engine.database.reading() as connection:
        rows = connection.execute(suppression.select().order_by(suppression.c.address, suppression.c.scope))
        return [(row.address, row.scope, row.cause) for row in rows]


def audited(stand: Stand) -> list[tuple[str, str]]:
    with stand.engine.database.reading() as connection:
        return [(row.what, row.target) for row in connection.execute(audit_entry.select())][-1:]


@pytest.mark.parametrize(("cause", "scope"), [("manual", "all"), ("unsubscribed", "marketing")])
def test_an_address_that_is_typed_is_suppressed_at_once(stand: Stand, post, cause: str, scope: str):
    assert post("", address=" Ada@Engine.example ", cause=cause, why="by telephone").status_code == 303
    assert listed(stand) == [(ADA, scope, cause)]
    assert audited(stand) == [("suppressed an address", f"lead {stand.lead_id('ada')}")]
    stand.later(minutes=1)
    assert stand.state("ada").suppressed == cause


def test_an_address_of_nobody_we_know_is_suppressed_too_and_is_in_no_url(stand: Stand, client, post):
    post("", address="stranger@x.example", cause="manual")
    assert listed(stand) == [("stranger@x.example", "all", "manual")]
    found = post("/search", address="STRANGER@")
    assert "stranger@x.example" in found.text
    assert 'href="/leads/' not in found.text.partition("<table")[2].partition("</table>")[0]
    assert "No such address" in post("/search", address="nobody@").text
    assert "No such address" in post("/search", address="%").text


@pytest.mark.parametrize("address", ["", "no address", "a@b@c"])
def test_what_is_no_address_is_told(stand: Stand, post, address: str):
    answer = post("", address=address, cause="manual")
    assert answer.status_code == 422
    assert "This is no e-mail address" in answer.text
    assert listed(stand) == []


def test_a_bounce_may_be_taken_off_with_a_reason(stand: Stand, post):
    stand.happens("ada", EventKind.MAIL_BOUNCED, bounce="hard")
    stand.later(minutes=1)
    assert post("/lift", address=ADA, cause="hard bounce", why="").status_code == 422
    assert post("/lift", address=ADA, cause="hard bounce", why="mailbox restored").status_code == 303
    assert listed(stand) == []
    stand.later(minutes=1)
    assert stand.state("ada").suppressed is None


@pytest.mark.parametrize(
    ("kind", "cause"),
    [(EventKind.MAIL_COMPLAINED, "complaint"), (EventKind.UNSUBSCRIBED, "unsubscribed")],
)
def test_what_the_person_said_only_the_person_takes_back(stand: Stand, client, post, kind, cause: str):
    stand.happens("ada", kind)
    stand.later(minutes=1)
    assert "only the person can" in client.get("/suppressions").text
    answer = post("/lift", address=ADA, cause=cause, why="we would like to")
    assert answer.status_code == 422
    assert "Only the person can take this back" in answer.text
    assert [row[2] for row in listed(stand)] == [cause]


@pytest.mark.parametrize(("proven", "status"), [(True, 303), (False, 422)])
def test_a_complaint_may_go_once_the_person_has_provably_agreed_anew(
    stand: Stand, post, proven: bool, status: int
):
    stand.happens("ada", EventKind.MAIL_COMPLAINED)
    stand.later(minutes=1)
    stand.clock.turn_to(stand.clock.now() + timedelta(days=1))
    stand.happens("ada", EventKind.CONSENT_GIVEN, topics={"product": "Yes."}, proven=proven)
    stand.later(minutes=1)
    assert post("/lift", address=ADA, cause="complaint", why="signed up again").status_code == status


def test_a_list_is_brought_along_and_comes_out_again_without_formulas(stand: Stand, client, post):
    text = 'address,cause\nAda@engine.example,complaint\n"=1+1@x.example",\nnot an address,manual\nb@x.example,erased\n'
    answer = post("/import", file=(io.BytesIO(text.encode()), "list.csv"))
    assert answer.status_code == 303
    assert (ADA, "all", "complaint") in listed(stand)
    assert ("b@x.example", "all", "imported") in listed(stand)
    stand.later(minutes=1)
    assert stand.state("ada").suppressed is SuppressionCause.COMPLAINT
    lines = client.get("/suppressions.csv").text.splitlines()
    assert lines[0] == "address,scope,cause,at"
    assert not any(line.startswith(("=", "+", "-", "@")) for line in lines)
    before = listed(stand)
    again = io.BytesIO(client.get("/suppressions.csv").data)
    post("/import", file=(again, "list.csv"))
    assert listed(stand) == before


def test_lines_without_a_head_are_addresses(stand: Stand, post):
    post("/import", file=(io.BytesIO(b"a@x.example\r\nb@x.example\r\n"), "list.txt"))
    assert [row[0] for row in listed(stand)] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES, Role.AUTHOR])
def test_the_list_is_for_those_who_may_export(client_as, role: Role):
    assert client_as(role).get("/suppressions").status_code == 403
    assert client_as(role).get("/suppressions.csv").status_code == 403


def test_a_marketer_may(client_as):
    client = client_as(Role.MARKETER)
    assert client.get("/suppressions").status_code == 200
    data = {"csrf_token": token_of(client), "address": "a@x.example", "cause": "manual"}
    assert client.post("/suppressions", data=data).status_code == 303


def test_a_list_may_be_larger_than_a_form(stand: Stand, app: Flask, post):
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    lines = "".join(f"p{n}@x.example\r\n" for n in range(100))
    assert post("/import", file=(io.BytesIO(lines.encode()), "list.txt")).status_code == 303
    assert len(listed(stand)) == 100
