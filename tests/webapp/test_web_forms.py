"""Forms as a browser meets them: what is asked, what is answered, and that nothing is stored in it."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from nurture.engine import opt_in
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.words import EventKind
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand
from webapp import create_app

SITE = "https://www.tarewell.example"
WHOLE = {"email": "kim@north.example", "first_name": "Kim", "last_name": "Berg", "company": "North"}


@pytest.fixture
def visitor(stand: Stand) -> Iterator[FlaskClient]:
    """A browser of somebody outside."""
    app = create_app(stand.engine, secret=b"s" * 32, mailbox=None, site_origins=(SITE,))
    with app.test_client() as client:
        yield client


def ticket_in(page: TestResponse) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def asked(page: TestResponse) -> list[str]:
    """The names of the questions that people see."""
    return [name for name in re.findall(r' id="f-([\w-]+)"', page.text) if name != "homepage"]


def fill_in(
    stand: Stand, visitor: FlaskClient, path: str = "/f/demo", *, seconds: int = 20, **given: object
) -> TestResponse:
    """Open a form, take one's time, and send it."""
    ticket = ticket_in(visitor.get(path))
    stand.later(seconds=seconds)
    headers = given.pop("headers", {})
    return visitor.post(path, data={"ticket": ticket, **WHOLE, **given}, headers=headers)


def rows(stand: Stand, what, *conditions):
    with stand.engine.database.reading() as connection:
        return connection.execute(select(what).where(*conditions)).all()


def submissions(stand: Stand):
    return rows(stand, table.submission)


# ------------------------------------------------------------ the page


def test_a_form_is_the_companys_own_page_and_stores_nothing(visitor: FlaskClient):
    page = visitor.get("/f/demo")
    assert page.status_code == 200
    assert "Tarewell" in page.text
    assert "Nurture" not in page.text
    assert "Set-Cookie" not in page.headers
    assert "<script" not in page.text


def test_each_question_has_its_label_its_input_and_what_browsers_know(visitor: FlaskClient):
    page = visitor.get("/f/demo").text
    for name, autocomplete in (("email", "email"), ("first_name", "given-name"), ("phone", "tel")):
        assert re.search(rf'<label for="f-{name}"', page)
        assert re.search(rf'id="f-{name}"[^>]*autocomplete="{autocomplete}"', page)
    assert re.search(r'type="email"[^>]* required', page)


def test_a_german_form_speaks_german(stand: Stand, visitor: FlaskClient):
    page = visitor.get("/f/workshop").text
    assert '<html lang="de">' in page
    assert "Vorname" in page
    answer = fill_in(stand, visitor, "/f/workshop", email="kim")
    assert "Das ist keine E-Mail-Adresse." in answer.text


def test_only_our_sites_may_frame_it_and_it_may_lead_on(visitor: FlaskClient):
    policy = visitor.get("/f/audit-worksheet").headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {SITE}" in policy
    assert "form-action 'self' https://tarewell.example;" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/f/nope", "/f/nope.js", "/f/", "/f/confirm"])
def test_what_is_no_form_is_a_kind_404(visitor: FlaskClient, path: str):
    assert visitor.get(path).status_code == 404


# ------------------------------------------------------------ sending


def test_what_is_sent_is_on_the_disk_before_the_thanks(stand: Stand, visitor: FlaskClient):
    answer = fill_in(stand, visitor, "/f/demo?utm_source=fair&utm_medium=print", country="Germany")
    assert answer.status_code == 200
    assert "a person answers it within one working day" in answer.text
    (kept,) = submissions(stand)
    assert (kept.status, kept.fields["country"], kept.fields["email"]) == ("taken", "DE", WHOLE["email"])
    assert kept.about["utm"] == {"source": "fair", "medium": "print"}
    stand.engine.tick()
    (lead,) = rows(stand, table.lead, table.lead.c.email == WHOLE["email"])
    assert (lead.first_name, lead.source, lead.id) == ("Kim", "form", kept.lead_id)


def test_where_a_visitor_came_from_goes_along_without_cookies(stand: Stand, visitor: FlaskClient):
    page = visitor.get("/f/demo?utm_term=audit", headers={"Referer": "https://search.example/?q=me"})
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    path = action[1].replace("&amp;", "&")
    stand.later(seconds=20)
    visitor.post(path, data={"ticket": ticket_in(page), **WHOLE})
    (kept,) = submissions(stand)
    assert kept.about["referer"] == "https://search.example/"
    assert kept.about["utm"] == {"term": "audit"}


def test_mistakes_are_told_by_field_and_what_was_typed_stays(stand: Stand, visitor: FlaskClient):
    answer = fill_in(stand, visitor, email="kim", first_name="", last_name="<b>Berg")
    assert answer.status_code == 422
    assert "This is no e-mail address." in answer.text
    assert 'href="#f-first_name"' in answer.text
    assert 'aria-describedby="w-first_name" aria-invalid="true"' in answer.text
    assert 'value="&lt;b&gt;Berg"' in answer.text
    assert submissions(stand) == []


def test_sent_twice_counts_once(stand: Stand, visitor: FlaskClient):
    ticket = ticket_in(visitor.get("/f/demo"))
    stand.later(seconds=20)
    for _ in range(2):
        assert visitor.post("/f/demo", data={"ticket": ticket, **WHOLE}).status_code == 200
    assert len(submissions(stand)) == 1


def test_a_form_that_stood_open_for_too_long_comes_back_filled_in(stand: Stand, visitor: FlaskClient):
    answer = fill_in(stand, visitor, seconds=90_000)
    assert answer.status_code == 422
    assert "stood open for too long" in answer.text
    assert 'value="Kim"' in answer.text
    stand.later(seconds=20)
    again = visitor.post("/f/demo", data={"ticket": ticket_in(answer), **WHOLE})
    assert again.status_code == 200
    assert len(submissions(stand)) == 1


def test_a_form_may_lead_on(stand: Stand, visitor: FlaskClient):
    answer = fill_in(stand, visitor, "/f/audit-worksheet")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "https://tarewell.example/guides/audit-worksheet",
    )
    inside = fill_in(stand, visitor, "/f/audit-worksheet?embed=1", company="Other")
    assert 'target="_top" data-next' in inside.text


def test_more_than_a_form_can_hold_is_refused(visitor: FlaskClient):
    assert visitor.post("/f/demo", data={"first_name": "x" * 40_000}).status_code == 413


# ------------------------------------------------------------ machines


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"homepage": "x"}, "do not see"),
        ({"seconds": 1}, "1.0 seconds after"),
        ({"last_name": "Buy at www.bad.example"}, "a link in the field last_name"),
        ({"headers": {"Origin": "https://bad.example"}}, "from another site, https://bad.example"),
    ],
)
def test_a_machines_is_answered_like_a_persons_and_held(
    stand: Stand, visitor: FlaskClient, how: dict, reason: str
):
    person = fill_in(stand, visitor, email="other@north.example").text
    assert fill_in(stand, visitor, **how).text == person
    held = [row for row in submissions(stand) if row.status == "held"]
    assert [reason in row.reason for row in held] == [True]
    assert rows(stand, table.lead, table.lead.c.email == WHOLE["email"]) == []


@pytest.mark.parametrize("origin", [SITE, "null", "http://localhost"])
def test_our_own_sites_may_send(stand: Stand, visitor: FlaskClient, origin: str):
    fill_in(stand, visitor, headers={"Origin": origin})
    assert [row.status for row in submissions(stand)] == ["taken"]


def test_many_from_one_network_are_held_and_then_refused(stand: Stand, visitor: FlaskClient):
    ticket = ticket_in(visitor.get("/f/newsletter"))
    stand.later(seconds=5)
    codes = [
        visitor.post("/f/newsletter", data={"ticket": ticket, "email": f"a{n}@x.example"}).status_code
        for n in range(62)
    ]
    assert codes == [200] * 60 + [429] * 2
    assert [row.status for row in submissions(stand)] == ["taken"] * 10 + ["held"] * 50


# ------------------------------------------------------------ who is known


def known_visitor(stand: Stand, visitor: FlaskClient, name: str) -> None:
    """The browser belongs to the lead, as after a click with consent."""
    with stand.engine.database.writing() as connection:
        row = {"id": "A" * 16, "lead_id": stand.lead_id(name), "seen_at": stand.clock.now()}
        connection.execute(table.visitor.insert(), [row])
    visitor.set_cookie("nv", "A" * 16)


def test_a_known_browser_is_asked_the_next_questions_and_shown_nothing_we_know(
    stand: Stand, visitor: FlaskClient
):
    assert asked(visitor.get("/f/audit-worksheet")) == ["email", "company", "job_title"]
    known_visitor(stand, visitor, "bob")
    page = visitor.get("/f/audit-worksheet")
    assert asked(page) == ["email", "shipments_per_month"]
    assert "norr" not in page.text
    assert "Bob" not in page.text


def test_a_link_from_our_mail_asks_for_no_address(stand: Stand, visitor: FlaskClient):
    path = f"/f/audit-worksheet?for={stand.token('bob')}"
    page = visitor.get(path)
    assert asked(page) == ["shipments_per_month"]
    assert "bob@norr.example" in page.text
    fill_in(stand, visitor, path, shipments_per_month="1,200", email="eve@evil.example")
    stand.engine.tick()
    assert stand.state("bob").lead.fields["shipments_per_month"] == 1200
    assert rows(stand, table.lead, table.lead.c.email == "eve@evil.example") == []


def test_a_token_that_is_not_ours_says_nothing(visitor: FlaskClient):
    assert asked(visitor.get("/f/audit-worksheet?for=nonsense"))[0] == "email"


def test_another_address_in_a_known_browser_is_another_lead(stand: Stand, visitor: FlaskClient):
    known_visitor(stand, visitor, "bob")
    fill_in(stand, visitor, "/f/audit-worksheet", shipments_per_month="7")
    stand.engine.tick()
    assert "shipments_per_month" not in stand.state("bob").lead.fields
    (visit,) = rows(stand, table.visitor)
    (lead,) = rows(stand, table.lead, table.lead.c.email == WHOLE["email"])
    assert visit.lead_id == lead.id


# ------------------------------------------------------------ confirming


def confirmation_path(stand: Stand) -> str:
    (row,) = rows(stand, table.opt_in)
    return f"/f/confirm/{opt_in.token_of(stand.engine.keyring, row.submission_id, row.asked_at)}"


def test_looking_confirms_nothing_and_the_button_does(stand: Stand, visitor: FlaskClient):
    answer = fill_in(stand, visitor, "/f/newsletter")
    assert "look into your mailbox" in answer.text
    path = confirmation_path(stand)
    for _ in range(2):
        page = visitor.get(path)
        visitor.head(path)
        assert "One last step" in page.text
        assert "kim@north.example" in page.text
    assert rows(stand, table.event, table.event.c.kind == EventKind.CONSENT_GIVEN.value) == []
    assert "Done: it is confirmed" in visitor.post(path).text
    assert "Done: it is confirmed" in visitor.get(path).text
    assert len(rows(stand, table.event, table.event.c.kind == EventKind.CONSENT_GIVEN.value)) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_has_ended_says_so(stand: Stand, visitor: FlaskClient, method: str):
    fill_in(stand, visitor, "/f/newsletter")
    path = confirmation_path(stand)
    stand.later(days=14)
    for each in (path, "/f/confirm/nonsense", f"{path}x"):
        answer = getattr(visitor, method)(each)
        assert answer.status_code == 410
        assert "This link has ended" in answer.text
    assert rows(stand, table.event, table.event.c.kind == EventKind.CONSENT_GIVEN.value) == []


# ------------------------------------------------------------ the script


def test_the_script_is_for_other_sites_and_kept_for_an_hour(visitor: FlaskClient):
    script = visitor.get("/f/demo.js")
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.headers["Cache-Control"] == "public, max-age=3600"
    assert script.mimetype == "text/javascript"
    assert not {"cookie", "localStorage", "sessionStorage"} & set(
        re.findall(r"document\.(\w+)|\b(\w+Storage)", script.text)
    )
    assert "Set-Cookie" not in script.headers


# ------------------------------------------------------------ for us


def test_we_see_what_came_in_and_how_to_embed_it(stand: Stand, visitor: FlaskClient, client: FlaskClient):
    fill_in(stand, visitor, headers={"Origin": "https://bad.example"})
    fill_in(stand, visitor, company="Northern")
    assert "Demo request" in client.get("/forms").text
    page = client.get("/forms/demo").text
    assert "Northern" in page
    assert "/f/demo.js" in page
    held = client.get("/forms/demo?show=held").text
    assert "it was sent from another site" in held


@pytest.mark.parametrize(("verb", "status"), [("release", "taken"), ("discard", "discarded")])
def test_a_person_of_ours_releases_or_discards_what_was_held(
    stand: Stand, visitor: FlaskClient, client: FlaskClient, verb: str, status: str
):
    fill_in(stand, visitor, homepage="x")
    (held,) = submissions(stand)
    path = f"/forms/demo/{held.id}/{verb}"
    assert client.post(path, data={"csrf_token": token_of(client)}).status_code == 303
    assert [row.status for row in submissions(stand)] == [status]
    again = client.post(path, data={"csrf_token": token_of(client)}, follow_redirects=True)
    assert "answered this already" in again.text


def test_a_stranger_sees_none_of_it(visitor: FlaskClient):
    assert "/login" in visitor.get("/forms/demo").headers["Location"]
    assert "/login" in visitor.post("/forms/demo/1/release").headers["Location"]


def test_the_mail_that_asks_leads_to_the_button(stand: Stand, visitor: FlaskClient):
    fill_in(stand, visitor, "/f/workshop", topic="events")
    stand.later(minutes=1)
    assert stand.mailbox
    letters = [
        message_from_bytes(path.read_bytes(), policy=default) for path in (stand.mailbox / "new").iterdir()
    ]
    (letter,) = [each for each in letters if "kim@north.example" in each["To"]]
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"http://127\.0\.0\.1:8025(/f/confirm/[\w-]+)", text)
    assert found, text
    assert "Noch ein Schritt" in visitor.get(found[1]).text
    visitor.post(found[1])
    stand.engine.tick()
    (lead,) = rows(stand, table.lead, table.lead.c.email == WHOLE["email"])
    (row,) = rows(stand, table.lead_state, table.lead_state.c.lead_id == lead.id)
    assert unpacked(row.state).opted_in == ("events",)
    assert unpacked(row.state).lead.language == "de"


# ------------------------------------------------------------ attacks

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}",
    "=HYPERLINK(1)",
    "a\r\nBcc: all@x.example",
    "Robert'); DROP TABLE lead;--",
    "\u202eevil\x00",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_typed_is_text_wherever_it_is_shown(
    stand: Stand, visitor: FlaskClient, client: FlaskClient, attack: str
):
    query = {"utm_source": attack, "page": f"https://x.example/{attack}", "ref": attack, "embed": "1"}
    path = f"/f/demo?{urlencode(query)}"
    shown = fill_in(stand, visitor, path, email="no", company=attack, phone=attack).text
    fill_in(stand, visitor, path, company=attack, phone=attack, last_name=attack)
    stand.later(minutes=1)
    (kept,) = submissions(stand)
    pages = [shown, client.get("/forms/demo").text, client.get(f"/leads/{kept.lead_id}").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ">49<" not in page
    assert kept.fields["company"] == " ".join(attack.replace("\u202e", "").replace("\x00", "").split())
    assert stand.mailbox
    for path_of_mail in (stand.mailbox / "new").iterdir():
        letter = message_from_bytes(path_of_mail.read_bytes(), policy=default)
        assert letter["Bcc"] is None
        html = letter.get_body(("html",))
        assert html is None or "<script>alert" not in html.get_content()


@given(st.dictionaries(st.sampled_from(["ticket", "email", "topic", "homepage", "first_name"]), st.text()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_nothing_that_is_posted_is_a_server_error(stand: Stand, visitor: FlaskClient, posted: dict[str, str]):
    assert visitor.post("/f/demo", data=posted).status_code < 500


def test_a_form_whose_reader_was_removed_meanwhile_asks_for_the_address(stand: Stand, visitor: FlaskClient):
    path = f"/f/audit-worksheet?for={stand.token('bob')}"
    ticket = ticket_in(visitor.get(path))
    with stand.engine.database.writing() as connection:
        connection.execute(
            table.lead_state.delete().where(table.lead_state.c.lead_id == stand.lead_id("bob"))
        )
    stand.later(seconds=20)
    answer = visitor.post(path, data={"ticket": ticket, "shipments_per_month": "9"})
    assert answer.status_code == 422
