"""The scoring page: a number is tried before it is live, published with a reason as one edit of the file, and restored."""

import difflib
import re

import pytest
from sqlalchemy import select

from nurture.engine.accounts import Role
from nurture.engine.editing import write
from nurture.store.records import audit_entry
from nurture.vocabulary.words import EventKind
from tests.webapp.conftest import token_of

PROGRAMME = "campaigns/programme.yaml"
DEMO = "scoring.interest.rules.asked-for-demo"
HOT = "temperature.hot.enter"


def text(stand):
    return stand.engine.live.catalog.texts[PROGRAMME]


def fields(page):
    """What a browser would send of the form."""
    form = page[page.index("data-scoring") : page.index('id="history"')]
    found = re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrf_token"}


def send(client, path="/scoring", page=None, **said):
    """The form as it stands on *page*, with what is *said* otherwise."""
    sent = fields(page or client.get("/scoring").text)
    return client.post(path, data={"csrf_token": token_of(client), **sent, **said})


def said_of(page):
    return re.search(r'data-said="([^"]*)"', page)[1]


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_every_number_of_the_scoring_is_a_field(client, stand):
    sent = fields(client.get("/scoring").text)
    scoring = stand.engine.live.programme.scoring
    expected = 2 * len(scoring.interest.rules) + len(scoring.interest.groups) + len(scoring.fit)
    expected += 2 * len(scoring.grades) + 4 + 1 + 1 + 1  # bands, dwell, the reason and the revision
    assert len(sent) == expected
    assert (sent[f"{DEMO}.points"], sent[f"{DEMO}.half_life"], sent[HOT]) == ("50", "60", "60")


def test_the_effect_is_shown_before_anything_is_saved(client, stand):
    answer = send(client, "/scoring/effect", **{f"{DEMO}.points": "5"})
    assert said_of(answer.text) == (
        "0 of 4 leads would change temperature at once, 1 with points counted anew."
    )
    assert "Computed for all 4 leads" in answer.text
    assert "Ada Nowak" in answer.text[answer.text.index("Some that move") :]
    assert fields(answer.text)[f"{DEMO}.points"] == "5"
    assert stand.engine.live.number == 1


def test_a_proposal_has_an_address_that_anybody_may_open(client, client_as):
    page = send(client, "/scoring/effect", **{HOT: "90", "temperature.hot.leave": "86"}).text
    address = re.search(r'href="(/scoring\?[^"]+)"', page)[1].replace("&amp;", "&")
    seen = client_as(Role.VIEWER).get(address)
    assert said_of(seen.text) == said_of(page)
    assert "1 of 4 leads would change temperature at once" in said_of(page)
    assert "/scoring?" in address
    assert "csrf" not in address


def test_publishing_is_one_edit_of_the_file_with_its_reason(client, stand):
    before = text(stand)
    answer = send(client, reason="The demo is asked for too lightly", **{f"{DEMO}.points": "35", HOT: "65"})
    assert answer.status_code == 303
    live = stand.engine.live
    assert live.number == 2
    assert [line[:1] for line in changed_lines(before, text(stand)) if line[0] != "?"] == ["-", "+", "-", "+"]
    assert text(stand) == before.replace(
        "form == 'demo'\", points: 50", "form == 'demo'\", points: 35"
    ).replace("hot: {enter: 60", "hot: {enter: 65")
    with stand.engine.database.reading() as connection:
        entries = connection.execute(select(audit_entry).order_by(audit_entry.c.id.desc())).first()
    assert (entries.actor, entries.what, entries.target) == (
        "ines@tarewell.example",
        "published",
        "revision 2",
    )
    assert entries.detail == {"why": "The demo is asked for too lightly"}
    page = client.get("/scoring").text
    assert "The demo is asked for too lightly" in page[page.index('id="history"') :]


def test_leads_learn_of_it_with_the_next_turn(client, stand):
    assert stand.state("ada").temperature == "hot"
    send(client, reason="Later", **{HOT: "95", "temperature.hot.leave": "90", "temperature.min_dwell": "0"})
    stand.later(minutes=1)
    assert stand.state("ada").temperature == "warm"


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        pytest.param("reason", "", "Say why", id="no reason"),
        pytest.param(f"{DEMO}.points", "many", "no whole number", id="a word"),
        pytest.param(f"{DEMO}.points", "", "Write a whole number", id="nothing"),
        pytest.param(f"{DEMO}.half_life", "0", "too low", id="a half-life of nothing"),
        pytest.param(
            "temperature.hot.leave", "70", "not below where it is entered", id="a promise is broken"
        ),
        pytest.param("temperature.warm.enter", "60", "let hot begin above warm", id="warm above hot"),
        pytest.param(
            "scoring.grades.B.fit", "101", "no lead can have grade B", id="a problem of the whole grade"
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(client, stand, field, typed, why):
    answer = send(client, **{"reason": "why not", f"{DEMO}.half_life": "61", field: typed})
    assert answer.status_code == 422
    assert stand.engine.live.number == 1
    marked = "why-wrong" if field == "reason" else f"{field}-wrong"
    beside = re.search(rf'<p class="mistake" id="{re.escape(marked)}"[^>]*>([^<]*)</p>', answer.text)[1]
    assert why in beside
    assert fields(answer.text)[field] == typed
    assert field.endswith("half_life") or fields(answer.text)[f"{DEMO}.half_life"] == "61"


def test_whoever_was_overtaken_loses_nothing_and_undoes_nothing(client, stand):
    page = client.get("/scoring").text
    other = text(stand).replace(
        "{key: opened, event: mail.opened, points: 1", "{key: opened, event: mail.opened, points: 2"
    )
    write(stand.engine, {PROGRAMME: other}, expecting=1, actor="mara@tarewell.example", reason="opens")
    answer = send(client, page=page, reason="demos", **{f"{DEMO}.points": "35"})
    assert answer.status_code == 409
    assert "went live while you were editing" in answer.text
    kept = fields(answer.text)
    assert (kept[f"{DEMO}.points"], kept["scoring.interest.rules.opened.points"]) == ("35", "2")
    assert re.search(
        "Their change.*opened, event: mail.opened, points: 2.*Your change.*points: 35", answer.text, re.DOTALL
    )
    assert send(client, page=answer.text).status_code == 303
    rules = {each.key: each.points for each in stand.engine.live.programme.scoring.interest.rules}
    assert (rules["asked-for-demo"], rules["opened"]) == (35, 2)


def test_an_earlier_revision_is_looked_at_and_restored(client, stand):
    first = text(stand)
    send(client, reason="stricter", **{HOT: "70", "temperature.min_dwell": "5"})
    write(
        stand.engine,
        {PROGRAMME: text(stand).replace("name: Ines at", "name: Ida at")},
        expecting=2,
        actor="mara@tarewell.example",
        reason="another sender",
    )
    page = client.get("/scoring").text
    history = page[page.index('id="history"') :]
    assert "stricter" in history
    assert "another sender" not in history, "it left the scoring alone"
    earlier = client.get("/scoring?revision=1").text
    assert "These are the numbers of revision 1" in earlier
    assert send(client, page=earlier, reason="as it was").status_code == 303
    assert text(stand) == first.replace("name: Ines at", "name: Ida at")


def test_nothing_turned_is_nothing_saved(client, stand):
    assert send(client, reason="nothing").status_code == 303
    assert stand.engine.live.number == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SALES, Role.AUTHOR])
def test_who_may_not_publish_may_look_and_try(client_as, stand, role):
    client = client_as(role)
    page = client.get("/scoring").text
    assert 'formaction="/scoring"' not in page
    assert send(client, "/scoring/effect", page=page, **{HOT: "70"}).status_code == 200
    assert send(client, page=page, reason="mine", **{HOT: "70"}).status_code == 403
    assert stand.engine.live.number == 1


def test_a_revision_that_there_is_not_is_not_found(client):
    assert client.get("/scoring?revision=99").status_code == 404


def test_a_proposal_is_held_against_the_last_90_days(client_as, stand):
    viewer = client_as(Role.VIEWER)
    page = send(viewer, "/scoring/back-test", **{f"{DEMO}.points": "5"}).text
    assert "so there is nothing to hold the numbers against" in page
    stand.happens("ada", EventKind.HAND_OFF_ACCEPTED, by="freya@tarewell.example")
    stand.later(minutes=1)
    page = send(viewer, "/scoring/back-test", **{f"{DEMO}.points": "5"}).text
    tested = page[page.index('id="back-test"') : page.index("Make it live")]
    assert "Too few to say" in tested
    shares = re.findall(r'data-label="([^"]+)">(\d+ %|–)', tested)
    assert shares == [("Today", "100 %"), ("As tried", "0 %"), ("Today", "100 %"), ("As tried", "–")]
    assert "As tried" not in send(viewer, "/scoring/back-test").text
    assert stand.engine.live.number == 1
