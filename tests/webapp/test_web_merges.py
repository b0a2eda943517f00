"""The pages that merge two leads: by who looks alike, side by side, one button, and the way back; real links of old mails."""

import re

import pytest

from nurture.engine.accounts import Role
from nurture.engine.intake import NewLead
from nurture.insight import merging
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, SuppressionCause
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand

TWIN = {"email": "ada+news@engine.example", "first_name": "A.", "last_name": "Lovelace", "company": "Engine"}


def post(client, path):
    return client.post(path, data={"csrf_token": token_of(client, "/account")}, follow_redirects=True)


def with_a_twin(stand: Stand) -> tuple[int, int]:
    entered = stand.engine.enter_leads([NewLead(reference="twin", fields=TWIN)], source="import")
    stand.later(minutes=1)
    return stand.lead_id("ada"), entered.lead_ids[0]


def suppressed(stand: Stand) -> dict[str, str]:
    with stand.engine.database.reading() as connection:
        return {row.address: row.cause for row in connection.execute(table.suppression.select())}


def test_two_spellings_of_one_mailbox_are_found_compared_merged_and_parted(stand, client):
    ada, twin = with_a_twin(stand)
    listed = client.get("/leads/duplicates").text
    assert f"/leads/{ada}/merge/{twin}" in listed
    assert f"/leads/{ada}/merge/{twin}" in client.get(f"/leads/{ada}/merge").text
    beside = client.get(f"/leads/{ada}/merge/{twin}").text
    assert re.search(r"First name</th><td[^>]*>Ada</td><td[^>]*>A\.</td><td[^>]*>Ada</td>", beside)
    done = post(client, f"/leads/{ada}/merge/{twin}")
    assert "one within seconds" in done.text
    stand.later(seconds=1)
    page = client.get(f"/leads/{ada}").text
    assert f"Lead {twin} was merged into this one" in page
    assert client.get(f"/leads/{twin}").headers["Location"] == f"/leads/{ada}"
    assert f"/leads/{ada}/merge/{twin}" not in client.get("/leads/duplicates").text
    post(client, f"/leads/{ada}/unmerge")
    stand.later(seconds=1)
    assert client.get(f"/leads/{twin}").status_code == 200
    assert "The merge with lead" in client.get(f"/leads/{ada}").text
    assert post(client, f"/leads/{ada}/unmerge").status_code == 409


def test_namesakes_of_one_company_are_listed_and_those_of_others_are_not(stand, client):
    bob = stand.lead_id("bob")
    people = [
        NewLead(
            reference=email,
            fields={"email": email, "first_name": "bob", "last_name": "REIS", "company": company},
        )
        for email, company in (("b.reis@norr.example", "norr  ab"), ("bob@other.example", "Other"))
    ]
    namesake, stranger = stand.engine.enter_leads(people, source="import").lead_ids
    stand.later(minutes=1)
    listed = client.get("/leads/duplicates").text
    assert f"/leads/{bob}/merge/{namesake}" in listed
    assert f"/merge/{stranger}" not in listed
    assert f"/leads/{bob}/merge/{namesake}" in client.get(f"/leads/{bob}/merge").text


def test_an_answer_by_an_old_link_to_the_other_reaches_the_rep_who_has_the_survivor(stand, client):
    ada, bob = stand.lead_id("ada"), stand.lead_id("bob")
    post(client, f"/leads/{bob}/merge/{ada}")
    stand.later(seconds=1)
    assert stand.state_of(bob).stage.value == "mql"
    post(client, f"/inbox/{ada}/accept")
    stand.later(seconds=1)
    assert stand.state_of(bob).stage.value == "sal"


def test_what_is_searched_for_may_be_merged_and_what_cannot_be_is_said(stand, client):
    ada, bob = stand.lead_id("ada"), stand.lead_id("bob")
    assert f"/leads/{ada}/merge/{bob}" in client.get(f"/leads/{ada}/merge?q=bob").text
    assert f"/leads/{ada}/merge/{ada}" not in client.get(f"/leads/{ada}/merge?q=ada").text
    assert client.get(f"/leads/{ada}/merge/{ada}").status_code == 404
    assert client.get(f"/leads/{ada}/merge/999").status_code == 404


def test_only_who_may_change_leads_may_merge_them(stand, client_as):
    ada, bob = stand.lead_id("ada"), stand.lead_id("bob")
    viewer = client_as(Role.VIEWER)
    assert viewer.get(f"/leads/{ada}/merge/{bob}").status_code == 403
    assert post(viewer, f"/leads/{ada}/merge/{bob}").status_code == 403
    assert f"/leads/{ada}/merge" not in viewer.get(f"/leads/{ada}").text


def test_one_click_in_an_old_mail_of_the_other_ends_mail_to_both_addresses_at_once(stand, client):
    ada, token = stand.lead_id("ada"), stand.token("bob")
    post(client, f"/leads/{ada}/merge/{stand.lead_id('bob')}")
    stand.later(seconds=1)
    assert client.get(f"/p/{token}").status_code == 200
    assert client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert suppressed(stand) == {
        "ada@engine.example": "unsubscribed",
        "bob@norr.example": "unsubscribed",
    }
    stand.later(seconds=1)
    assert stand.state("ada").suppressed is SuppressionCause.UNSUBSCRIBED


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_looked_at_a_few_at_a_time_the_pairs_are_the_same(stand, monkeypatch, most):
    names = [("Ada", "Engine"), ("Bo", "Norr"), ("Ada", "Engine"), ("Bo", "Norr"), ("Ada", "Engine")]
    people = [
        NewLead(
            reference=f"{n}",
            fields={"email": f"{n}@x.example", "first_name": name, "last_name": "Alike", "company": company},
        )
        for n, (name, company) in enumerate(names)
    ]
    first, second, third, fourth, fifth = stand.engine.enter_leads(people, source="import").lead_ids
    with stand.engine.database.reading() as connection:
        at_once = merging.duplicates(connection, most=most)
        monkeypatch.setattr(merging, "AT_A_TIME", 2)
        assert merging.duplicates(connection, most=most) == at_once
    assert at_once == [(first, fifth), (third, fifth), (second, fourth), (first, third)][:most]


def test_a_pause_is_compared_by_the_day_that_was_asked_for(stand, client):
    ada, twin = with_a_twin(stand)
    midnight = "2026-03-19T23:00:00+00:00"  # the 20th begins in Berlin
    stand.happens("ada", EventKind.SNOOZED, until=midnight)
    stand.later(minutes=1)
    beside = client.get(f"/leads/{ada}/merge/{twin}").text
    assert re.search(r"Asked for a pause until</th><td[^>]*>2026-03-20</td>", beside)
