"""The page on health: shows the last report without asking anybody, and looks again when told to."""

import re

import pytest

from nurture.doctor.finding import Finding, Level, Report
from nurture.doctor.kept import keep_report, last_report
from nurture.engine.accounts import Role
from nurture.engine.at_work import note_worker, worker_at
from tests.webapp.stand import MONDAY
from webapp.health import LIGHTS

RECORD = '_dmarc.acme.com. 3600 IN TXT "v=DMARC1; p=none"'
REPORT = Report(
    MONDAY,
    4.2,
    (
        Finding(Level.FAIL, "DMARC", "acme.com has <no> record", "Publish this record.", RECORD, "DNS"),
        Finding(Level.WARN, "DKIM", "not signed here", "Sign.", "", "DNS"),
        Finding(Level.OK, "Disk", "12 GB are free", "", "", "Machine"),
        Finding(Level.SKIPPED, "Webhooks", "none", "", "", "Machine"),
    ),
)


@pytest.fixture(autouse=True)
def at_home(stand, tmp_path, monkeypatch):
    """The installation whose database is the stand's."""
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path))


def keep(stand, report):
    with stand.engine.deciding() as (connection, _):
        keep_report(connection, report)


def test_before_the_first_look_it_says_so(client):
    assert "Not checked yet" in client.get("/settings/health").text


def test_each_finding_is_shown_with_a_word_its_remedy_and_the_record_to_copy(client, stand):
    keep(stand, REPORT)
    page = client.get("/settings/health").text
    for words in ("acme.com has &lt;no&gt; record", "Publish this record.", "p=none", "12 GB are free"):
        assert words in page
    for _, word in LIGHTS.values():
        assert word in page, "no light tells by its colour alone"
    assert "in 4.2 seconds" in page


def test_what_fails_stands_first_and_commands_are_set_apart(client, stand):
    fine = Finding(Level.OK, "Worker", "run by `nurture up`", area="Work")
    keep(stand, Report(MONDAY, 1.0, (fine, *REPORT.findings)))
    page = client.get("/settings/health").text
    assert re.findall(r'id="area-\d">(\w+)</h2>', page) == ["DNS", "Work", "Machine"]
    assert "run by <code>nurture up</code>" in page


def test_check_now_looks_and_keeps_what_it_saw(client, stand, form_token):
    with stand.engine.deciding() as (connection, now):
        note_worker(connection, now)
    answer = client.post("/settings/health", data={"csrf_token": form_token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/health")
    with stand.engine.database.reading() as connection:
        report = last_report(connection)
    said = {each.what: each.level for each in report.findings}
    assert report.at == stand.clock.now()
    assert said["Worker"] is said["Database"] is said["Integrity"] is Level.OK
    assert said["SPF"] is said["Relay"] is Level.SKIPPED
    assert "at work" in client.get("/settings/health").text


def test_only_an_admin_sees_it_or_looks(client_as):
    seller = client_as(Role.SALES)
    assert seller.get("/settings/health").status_code == 403
    assert "/settings/health" not in seller.get("/").text


def test_the_last_sign_of_life_is_the_one_that_counts(stand):
    with stand.engine.deciding() as (connection, now):
        assert worker_at(connection) is None
        note_worker(connection, MONDAY)
        note_worker(connection, now)
        assert worker_at(connection) == now
