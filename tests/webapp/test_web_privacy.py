"""What a person may ask of us, done by marketing: its wishes kept with a reason, all that is kept handed out, and everything forgotten."""

import io
import json
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.store.records import audit_entry, lead, suppression
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand

ADA = "ada@engine.example"
WHY = "she rang us"


@pytest.fixture
def post(client: FlaskClient, form_token: str, stand: Stand):
    at = f"/leads/{stand.lead_id('ada')}/privacy"

    def posted(act: str, **data: object):
        return client.post(f"{at}/{act}", data={"csrf_token": form_token, **data})

    return posted


def told(stand: Stand) -> list[tuple[str, str]]:
    with stand.engine.database.reading() as connection:
        return [(row.what, row.target) for row in connection.execute(audit_entry.select())]


# ---------------------------------------------------------------- wishes


def test_a_topic_that_she_does_not_want_is_taken_off_with_a_reason_and_proof(stand: Stand, client, post):
    assert ticked(client, stand)
    assert post("topics", tracking="on", why=WHY).status_code == 303  # every box of a topic is empty now
    stand.later(minutes=1)
    assert stand.state("ada").opted_out
    page = client.get(f"/leads/{stand.lead_id('ada')}/privacy").text
    assert f"why {WHY}" in page
    assert "by ines@tarewell.example" in page


def test_without_a_reason_nothing_is_kept(stand: Stand, post):
    for act, data in (("topics", {}), ("pause", {"days": 30}), ("unsubscribe", {})):
        answer = post(act, why="  ", **data)
        assert answer.status_code == 422
        assert "Write why" in answer.text
    stand.later(minutes=1)
    assert (stand.state("ada").snoozed_until, stand.state("ada").suppressed) == (None, None)


def test_measuring_can_be_ended_for_her(stand: Stand, client, post):
    topics = [*map(str, stand.engine.live.programme.topics)]
    post("topics", topic=[each for each in topics if each in ticked(client, stand)], why=WHY)
    stand.later(minutes=1)
    assert stand.state("ada").untracked
    assert not stand.state("ada").opted_out


def ticked(client: FlaskClient, stand: Stand) -> list[str]:
    page = client.get(f"/leads/{stand.lead_id('ada')}/privacy").text
    return [
        part.partition('"')[0] for part in page.split('name="topic" value="')[1:] if " checked" in part[:60]
    ]


def test_a_pause_begins_and_ends(stand: Stand, post):
    assert post("pause", days=30, why=WHY).status_code == 303
    stand.later(minutes=1)
    assert stand.state("ada").snoozed_until is not None
    post("pause", days=0, why="she is back")
    stand.later(minutes=1)
    assert stand.state("ada").snoozed_until is None
    assert post("pause", days=7, why=WHY).status_code == 400


def test_who_told_us_to_stop_is_suppressed_with_the_answer(stand: Stand, post):
    assert post("unsubscribe", why=WHY).status_code == 303
    with stand.engine.database.reading() as connection:
        (row,) = connection.execute(suppression.select()).all()
    assert (row.address, row.scope, row.cause) == (ADA, "marketing", "unsubscribed")


# ---------------------------------------------------------------- all that is kept


def test_the_zip_holds_what_people_read_and_every_row(stand: Stand, client, post):
    answer = post("export")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=lead-{stand.lead_id('ada')}.zip"
    file = ZipFile(io.BytesIO(answer.data))
    names = file.namelist()
    assert json.loads(file.read("person.json"))["email"] == ADA
    assert b",form.submitted" in file.read("history.csv")
    mails = [name for name in names if name.startswith("mails/")]
    assert mails
    assert b"Ada" in file.read(mails[0])
    rows = {name for name in names if name.startswith("records/")}
    assert {
        "records/lead.json",
        "records/event.json",
        "records/touch.json",
        "records/score_entry.json",
    } <= rows
    assert b"bob@norr.example" not in b"".join(map(file.read, names))
    assert ("exported a lead", f"lead {stand.lead_id('ada')}") in told(stand)


# ---------------------------------------------------------------- forgetting


def test_she_is_erased_once_her_address_is_typed_and_the_page_says_what_was_searched(
    stand: Stand, client, post
):
    lead_id = stand.lead_id("ada")
    assert post("erase", typed="ada", why=WHY).status_code == 422
    assert client.get(f"/leads/{lead_id}").status_code == 200
    answer = post("erase", typed=f" {ADA.upper()} ", why=WHY)
    assert answer.status_code == 200
    assert "it is nowhere" in answer.text
    assert ADA not in answer.text
    assert client.get(f"/leads/{lead_id}").status_code == 404
    assert post("erase", typed=ADA, why=WHY).status_code == 404
    with stand.engine.database.reading() as connection:
        assert ADA not in [row.email for row in connection.execute(lead.select())]
    assert told(stand)[-1] == ("erased a lead", f"lead {lead_id}")


@pytest.mark.parametrize("role", [Role.SALES, Role.AUTHOR, Role.APPROVER, Role.VIEWER])
def test_only_marketing_may(stand: Stand, client_as, role: Role):
    client, at = client_as(role), f"/leads/{stand.lead_id('ada')}/privacy"
    assert client.get(at).status_code == 403
    data = {"csrf_token": token_of(client), "typed": ADA, "why": WHY}
    for act in ("export", "erase", "topics"):
        assert client.post(f"{at}/{act}", data=data).status_code == 403
