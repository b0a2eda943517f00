"""What the foot of a mail links to: the token is the right, a POST takes effect before it is answered, a GET never does."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from nurture.store.records import event, suppression
from nurture.vocabulary.words import EventKind
from tests.webapp.stand import BASE_URL, Stand

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def suppressed(stand: Stand) -> list[str]:
    with stand.engine.database.reading() as connection:
        return [row.address for row in connection.execute(suppression.select())]


def events(stand: Stand) -> int:
    with stand.engine.database.reading() as connection:
        return len(connection.execute(event.select()).all())


@pytest.fixture
def token(stand: Stand) -> str:
    return stand.token("ada")


@pytest.fixture
def page_token(client: FlaskClient, token: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/p/{token}").text)
    assert found
    return found[1]


def test_one_click_takes_effect_before_it_is_answered(stand: Stand, client: FlaskClient, token: str):
    answer = client.post(f"/u/{token}", data=ONE_CLICK)
    assert (answer.status_code, answer.text) == (200, "Unsubscribed.\n")
    assert suppressed(stand) == ["ada@engine.example"]


def test_one_click_may_come_as_multipart(stand: Stand, client: FlaskClient, token: str):
    client.post(f"/u/{token}", data=ONE_CLICK, content_type="multipart/form-data")
    assert suppressed(stand) == ["ada@engine.example"]


def test_the_button_on_the_page_does_the_same(stand: Stand, client: FlaskClient, token: str):
    assert "Stop all marketing mail?" in client.get(f"/u/{token}").text
    assert "Done: you are unsubscribed" in client.post(f"/u/{token}").text
    assert suppressed(stand) == ["ada@engine.example"]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("area", ["u", "p", "v"])
def test_looking_changes_nothing(stand: Stand, client: FlaskClient, token: str, method: str, area: str):
    before = events(stand)
    assert getattr(client, method)(f"/{area}/{token}").status_code == 200
    assert suppressed(stand) == []
    assert events(stand) == before


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_a_browser_that_looks_ahead_changes_nothing(
    stand: Stand, client: FlaskClient, token: str, headers: dict[str, str]
):
    before = events(stand)
    assert client.get(f"/u/{token}", headers=headers).status_code == 200
    assert (suppressed(stand), events(stand)) == ([], before)


def test_a_press_that_is_sent_again_changes_nothing_more(stand: Stand, client: FlaskClient, token: str):
    before = events(stand)
    for _ in range(3):
        assert client.post(f"/u/{token}", data=ONE_CLICK).status_code == 200
        stand.later(minutes=1)
    assert events(stand) == before + 1
    assert suppressed(stand) == ["ada@engine.example"]


@pytest.mark.parametrize("area", ["u", "p", "v"])
@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t[:-1] + "~", lambda t: "A" * 30, lambda t: "ü" + t]
)
def test_a_token_that_is_none_of_ours_changes_nothing(
    stand: Stand, client: FlaskClient, token: str, area: str, spoil
):
    assert client.get(f"/{area}/{spoil(token)}").status_code == 404
    client.post(f"/{area}/{spoil(token)}", data=ONE_CLICK)
    assert suppressed(stand) == []


def test_a_bad_link_is_said_kindly_and_without_our_pages(client: FlaskClient):
    page = client.get("/u/nonsense").text
    assert "This link does not work" in page
    assert "Dashboard" not in page


def test_a_token_of_a_lead_that_is_gone_is_no_right(stand: Stand, client: FlaskClient):
    gone = stand.engine.keyring.touch_token(999_000_001, 1)
    assert client.post(f"/u/{gone}", data=ONE_CLICK).status_code == 404


def test_choosing_topics_shows_at_once(stand: Stand, client: FlaskClient, token: str, page_token: str):
    client.post(f"/p/{token}", data={"csrf_token": page_token, "topic": ["events"]})
    page = client.get(f"/p/{token}").text
    assert 'value="events" checked' in page
    assert 'value="product" checked' not in page
    stand.later(minutes=1)
    assert stand.state("ada").opted_out == ("product", "service")


def test_choosing_a_topic_lifts_the_unsubscription(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    client.post(f"/u/{token}", data=ONE_CLICK)
    client.post(f"/p/{token}", data={"csrf_token": page_token, "topic": ["service"]})
    assert suppressed(stand) == []


@pytest.mark.parametrize("days", [30, 90])
def test_a_pause_is_not_an_opt_out(stand: Stand, client: FlaskClient, page_token: str, days: int):
    token = stand.token("ada")
    client.post(f"/p/{token}", data={"csrf_token": page_token, "pause": str(days)})
    assert "We are quiet until" in client.get(f"/p/{token}").text
    stand.later(minutes=1)
    assert (stand.state("ada").snoozed_until - stand.clock.now()).days == days - 1
    assert suppressed(stand) == []


def test_a_pause_until_a_day_ends_as_that_day_begins_where_the_lead_is(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    data = {"csrf_token": page_token, "pause": "until", "until": "2026-05-04"}
    client.post(f"/p/{token}", data=data)
    assert "We are quiet until 4 May 2026." in client.get(f"/p/{token}").text
    stand.later(minutes=1)
    assert stand.state("ada").snoozed_until == datetime(2026, 5, 3, 22, tzinfo=UTC)
    client.post(f"/p/{token}", data={"csrf_token": page_token, "pause": "0"})
    assert "quiet until" not in client.get(f"/p/{token}").text


def test_a_pause_is_told_with_the_day_that_was_asked_for_wherever_the_lead_is(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    stand.happens("ada", EventKind.LEAD_CHANGED, fields={"time_zone": "Asia/Tokyo"})
    stand.later(minutes=1)
    client.post(f"/p/{token}", data={"csrf_token": page_token, "pause": "until", "until": "2026-05-04"})
    assert "We are quiet until 4 May 2026." in client.get(f"/p/{token}").text  # still the 3rd in Berlin
    stand.later(minutes=1)
    assert stand.state("ada").snoozed_until == datetime(2026, 5, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize("day", ["", "soon", "2026-03-02", "2025-01-01", "2027-03-04", "9999-99-99"])
def test_a_day_that_is_none_is_asked_again(
    stand: Stand, client: FlaskClient, token: str, page_token: str, day: str
):
    before = events(stand)
    answer = client.post(f"/p/{token}", data={"csrf_token": page_token, "pause": "until", "until": day})
    assert answer.status_code == 422
    assert "Please choose a day" in answer.text
    assert events(stand) == before


def test_everything_ends_from_the_preference_page_before_it_answers(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    client.post(f"/p/{token}", data={"csrf_token": page_token, "all": "1"})
    assert suppressed(stand) == ["ada@engine.example"]


def test_a_topic_that_asks_is_heard_about_only_by_who_has_chosen_it(client: FlaskClient, token: str):
    page = client.get(f"/p/{token}").text
    assert 'value="events">' in page
    assert 'value="product" checked' in page
    assert "(only if you choose it)" in page


def test_saving_what_was_there_already_says_nothing_new(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    before = events(stand)
    kept = {"csrf_token": page_token, "topic": ["product", "service"], "tracking": "1", "language": "en"}
    assert client.post(f"/p/{token}", data=kept).status_code == 303
    assert events(stand) == before


def test_who_does_not_want_to_be_measured_is_not_from_that_moment_on(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    client.post(f"/p/{token}", data={"csrf_token": page_token, "topic": ["product", "service"]})
    assert 'name="tracking" value="1" aria' in client.get(f"/p/{token}").text
    view = client.get(f"/v/{token}").text
    assert f"{BASE_URL}/c/" in view  # until the engine has taken it in, the mail is as it was sent
    stand.later(minutes=1)
    assert stand.state("ada").untracked
    assert f"{BASE_URL}/c/" not in client.get(f"/v/{token}").text


def test_the_language_is_the_leads_and_may_be_chosen(
    stand: Stand, client: FlaskClient, token: str, page_token: str
):
    kept = {"csrf_token": page_token, "topic": ["product", "service"], "tracking": "1"}
    client.post(f"/p/{token}", data={**kept, "language": "de"})
    page = client.get(f"/p/{token}").text
    assert '<html lang="de">' in page
    assert "Worüber wir Ihnen schreiben" in page
    assert "Alle Werbung abbestellen?" in client.get(f"/u/{token}").text
    stand.later(minutes=1)
    assert stand.state("ada").lead.language == "de"
    before = events(stand)
    client.post(f"/p/{token}", data={**kept, "language": "xx"})
    assert events(stand) == before


def test_whose_language_is_unknown_reads_the_browsers(client: FlaskClient, token: str):
    assert "Abbestellen" in client.get(f"/u/{token}", headers={"Accept-Language": "de-AT"}).text
    assert "Unsubscribe" in client.get(f"/u/{token}", headers={"Accept-Language": "fr"}).text


def test_an_address_that_is_never_mailed_is_told_so(stand: Stand, client: FlaskClient, token: str):
    stand.happens("ada", EventKind.MAIL_COMPLAINED)
    stand.later(minutes=1)
    assert "No mail of ours reaches this address" in client.get(f"/p/{token}").text


def test_preferences_of_another_site_are_refused(stand: Stand, client: FlaskClient, token: str):
    assert client.post(f"/p/{token}", data={"topic": "events"}).status_code == 400


def test_view_in_browser_is_the_mail_without_its_telltales(stand: Stand, client: FlaskClient, token: str):
    page = client.get(f"/v/{token}")
    assert "Ada" in page.text
    assert f"{BASE_URL}/o/" not in page.text
    assert re.search(rf'{BASE_URL}/c/[^/"]+/1"', page.text)
    assert not re.search(rf'{BASE_URL}/c/[^/"]+/0"', page.text)
    assert "sandbox" in page.headers["Content-Security-Policy"]
