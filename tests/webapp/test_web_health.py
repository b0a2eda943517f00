"""The page on health: shows the last report without asking anybody, and looks again when told to."""

import re

import msgspec
import pytest
from lxml import html
from sqlalchemy import select, update

from nurture.doctor.checks.domain import dkim, dmarc, mail_servers, spf
from nurture.doctor.checks.relay import reached
from nurture.doctor.facts import Dkim, Dmarc, Facts, Machine, Mx, Relay, Spf, Store
from nurture.doctor.finding import Finding, Level, Report
from nurture.doctor.kept import keep_report, last_report
from nurture.engine.accounts import Role
from nurture.engine.at_work import note_worker, worker_at
from nurture.languages.told import as_text, told
from nurture.store.records import health
from tests.doctor.conftest import settings
from tests.webapp.german import english
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


GERMAN = {"Accept-Language": "de"}


def failing_dns():
    """What the doctor says where nothing is published yet, and the relay refuses the login in its own words."""
    facts = Facts(
        now=MONDAY,
        settings=settings(),
        store=Store(),
        machine=Machine(),
        found=(
            Spf(domain="bounces.acme.com"),
            Dkim(name="n1._domainkey.acme.com", record="v=DKIM1; k=rsa; p=MIIB"),
            Dmarc(domain="acme.com"),
            Mx(domain="in.acme.com", hosts=("mx.acme.com",), missing=("mx.acme.com",)),
            Relay(step="login", problem=told("it answered {quoted}", quoted="535 authentication failed")),
        ),
    )
    found = [each for check in (spf, dkim, dmarc, mail_servers, reached) for each in check(facts)]
    return Report(MONDAY, 1.0, tuple(msgspec.structs.replace(each, area="DNS") for each in found))


def test_a_domain_that_fails_is_told_in_german_and_no_english_is_left_but_the_records(client, stand):
    keep(stand, failing_dns())
    page = html.document_fromstring(client.get("/settings/health", headers=GERMAN).text)
    assert page.get("lang") == "de"
    items = [" ".join(each.text_content().split()) for each in page.xpath("//ul[@class='health']/li")]
    assert len(items) == 5
    assert {each.text_content() for each in page.xpath("//li/span[contains(@class, 'light')]")} == {"Fehler"}
    for words in (
        "SPF: bounces.acme.com hat keinen Eintrag Veröffentlichen Sie diesen.",
        "DKIM: unter n1._domainkey.acme.com ist nichts veröffentlicht",
        "DMARC: acme.com hat keinen Eintrag",
        "E-Mails an in.acme.com: mx.acme.com hat keine Adresse",
        "Relay: relay.acme.com:587: antwortete mit 535 authentication failed",
    ):
        assert any(words in each for each in items), (words, items)
    assert not page.xpath("//ul[@class='health']//*[@lang]"), "nothing there is in another language"
    assert not english(page)


def test_each_light_has_a_german_word(client, stand):
    keep(stand, REPORT)
    page = html.document_fromstring(client.get("/settings/health", headers=GERMAN).text)
    lights = [each.text_content() for each in page.xpath("//li/span[contains(@class, 'light')]")]
    assert lights == ["Fehler", "könnte besser sein", "in Ordnung", "übersprungen"]


def test_a_report_in_which_an_older_version_kept_english_alone_is_shown_as_english(client, stand):
    kept = msgspec.to_builtins(failing_dns(), enc_hook=as_text)
    assert "parts" not in kept["findings"][0]
    keep(stand, REPORT)
    with stand.engine.deciding() as (connection, _):
        connection.execute(update(health).values(value=kept).where(health.c.name == "report"))
    page = html.document_fromstring(client.get("/settings/health", headers=GERMAN).text)
    (found,) = page.xpath("//span[@lang='en'][text()='bounces.acme.com has no record']")
    assert found.getparent().findtext("b/span") == "SPF"
    assert not english(page)


def test_what_is_kept_is_read_by_an_older_version_and_keeps_its_kinds_for_this_one(stand):
    report = failing_dns()
    keep(stand, report)
    with stand.engine.database.reading() as connection:
        kept = connection.execute(select(health.c.value)).scalar_one()
        again = last_report(connection)
    # an older version converts what is kept into the report and knows of nothing else
    assert msgspec.convert(kept, Report) == again == report
    for was, now in zip(report.findings, again.findings, strict=True):
        for name in ("what", "found", "remedy"):
            before, after = getattr(was, name), getattr(now, name)
            assert getattr(before, "kind", None) == getattr(after, "kind", None)
            assert getattr(before, "values", None) == getattr(after, "values", None)
    relay = again.findings[-1].found
    assert relay.values["quoted"].kind == "it answered %(quoted)s", "a sentence in a sentence too"
