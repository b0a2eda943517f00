"""On whose clock pages tell the time: the reader's, and the programme's where its rules count days."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from nurture.engine.accounts import Role, keep_time
from nurture.store.records import hand_off, task
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand
from webapp.moments import day_began
from webapp.written import moment_in
from webapp.zones import programme_zone, reader_zone, zones_offered

ACCOUNT = "/settings/account"
BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
READERS = {NEW_YORK: Role.ADMIN, KOLKATA: Role.MARKETER}
ReaderIn = Callable[[str], FlaskClient]


@pytest.fixture
def reader_in(stand: Stand, app: Flask) -> ReaderIn:
    """A browser of somebody whose account tells the time in a zone."""

    def reader_in(zone: str) -> FlaskClient:
        with stand.engine.deciding() as (connection, _):
            keep_time(connection, stand.account(READERS[zone]), zone)
        return stand.client(app, READERS[zone])

    return reader_in


def times(page: str) -> list[tuple[str, str]]:
    """The moments that a page tells: what it says on hover, and what it shows."""
    return re.findall(r'<time datetime="[^"]+" title="([^"]+)">([^<]+)</time>', page)


def send(client: FlaskClient, path: str, **fields: str) -> str:
    answer = client.post(path, data={"csrf_token": token_of(client), **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


# ------------------------------------------------------------ what happened, on the reader's clock


def test_one_page_read_in_two_zones_tells_each_reader_its_own_time(
    client_as: Callable[[Role], FlaskClient], reader_in: ReaderIn
):
    readers = {BERLIN: client_as(Role.VIEWER)} | {zone: reader_in(zone) for zone in READERS}
    for zone, shown in ((BERLIN, "10:00"), (NEW_YORK, "04:00"), (KOLKATA, "14:30")):
        page = readers[zone].get("/inbox").text
        assert ("2026-03-02 09:00 UTC", shown) in times(page)
        assert f"times in {zone}" in page
        assert ("the programme’s days in Europe/Berlin" in page) == (zone != BERLIN)


def test_today_is_the_reader_s_today(stand: Stand, reader_in: ReaderIn):
    new_york, kolkata = reader_in(NEW_YORK), reader_in(KOLKATA)
    stand.clock.turn_to(datetime(2026, 3, 3, 3, tzinfo=UTC))  # 22:00 of Monday there, 08:30 of Tuesday here
    inbox = f"/inbox?lead={stand.lead_id('ada')}"
    there, here = new_york.get(inbox).text, kolkata.get(inbox).text
    assert ("2026-03-02 09:00 UTC", "04:00") in times(there)
    assert ("2026-03-02 09:00 UTC", "2 Mar 14:30") in times(here)
    assert " today</b>" in there  # what Ada did on Monday
    assert " today</b>" not in here


@pytest.mark.parametrize(
    ("zone", "at", "began"),
    [
        ("America/Havana", "2026-03-08 12:00", "2026-03-08 05:00"),  # from 00:00 the clock went to 01:00
        ("America/Havana", "2026-11-01 12:00", "2026-11-01 04:00"),  # midnight came twice: the first
        (NEW_YORK, "2026-11-01 06:30", "2026-11-01 04:00"),
        (KOLKATA, "2026-03-02 20:00", "2026-03-02 18:30"),
    ],
)
def test_a_day_begins_with_its_first_moment(app: Flask, zone: str, at: str, began: str):
    with app.test_request_context():
        g.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert day_began(ZoneInfo(zone)) == datetime.fromisoformat(began).replace(tzinfo=UTC)


def test_without_a_programme_the_time_is_utc(app: Flask):
    with app.test_request_context():
        g.live = g.account = None
        assert (reader_zone().key, programme_zone().key) == ("UTC", "UTC")


# ------------------------------------------------------------ what somebody writes


@pytest.mark.parametrize(("zone", "until"), [(NEW_YORK, "2026-03-03 14:00"), (KOLKATA, "2026-03-03 03:30")])
def test_the_next_morning_is_that_of_whoever_snoozes(
    stand: Stand, reader_in: ReaderIn, zone: str, until: str
):
    reader, ada = reader_in(zone), stand.lead_id("ada")
    assert (f"{until} UTC", "3 Mar 09:00") in times(reader.get("/inbox").text)
    assert "Snoozed until 3 Mar 09:00" in send(reader, f"/inbox/{ada}/snooze", until="morning")
    assert put_off(stand) == datetime.fromisoformat(until).replace(tzinfo=UTC)
    stand.later(minutes=1)
    assert f"until {until[:10]} 09:00</span>" in reader.get(f"/leads/{ada}?show=sales").text


def test_a_moment_of_one_s_own_in_a_skipped_hour_is_the_end_of_the_gap(stand: Stand, reader_in: ReaderIn):
    reader = reader_in(NEW_YORK)
    assert "Until, America/New_York" in reader.get("/inbox").text
    said = send(reader, f"/inbox/{stand.lead_id('ada')}/snooze", until="date", at="2026-03-08T02:30")
    assert "Snoozed until 8 Mar 03:00" in said
    assert put_off(stand) == datetime(2026, 3, 8, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "written", "now", "meant"),
    [
        (NEW_YORK, "2026-03-08T02:30", "2026-03-01 00:00", "2026-03-08 07:00"),  # a gap: its end
        (BERLIN, "2026-03-29T02:30", "2026-03-01 00:00", "2026-03-29 01:00"),
        (NEW_YORK, "2026-11-01T01:30", "2026-10-01 00:00", "2026-11-01 05:30"),  # a fold: the first
        (NEW_YORK, "2026-11-01T01:30", "2026-11-01 05:45", "2026-11-01 06:30"),  # which has passed
        (BERLIN, "2026-10-25T02:30", "2026-10-25 00:45", "2026-10-25 01:30"),
        (KOLKATA, "2026-03-08T02:30", "2026-03-01 00:00", "2026-03-07 21:00"),
        (KOLKATA, "2026-03-08T02:30:00+01:00", "2026-03-01 00:00", "2026-03-08 01:30"),
    ],
)
def test_a_written_moment_in_gaps_and_folds(zone: str, written: str, now: str, meant: str):
    at = moment_in(written, ZoneInfo(zone), datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "due"), [(NEW_YORK, "2026-03-05 22:00"), (KOLKATA, "2026-03-05 11:30")])
def test_a_task_is_due_at_the_end_of_the_writer_s_day(stand: Stand, reader_in: ReaderIn, zone: str, due: str):
    reader = reader_in(zone)
    page = send(reader, f"/leads/{stand.lead_id('bob')}/tasks", task="Send the offer", due="2026-03-05")
    assert (f"{due} UTC", "5 Mar 17:00") in times(page)
    with stand.engine.database.reading() as connection:
        kept = connection.execute(select(task.c.due_at).where(task.c.made_by.is_not(None))).scalar_one()
    assert kept == datetime.fromisoformat(due).replace(tzinfo=UTC)


def put_off(stand: Stand) -> datetime | None:
    with stand.engine.database.reading() as connection:
        until: datetime | None = connection.execute(select(hand_off.c.snoozed_until)).scalar_one()
    return until


# ------------------------------------------------------------ what stays the programme's


def test_the_sums_of_a_day_are_the_programme_s_and_say_so(
    stand: Stand, client: FlaskClient, reader_in: ReaderIn
):
    kolkata = reader_in(KOLKATA)
    stand.clock.turn_to(datetime(2026, 3, 2, 20, tzinfo=UTC))  # Tuesday, 01:30 there
    here, there = client.get("/").text, kolkata.get("/").text
    sent = re.findall(r"<dt>Sent</dt><dd>(\d+)", here)
    assert sent == re.findall(r"<dt>Sent</dt><dd>(\d+)", there) != ["0"]
    assert "Mon 2 Mar" in here
    assert "Mon 2 Mar <span>in Europe/Berlin</span>" in there
    assert "<span>in Europe/Berlin</span>" not in here
    assert "Days of Europe/Berlin." in kolkata.get("/pace").text
    assert "Days of Europe/Berlin." not in client.get("/pace").text
    assert "to Mon 2 Mar" in kolkata.get("/reports").text
    assert "Days of Europe/Berlin." in kolkata.get("/reports").text


def test_a_pause_of_many_leads_ends_with_a_day_of_the_programme(stand: Stand, reader_in: ReaderIn):
    kolkata = reader_in(KOLKATA)
    assert "Until, Europe/Berlin" in kolkata.get("/leads").text
    page = send(
        kolkata, "/leads/act", act="pause", until="2026-03-20", whom="ticked", lead=str(stand.lead_id("bob"))
    )
    assert "until 2026-03-20" in page
    stand.later(minutes=1)
    assert stand.state("bob").snoozed_until == datetime(2026, 3, 19, 23, tzinfo=UTC)


def test_a_broadcast_begins_by_the_programme_s_clock_and_says_when_that_is(reader_in: ReaderIn):
    kolkata = reader_in(KOLKATA)
    page = kolkata.get("/broadcasts/new").text
    assert "Begins, Europe/Berlin" in page
    assert 'value="2026-03-02T10:05"' in page
    chosen = {
        "name": "Fair",
        "audience": "segment dach",
        "mail": "long-cycle/terms",
        "at": "2026-03-03T09:00",
    }
    assert ("2026-03-03 08:00 UTC", "3 Mar 13:30") in times(
        kolkata.get("/broadcasts/new", query_string=chosen).text
    )


# ------------------------------------------------------------ the account's choice


def test_a_zone_is_chosen_without_a_password_and_given_back(client: FlaskClient):
    assert "as the programme: Europe/Berlin" in client.get(ACCOUNT).text
    page = send(client, f"{ACCOUNT}/time-zone", time_zone=NEW_YORK)
    assert '<option value="America/New_York" selected>New York</option>' in page
    assert "times in America/New_York" in page
    assert "times in Europe/Berlin" in send(client, f"{ACCOUNT}/time-zone", time_zone="")


def test_what_a_browser_offers_is_kept_by_its_name_of_today(client: FlaskClient):
    page = send(client, f"{ACCOUNT}/time-zone", time_zone="", offered="Asia/Calcutta")
    assert '<option value="Asia/Kolkata" selected>' in page


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "Europe", "<b>", "x" * 5_000])
def test_a_zone_that_is_none_is_refused_and_changes_nothing(client: FlaskClient, form_token: str, name: str):
    send(client, f"{ACCOUNT}/time-zone", time_zone=KOLKATA)
    fields = {"csrf_token": form_token, "time_zone": name}
    answer = client.post(f"{ACCOUNT}/time-zone", data=fields)
    assert answer.status_code == 400
    assert "is not a time zone that we know; choose one such as Europe/Berlin." in answer.text
    assert "<b>”" not in answer.text
    assert '<option value="Asia/Kolkata" selected>' in client.get(ACCOUNT).text


def test_the_list_of_zones_goes_by_parts_of_the_world_and_has_a_choice_that_it_does_not_offer():
    parts = zones_offered("Etc/GMT+5")
    assert ("America/Argentina/Ushuaia", "Argentina/Ushuaia") in parts["America"]
    assert parts["Etc"] == [("Etc/GMT+5", "GMT+5")]
    assert parts[""] == [("UTC", "UTC")]
    assert "Etc" not in zones_offered(None)
