"""The inbox of a rep: what waits, what was put off, what was tried; and what there is to say."""

import re

import pytest
from flask.testing import FlaskClient
from lxml import html

from nurture.vocabulary.words import EventKind, Stage
from tests.webapp.stand import Stand


@pytest.fixture
def post(stand: Stand, client: FlaskClient, form_token: str):
    """Send a form of ours about Ada, before the engine has taken it in."""

    def post(path: str, **fields: str) -> str:
        data = {"csrf_token": form_token, **fields}
        answer = client.post(path.format(ada=stand.lead_id("ada")), data=data, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    return post


def counted(client: FlaskClient, path: str = "/inbox") -> dict[str, int]:
    """What the filters of the inbox count."""
    return {
        name: int(count)
        for name, count in re.findall(r">([A-Z][a-z ]+) <b class=\"num\">(\d+)", client.get(path).text)
    }


def test_what_waits_is_counted(client: FlaskClient):
    assert counted(client) == {
        "To do": 1, "Mine": 0, "Unclaimed": 1, "Breached": 0, "Snoozed": 0, "In work": 0
    }  # fmt: skip


def test_the_breached_are_counted_wherever_they_lie(stand: Stand, client: FlaskClient, post):
    stand.later(hours=20)
    assert counted(client)["Breached"] == 1
    post("/inbox/{ada}/snooze", until="hour")
    assert (counted(client)["Breached"], counted(client)["Snoozed"]) == (1, 1)
    assert "Ada Nowak" in client.get("/inbox?show=late").text


def test_a_snoozed_lead_leaves_and_comes_back_by_itself(stand: Stand, client: FlaskClient, post):
    said = post("/inbox/{ada}/snooze", until="hour")
    assert "it comes back by itself" in said
    assert "The agreed time runs on" in said
    assert "Inbox zero" in said
    assert "The next comes back at" in said
    assert counted(client)["To do"] == 0
    stand.later(minutes=59)
    assert "Ada Nowak" not in client.get("/inbox").text
    stand.later(minutes=2)
    assert "Ada Nowak" in client.get("/inbox").text


def test_a_snoozed_lead_waits_in_no_count_of_the_dashboard(client: FlaskClient, post):
    assert "Inbox (1)" in client.get("/").text
    post("/inbox/{ada}/snooze", until="hour")
    page = client.get("/").text
    assert "Inbox (1)" not in page
    assert "1 snoozed" in page
    assert "Nobody waits." in page


def test_snoozing_stops_no_clock_and_stands_on_the_timeline(stand: Stand, client: FlaskClient, post):
    clock = stand.state("ada").clock
    post("/inbox/{ada}/snooze", until="morning")
    stand.later(minutes=1)
    assert stand.state("ada").clock == clock
    told = client.get(f"/leads/{stand.lead_id('ada')}?show=sales").text
    assert "Put off in the inbox by ines@tarewell.example until 2026-03-03 09:00" in told


def test_a_snoozed_lead_can_be_had_back(client: FlaskClient, post):
    post("/inbox/{ada}/snooze", until="date", at="2026-03-05T10:00")
    assert counted(client)["Snoozed"] == 1
    assert "Back in the inbox" in post("/inbox/{ada}/snooze", until="now")
    assert counted(client)["To do"] == 1


@pytest.mark.parametrize("at", ["", "tomorrow", "2026-03-01T10:00", "2027-03-01T10:00"])
def test_a_moment_that_is_past_far_or_none_is_refused(
    stand: Stand, client: FlaskClient, form_token: str, at: str
):
    fields = {"csrf_token": form_token, "until": "date", "at": at}
    answer = client.post(f"/inbox/{stand.lead_id('ada')}/snooze", data=fields)
    assert (answer.status_code, counted(client)["To do"]) == (400, 1)


@pytest.mark.parametrize("outcome", ["no-answer", "wrong-number"])
def test_a_try_is_logged_and_stops_no_clock(stand: Stand, client: FlaskClient, post, outcome: str):
    post("/inbox/{ada}/accept")
    stand.later(minutes=1)
    assert "its clock runs on" in post("/inbox/{ada}/contact", outcome=outcome, note="Rang twice")
    stand.later(minutes=1)
    assert stand.state("ada").clock
    assert counted(client)["To do"] == 1
    told = client.get(f"/leads/{stand.lead_id('ada')}?show=sales").text
    assert f"Called by ines@tarewell.example, {outcome.replace('-', ' ')}: Rang twice" in told


@pytest.mark.parametrize("outcome", ["reached", "meeting-booked"])
def test_a_contact_moves_the_lead_to_what_is_in_work(stand: Stand, client: FlaskClient, post, outcome: str):
    post("/inbox/{ada}/accept")
    stand.later(minutes=1)
    said = post("/inbox/{ada}/contact", outcome=outcome, how="mail")
    assert "Inbox zero" in said  # at once, before the engine has taken it in
    stand.later(minutes=1)
    assert (counted(client)["To do"], counted(client)["In work"]) == (0, 1)
    assert (
        "Written to by ines@tarewell.example" in client.get(f"/leads/{stand.lead_id('ada')}?show=sales").text
    )


def test_who_has_spoken_to_a_lead_that_nobody_accepted_takes_it(stand: Stand, client: FlaskClient, post):
    post("/inbox/{ada}/contact", outcome="reached")
    stand.later(minutes=1)
    assert (stand.state("ada").stage, stand.state("ada").clock) == (Stage.SAL, None)


def test_accepting_and_calling_at_once_accepts_once(stand: Stand, client: FlaskClient, post):
    post("/inbox/{ada}/accept")
    post("/inbox/{ada}/contact", outcome="reached")
    stand.later(minutes=1)
    assert client.get(f"/leads/{stand.lead_id('ada')}?show=sales").text.count("Accepted by") == 1


def test_what_to_say_is_what_the_lead_did(stand: Stand, client: FlaskClient):
    shown = client.get("/inbox").text
    for words in (
        "You looked at /pricing.",
        "You sent us the form “demo”.",
        "carriers that keep to the contract",
    ):
        assert words in shown
    assert "tel:" not in shown
    stand.happens("ada", EventKind.LEAD_CHANGED, fields={"phone": "+49 (40) 123-45"})
    stand.later(minutes=1)
    assert 'href="tel:+494012345"' in client.get("/inbox").text
    assert 'href="mailto:ada%40engine.example"' in client.get("/inbox").text


def test_a_lead_that_a_mail_names_is_shown_wherever_it_lies(stand: Stand, client: FlaskClient, post):
    post("/inbox/{ada}/snooze", until="hour")
    assert "Snoozed until" in client.get(f"/inbox?lead={stand.lead_id('ada')}").text


def test_the_persona_and_the_agreed_times_are_named_and_no_keys(client, stand):
    stand.with_a_hot_lead()
    page = client.get("/inbox?team=all").text
    assert "Agreed: accepted within 4 business hours · spoken to within 1 business day" in page
    assert "Transport manager" in page
    assert "What a Transport manager cares about" in page
    assert "Transport manager" in client.get("/leads").text
    assert "Persona: Transport manager" in client.get(f"/leads/{stand.lead_id('ada')}").text


def test_a_snooze_is_taken_back_from_its_toast_to_what_it_was(client, stand, form_token):
    stand.with_a_hot_lead()
    ada = stand.lead_id("ada")

    def snoozed(**said):
        data = {"csrf_token": form_token, "team": "all", **said}
        return html.fromstring(client.post(f"/inbox/{ada}/snooze", data=data, follow_redirects=True).text)

    def undo(page):
        (form,) = page.xpath("//div[@data-passing]//form")
        return {name: value for name, value in form.fields.items() if name != "csrf_token"}

    first = undo(snoozed(until="hour"))
    assert first == {"until": "now", "team": "all"}
    assert undo(snoozed(until="date", at="2026-03-04T08:30")) == {
        "until": "date",
        "at": "2026-03-02T11:10",
        "team": "all",
    }
    assert "Back in the inbox." in snoozed(**first).text_content()
    assert "To do 1" in " ".join(html.fromstring(client.get("/inbox?team=all").text).text_content().split())
