"""What is said of each thing that may be wrong, and the remedy that goes with it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from nurture.doctor.examine import examine
from nurture.doctor.facts import (
    Declared,
    Dkim,
    Dmarc,
    Inbox,
    Integrity,
    Month,
    Mx,
    Queue,
    Relay,
    Reverse,
    Site,
    Spf,
    Store,
)
from nurture.doctor.finding import Level
from tests.doctor.conftest import ADDRESS, NOW, finding, settings, spoilt


def test_an_installation_where_all_is_well_has_nothing_to_say_but_that(well):
    assert {each.level for each in examine(well)} == {Level.OK}
    assert all(not each.remedy and not each.record for each in examine(well))


def test_everything_that_is_not_well_has_a_remedy(well):
    ill = replace(well, store=Store(problem="there is no database at x"), found=())
    for facts in (ill, spoilt(well, Relay, problem="x", step="tls"), spoilt(well, Mx, hosts=())):
        assert all(each.remedy for each in examine(facts) if each.level in (Level.WARN, Level.FAIL))


def test_where_no_mail_leaves_what_is_about_sending_is_skipped(well):
    at_home = replace(well, settings=settings(transport="maildir"), found=(Integrity("ok"),))
    assert not [each for each in examine(at_home) if each.level in (Level.WARN, Level.FAIL)]
    for what in ("SPF", "DKIM", "DMARC", "Bounces", "Relay", "Inbox", "Webhooks"):
        assert finding(at_home, what).found == "nothing leaves this machine"


SPF_WANTED = f'bounces.acme.com. 3600 IN TXT "v=spf1 ip4:{ADDRESS} -all"'


@pytest.mark.parametrize(
    ("changed", "level", "told", "record"),
    [
        ({"records": ()}, "fail", "no record", SPF_WANTED),
        ({"records": ("v=spf1 -all", "v=spf1 mx -all")}, "fail", "2 records", ""),
        ({"lookups": 11}, "fail", "11 lookups", ""),
        ({"ending": "+all"}, "fail", "everybody", SPF_WANTED),
        ({"ending": ""}, "warn", "no last word", SPF_WANTED),
        (
            {"records": ("v=spf1 mx ~all",), "networks": ("198.51.100.0/24",), "ending": "~all"},
            "warn",
            f"pass from {ADDRESS}",
            f'bounces.acme.com. 3600 IN TXT "v=spf1 mx ip4:{ADDRESS} ~all"',
        ),
        ({"networks": ("203.0.113.0/29",)}, "ok", "v=spf1", ""),
        ({"networks": (), "opaque": True}, "ok", "v=spf1", ""),
        ({"problem": "no DNS server answered"}, "warn", "no DNS server", ""),
    ],
)
def test_spf(well, changed, level, told, record):
    said = finding(spoilt(well, Spf, **changed), "SPF")
    assert (said.level, said.record) == (level, record)
    assert told in said.found


def test_spf_of_a_provider_includes_it_and_leaves_its_addresses_to_it(well):
    provider = replace(well, settings=settings(smtp_host="smtp.eu.mailgun.org"))
    said = finding(provider, "SPF")
    assert said.record == f'bounces.acme.com. 3600 IN TXT "v=spf1 ip4:{ADDRESS} include:mailgun.org -all"'
    assert finding(spoilt(provider, Spf, includes=("mailgun.org",)), "SPF").level is Level.OK
    assert finding(provider, "Reverse DNS").level is Level.SKIPPED


LONG = "v=DKIM1; k=rsa; p=" + "A" * 400


@pytest.mark.parametrize(
    ("changed", "level", "told"),
    [
        ({"published": ()}, "fail", "nothing is published"),
        ({"published": ("v=DKIM1; k=rsa; p=OTHER",)}, "fail", "is not this key"),
        ({"published": ("v=DKIM1; k=rsa; p=",)}, "fail", "is not this key"),
        ({"published": ("v=DKIM1; p=MI IB",)}, "ok", "is ours"),
        ({"published": ("v=DKIM1; k=rsa; t=y; p=MIIB",)}, "warn", "only test"),
        ({"record": "", "key_problem": "the file cannot be read"}, "fail", "cannot be read"),
    ],
)
def test_dkim(well, changed, level, told):
    said = finding(spoilt(well, Dkim, **changed), "DKIM")
    assert said.level == level
    assert told in said.found


def test_a_long_key_is_published_in_strings_that_a_zone_file_takes(well):
    record = finding(spoilt(well, Dkim, record=LONG, published=()), "DKIM").record
    name, _, strings = record.partition(" 3600 IN TXT ")
    assert name == "n1._domainkey.acme.com."
    parts = strings.strip('"').split('" "')
    assert "".join(parts) == LONG
    assert max(map(len, parts)) <= 255


def test_mail_that_is_not_signed_here_is_told_of(well):
    relay_signs = {"dkim_domain": None, "dkim_selector": None, "dkim_key_file": None}
    said = finding(replace(well, settings=settings(**relay_signs), found=()), "DKIM")
    assert said.level is Level.WARN
    assert "NURTURE_DKIM_KEY_FILE" in said.remedy


@pytest.mark.parametrize(
    ("changed", "level", "told"),
    [
        ({"records": (), "at": ""}, "fail", "no record"),
        ({"records": ("v=DMARC1; p=none", "v=DMARC1; p=reject")}, "fail", "2 records"),
        ({"records": ("v=DMARC1; p=maybe",)}, "fail", "'maybe'"),
        ({"records": ("v=DMARC1; p=none",)}, "warn", "p=none"),
        ({"records": ("v=DMARC1;p=reject",)}, "ok", "reject"),
        ({"domain": "mail.acme.com", "records": ("v=DMARC1; p=reject; sp=none",)}, "warn", "p=none"),
        ({"domain": "mail.acme.com", "records": ("v=DMARC1; p=reject",)}, "ok", "of acme.com"),
    ],
)
def test_dmarc(well, changed, level, told):
    said = finding(spoilt(well, Dmarc, **changed), "DMARC")
    assert said.level == level
    assert told in said.found


def test_the_first_dmarc_record_asks_for_reports_only(well):
    record = finding(spoilt(well, Dmarc, records=(), at=""), "DMARC").record
    assert record == '_dmarc.acme.com. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.com"'


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({"dkim_domain": "mail.acme.com"}, "ok"),
        ({"dkim_domain": "relay.net"}, "fail"),
        ({"return_path_domain": "bounces.relay.net"}, "warn"),
        ({"return_path_domain": None}, "ok"),
        ({"return_path_domain": "notacme.com"}, "warn"),
    ],
)
def test_what_signs_belongs_to_the_sender(well, changed, level):
    assert finding(replace(well, settings=settings(**changed)), "Alignment").level == level


@pytest.mark.parametrize(
    ("changed", "level", "told"),
    [
        ({"hosts": ()}, "fail", "no server takes it"),
        ({"hosts": ("",)}, "fail", "null MX"),
        ({"missing": ("mx.acme.com",)}, "fail", "mx.acme.com has no address"),
    ],
)
def test_mail_that_comes_back_needs_a_server(well, changed, level, told):
    said = finding(spoilt(well, Mx, **changed), "Mail to bounces.acme.com")
    assert said.level == level
    assert told in said.found


@pytest.mark.parametrize(
    ("step", "told"), [("connect", "port 587"), ("tls", "relay.acme.com"), ("login", "user and password")]
)
def test_how_far_the_talk_with_the_relay_came_tells_the_remedy(well, step, told):
    said = finding(spoilt(well, Relay, step=step, problem="it answered 500 no"), "Relay")
    assert said.level is Level.FAIL
    assert told in said.remedy


def test_an_address_without_a_name_gets_both_records(well):
    nameless = spoilt(well, Relay, addresses=(Reverse(address=ADDRESS),))
    assert finding(nameless, f"Reverse DNS of {ADDRESS}").record.splitlines() == [
        "5.113.0.203.in-addr.arpa. 3600 IN PTR relay.acme.com.",
        f"relay.acme.com. 3600 IN A {ADDRESS}",
    ]


def test_a_name_that_does_not_lead_back_is_told(well):
    astray = spoilt(well, Relay, addresses=(Reverse(address="2001:db8::5", names=("host5.isp.net",)),))
    said = finding(astray, "Reverse DNS of 2001:db8::5")
    assert (said.level, said.record) == (Level.WARN, "host5.isp.net. 3600 IN AAAA 2001:db8::5")


def soon(days):
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("kind", "changed", "what", "level"),
    [
        (Relay, {"certificate_until": soon(5)}, "Encryption", "warn"),
        (Relay, {"smtputf8": False}, "Addresses beyond ASCII", "warn"),
        (Relay, {"size_max": 5_000_000}, "Size", "warn"),
        (Relay, {"size_max": 0}, "Size", "ok"),
        (Relay, {"addresses": ()}, "Reverse DNS", "skipped"),
        (Site, {"certificate_until": soon(3)}, "Tracking domain", "warn"),
        (Site, {"status": 502}, "Tracking domain", "fail"),
        (Site, {"status": 0, "problem": "certificate verify failed"}, "Public address", "fail"),
        (Integrity, {"said": "row 3 missing from index"}, "Integrity", "fail"),
        (Integrity, {"said": None}, "Integrity", "skipped"),
        (Inbox, {"problem": "the login was refused"}, "Inbox (maildir)", "fail"),
    ],
)
def test_one_thing_that_is_wrong(well, kind, changed, what, level):
    assert finding(spoilt(well, kind, **changed), what).level == level


def test_clear_text_to_another_machine_is_told(well):
    clear = replace(well, settings=settings(smtp_tls="none", smtp_user=None))
    assert "STARTTLS: choose it" in finding(clear, "Encryption").remedy


@pytest.mark.parametrize(
    ("changed", "what", "level"),
    [
        ({"problem": "connection refused"}, "Database", "fail"),
        ({"version": "0012"}, "Database", "fail"),
        ({"journal_mode": "delete"}, "Journal", "warn"),
        ({"wal_bytes": 2 * 1024**3}, "Journal", "warn"),
        ({"ahead_seconds": 5.0}, "Clock", "warn"),
        ({"ahead_seconds": -50.0}, "Clock", "fail"),
        ({"newest_event_at": soon(1)}, "Clock", "fail"),
    ],
)
def test_a_database_that_cannot_be_trusted(well, changed, what, level):
    assert finding(replace(well, store=replace(well.store, **changed)), what).level == level


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "what", "level"),
    [
        ({"worker_at": None}, "Worker", "fail"),
        ({"worker_at": NOW - 3 * HOURS}, "Worker", "fail"),
        ({"due": {"touch": NOW - HOURS / 6}}, "Mails", "warn"),
        ({"due": {"touch": NOW - 2 * HOURS}}, "Mails", "fail"),
        ({"due": {"message": NOW - 2 * HOURS}}, "System mails", "fail"),
        ({"due": {"webhook": NOW - HOURS / 60}}, "Queue", "ok"),
        ({"unabsorbed_at": NOW - 2 * HOURS}, "Events", "fail"),
        ({"aside": 1, "aside_last": "event page.visited: KeyError"}, "Set aside", "fail"),
        ({}, "Set aside", "ok"),
    ],
)
def test_work_that_is_not_done(well, changed, what, level):
    queue = replace(Queue(worker_at=NOW), **changed)
    said = [
        each for each in examine(replace(well, store=replace(well.store, queue=queue))) if each.area == "Work"
    ]
    assert next(each.level for each in said if each.what == what) == level


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({"sender": "jane@gmail.com"}, "fail"),
        ({"sender": "ines@mail.tarewell.example"}, "fail"),
        ({"sender": "jane@example.com"}, "fail"),
    ],
)
def test_a_sender_whom_nobody_believes(well, changed, level):
    programme = replace(well.store.programme, **changed)
    assert finding(replace(well, store=replace(well.store, programme=programme)), "Sender").level == level


def test_marketing_mail_needs_a_postal_address(well):
    programme = Declared(time_zone="UTC", sender="jane@acme.com", postal_address=" ")
    facts = replace(well, store=replace(well.store, programme=programme))
    assert finding(facts, "Postal address").level is Level.FAIL


@pytest.mark.parametrize(
    ("changed", "what", "level"),
    [
        ({"disk_free": 600 * 1024**2}, "Disk", "warn"),
        ({"disk_free": 50 * 1024**2}, "Disk", "fail"),
        ({"zone_release": "2024.2"}, "Time zones", "warn"),
        ({"zone_problem": "no zone Europe/Berlin"}, "Time zones", "fail"),
        ({"key_mode": 0o644}, "Secret key", "warn"),
        ({"key_mode": None}, "Secret key", "fail"),
    ],
)
def test_a_machine_that_lacks_something(well, changed, what, level):
    assert finding(replace(well, machine=replace(well.machine, **changed)), what).level == level


@pytest.mark.parametrize(
    ("month", "what", "level"),
    [
        (Month(sent=1_000, bounced=20), "Bounce rate", "warn"),
        (Month(sent=1_000, bounced=50), "Bounce rate", "fail"),
        (Month(sent=10_000, complained=9), "Complaint rate", "ok"),
        (Month(sent=10_000, complained=10), "Complaint rate", "warn"),
        (Month(sent=10_000, complained=30), "Complaint rate", "fail"),
        (Month(sent=10, bounced=10, complained=10), "Complaint rate", "skipped"),
        (None, "Bounce rate", "skipped"),
    ],
)
def test_a_name_that_is_being_lost(well, month, what, level):
    assert finding(replace(well, store=replace(well.store, month=month)), what).level == level


def test_a_webhook_in_clear_is_refused(well):
    programme = replace(well.store.programme, webhooks={"chat": "http://hooks.acme.com"})
    facts = replace(well, store=replace(well.store, programme=programme))
    assert finding(facts, "Webhook chat").level is Level.FAIL


def test_without_a_way_in_it_is_told_unless_mail_is_piped_in(well):
    none = replace(well, found=tuple(each for each in well.found if not isinstance(each, Inbox)))
    assert finding(none, "Inbox").level is Level.WARN
    piped = replace(none.store, queue=replace(none.store.queue, piped_at=NOW - HOURS))
    assert (
        finding(replace(none, store=piped), "Inbox").found
        == "mail is piped or posted in, the last 1 hour ago"
    )
