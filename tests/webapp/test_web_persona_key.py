"""A persona gets another key on its page: all that names it follows, whoever has it keeps its place, or it is told what is in the way."""

import pytest
from sqlalchemy import select

from nurture.engine.accounts import Role
from nurture.engine.drafts import save_draft
from nurture.engine.editing import write
from nurture.engine.persona_key import give_key, new_key
from nurture.engine.saved_views import save_view
from nurture.store import records as table
from tests.webapp.conftest import token_of

PROGRAMME = "campaigns/programme.yaml"
CAMPAIGN = "campaigns/long-cycle/campaign.yaml"
OWN_MAIL = "campaigns/long-cycle/mails/fuel-table.champion.mjml"


@pytest.fixture
def send(client, form_token, stand):
    def send(key="champion", **said):
        base = str(stand.engine.live.number)
        return client.post(
            f"/personas/{key}/key", data={"csrf_token": form_token, "base": base, "to": "fleet-lead", **said}
        )

    return send


def texts(stand):
    return dict(stand.engine.live.catalog.texts)


def column(stand, lead):
    with stand.engine.database.reading() as connection:
        of = table.lead_state.c
        return connection.execute(select(of.persona).where(of.lead_id == stand.lead_id(lead))).scalar_one()


def events(stand, lead, kind):
    with stand.engine.database.reading() as connection:
        of = table.event.c
        found = select(of.id).where(of.lead_id == stand.lead_id(lead), of.kind == kind)
        return len(connection.execute(found).all())


def test_the_effect_is_shown_and_a_reason_asked_before_anything_changes(send, stand):
    before = texts(stand)
    shown = send(do="try")
    assert shown.status_code == 200
    for said in ("Leads that have the persona", CAMPAIGN, PROGRAMME, "fuel-table.fleet-lead.mjml"):
        assert said in shown.text
    asked = send(do="save")
    assert asked.status_code == 422
    assert "Write why, for the history." in asked.text
    assert texts(stand) == before


def test_tracks_mails_and_views_follow_and_the_lead_keeps_its_place(send, stand, client):
    with stand.engine.deciding() as (connection, now):
        save_view(connection, owner="", name="Fleet", query="persona=champion&temperature=hot", now=now)
    ada, changes = stand.state("ada"), events(stand, "ada", "persona.changed")
    assert ada.persona == "champion"
    old = texts(stand)
    assert send(do="save", reason="the word of our sales").status_code == 303
    new = texts(stand)
    assert OWN_MAIL not in new
    assert new[OWN_MAIL.replace("champion", "fleet-lead")] == old[OWN_MAIL]
    assert "personas: [fleet-lead]" in new[CAMPAIGN]
    tracks = stand.engine.live.programme.campaigns["long-cycle"].tracks
    assert all("champion" not in track.personas for track in tracks)
    assert column(stand, "ada") == "fleet-lead", "lists and counts at once"
    with stand.engine.database.reading() as connection:
        assert connection.execute(select(table.saved_view.c.query)).scalar_one() == (
            "persona=fleet-lead&temperature=hot"
        )
    live = stand.engine.live
    assert (
        live.mail("long-cycle/fuel-table", "champion", None)[1]
        == (live.mail("long-cycle/fuel-table", "fleet-lead", None)[1])
    ), "also for whom no turn has reached yet"

    stand.later(minutes=1)
    after = stand.state("ada")
    assert after.persona == "fleet-lead"
    assert events(stand, "ada", "persona.changed") == changes, "it is the same persona"
    places = [
        [(each.campaign, each.track, each.visit) for each in state.enrolments] for state in (ada, after)
    ]
    assert places[0] == places[1]
    assert client.get("/personas/fleet-lead").status_code == 200
    assert client.get("/personas").status_code == 200


def test_the_old_key_may_come_back_and_the_files_are_as_they_were(send, stand):
    old = texts(stand)
    send(do="save", reason="a try")
    assert send("fleet-lead", to="champion", do="save", reason="taken back").status_code == 303
    new = texts(stand)
    assert new.keys() == old.keys()
    assert [path for path in new if new[path] != old[path]] == [PROGRAMME], "which tells what key it had"
    stand.later(minutes=1)
    assert stand.state("ada").persona == "champion"


def test_leads_that_stay_on_earlier_tracks_stay_on_them(stand):
    engine = stand.engine
    edited = texts(stand)[CAMPAIGN].replace("cadence: {every: 7 days}", "cadence: {every: 8 days}", 1)
    write(engine, {CAMPAIGN: edited}, expecting=1, actor="mara", reason="slower", in_flight="pin")
    give_key(engine, new_key(engine, "champion", "fleet-lead"), expecting=2, actor="mara", reason="a word")
    (pinned,) = engine.live.programme.superseded["long-cycle"]
    assert pinned.campaign.tracks != engine.live.programme.campaigns["long-cycle"].tracks
    named = {persona for track in pinned.campaign.tracks for persona in track.personas}
    assert "fleet-lead" in named
    assert "champion" not in named


@pytest.mark.parametrize(
    ("to", "told"),
    [("buyer", "is a key of the persona"), ("Fleet Lead", "small letters"), ("champion", "another key")],
)
def test_a_key_that_is_taken_or_none_is_refused(send, stand, to, told):
    answer = send(to=to, do="save", reason="x")
    assert answer.status_code == 422
    assert told in answer.text
    assert stand.engine.live.number == 1


def test_what_cannot_follow_by_itself_is_listed_and_nothing_is_changed(send, stand):
    own = "campaigns/long-cycle/mails/six-lines.mjml"
    aliased = texts(stand)[own].replace(
        "<mj-text>",
        "<mj-text>{% set who = lead.persona|default('', true) %}{% if who == 'champion' %}Hi{% endif %}",
        1,
    )
    write(stand.engine, {own: aliased}, expecting=1, actor="mara", reason="greets")
    with stand.engine.deciding() as (connection, now):
        save_draft(connection, OWN_MAIL, "begun", seeing=0, actor="mara", now=now)
    answer = send(do="save", reason="x")
    assert answer.status_code == 422
    assert f"{own}:" in answer.text
    assert f"{OWN_MAIL} has a draft" in answer.text
    assert stand.engine.live.number == 2


def test_who_may_not_publish_is_not_offered_another_key(client_as):
    client = client_as(Role.AUTHOR)
    assert "Another key" not in client.get("/personas/champion").text
    sent = {"csrf_token": token_of(client), "to": "x", "do": "save", "reason": "x"}
    assert client.post("/personas/champion/key", data=sent).status_code == 403
