"""What is asked of the world, and that nothing waits longer than agreed, whatever hangs."""

import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nurture import app
from nurture.config import Settings
from nurture.doctor import Level, run_doctor
from nurture.doctor.ask.domain import dkim_of, dmarc_of, mx_of, reverses_of
from nurture.doctor.ask.names import NamesError, Resolver
from nurture.doctor.ask.relay import relay_of
from nurture.doctor.ask.site import site_of
from nurture.doctor.ask.store import integrity_of, store_of
from nurture.doctor.facts import Month
from nurture.doctor.gather import Limits, World
from nurture.doctor.spf import spf_of, terms
from nurture.engine.at_work import note_worker
from nurture.store import records as table
from nurture.store.database import Database
from tests.doctor.network import LOCAL, Authority, DnsServer, free_port, relay, website
from tests.webapp.stand import Stand, shipped

UNTIL = datetime(2090, 1, 1, tzinfo=UTC)
ZONE = {
    ("bounces.acme.com", "TXT"): ['"v=spf1 mx include:spf.host.net a:out.acme.com/29 exists:%{i}.x.net ~all"', '"other"'],
    ("bounces.acme.com", "MX"): ["20 mx2.acme.com.", "10 mx1.acme.com."],
    ("mx1.acme.com", "A"): ["203.0.113.1"],
    ("out.acme.com", "A"): ["1.1.1.1"],
    ("out.acme.com", "AAAA"): ["2001:db8::9"],
    ("spf.host.net", "TXT"): ['"v=spf1 ip4:198.51.100.0/24 -ip4:192.0.2.1 redirect=more.host.net"'],
    ("more.host.net", "TXT"): ['"v=spf1 ip6:2001:db8:7::/48 -all"'],
    ("_dmarc.acme.com", "TXT"): ['"v=DMARC1; p=rej" "ect"'],
    ("n1._domainkey.acme.com", "TXT"): ['"v=DKIM1; p=AAAA"'],
    ("silent-mail.com", "MX"): ["0 ."],
    ("1.1.1.1.in-addr.arpa", "PTR"): ["out.acme.com."],
    ("2.1.1.1.in-addr.arpa", "PTR"): ["out.acme.com."],
    ("loop.com", "TXT"): ['"v=spf1 include:loop.com -all"'],
}  # fmt: skip


class StillClock:
    def now(self):
        return datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def dns():
    server = DnsServer(ZONE, silent=("silent.com",), broken=("broken.com",))
    yield server
    server.close()


@pytest.fixture
def names(dns):
    return Resolver(5, dns.resolver)


def test_an_spf_record_is_followed_through_its_includes(names):
    spf = spf_of("bounces.acme.com", names)
    assert spf.records == ("v=spf1 mx include:spf.host.net a:out.acme.com/29 exists:%{i}.x.net ~all",)
    assert (spf.ending, spf.lookups, spf.opaque) == ("~all", 5, True)
    assert spf.includes == ("spf.host.net", "more.host.net")
    passing = ["203.0.113.1", "1.1.1.6", "198.51.100.77", "2001:db8::9", "2001:db8:7::1"]
    assert [each for each in [*passing, "192.0.2.1", "8.8.8.8", "2001:db8::8"] if spf.allows(each)] == passing


def test_an_spf_record_that_includes_itself_ends_when_it_is_void(names):
    assert spf_of("loop.com", names).lookups == 11


@pytest.mark.parametrize(
    ("record", "read"),
    [
        ("v=spf1 -all", [("-", "all", "")]),
        ("v=spf1 A/24 ?mx:X.org//64", [("+", "a", "/24"), ("?", "mx", "x.org//64")]),
        ("v=spf1 redirect=_spf.X.org", [("+", "redirect", "_spf.x.org")]),
    ],
)
def test_terms_of_spf(record, read):
    assert list(terms(record)) == read


def test_dmarc_of_a_subdomain_is_that_of_the_domain_above(names, dns):
    found = dmarc_of("news.eu.acme.com", names)
    assert (found.at, found.records) == ("acme.com", ("v=DMARC1; p=reject",))
    assert ("_dmarc.com", "TXT") not in dns.asked


def test_a_domain_without_dmarc(names):
    assert dmarc_of("host.net", names).records == ()


def test_mail_servers(names):
    assert mx_of("bounces.acme.com", names).hosts == ("mx1.acme.com", "mx2.acme.com")
    assert mx_of("bounces.acme.com", names).missing == ("mx2.acme.com",)
    assert mx_of("mx1.acme.com", names).hosts == ("mx1.acme.com",), "without MX, its address takes its mail"
    assert mx_of("nowhere.com", names).hosts == ()
    assert mx_of("silent-mail.com", names).hosts == ("",)


def test_reverse_names_are_followed_back(names):
    assert reverses_of(["127.0.0.1", "relay"], names) == (), "neither is public"
    there_and_back, astray, nameless = (
        reverses_of(["10.0.0.1", host], names)[0] for host in ("out.acme.com", "1.1.1.2", "1.1.1.3")
    )
    assert (there_and_back.address, there_and_back.confirmed) == ("1.1.1.1", True)
    assert (astray.names, astray.confirmed) == (("out.acme.com",), False)
    assert (nameless.names, nameless.confirmed) == ((), False)


@pytest.mark.parametrize("domain", ["silent.com", "broken.com"])
def test_no_answer_is_not_the_answer_that_there_is_none(dns, domain):
    names = Resolver(0.3, dns.resolver)
    assert spf_of(domain, names).problem
    assert mx_of(domain, names).problem
    with pytest.raises(NamesError):
        names.txt(domain)


KEYS = {
    "rsa": generate_private_key(65537, 2048),
    "ed25519": Ed25519PrivateKey.generate(),
    "short": generate_private_key(65537, 1024),
}


def pem(kind):
    return KEYS[kind].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(("kind", "length"), [("rsa", 392), ("ed25519", 44)])
def test_a_key_that_signs_says_what_to_publish(names, kind, length):
    dkim = dkim_of("n1._domainkey.acme.com", pem(kind), names)
    assert dkim.record.startswith(f"v=DKIM1; k={kind}; p=")
    assert len(dkim.record.rpartition("p=")[2]) == length
    assert dkim.published == ("v=DKIM1; p=AAAA",)


def test_a_key_that_cannot_sign_says_why(names):
    assert "1024 bits" in dkim_of("x.acme.com", pem("short"), names).key_problem
    assert "no unencrypted private key" in dkim_of("x.acme.com", b"nonsense", names).key_problem


# ---------------------------------------------------------------- relay and sites


def smtp(port, **changed):
    return Settings(
        **{
            "transport": "smtp",
            "smtp_host": LOCAL,
            "smtp_port": port,
            "smtp_helo": "nurture.acme.com",
            "smtp_user": "acme",
            "smtp_password": "secret",
            "tracking_url": "https://links.acme.com",
            **changed,
        }
    )


def test_a_relay_that_lets_us_in(tmp_path):
    authority = Authority(tmp_path, until=UNTIL)
    with relay(authority) as port:
        seen = relay_of(smtp(port), seconds=5, trusted=authority.trusting)
    assert (seen.step, seen.problem, seen.name) == ("done", "", "relay.acme.com")
    assert (seen.starttls, seen.smtputf8, seen.certificate_until) == (True, True, UNTIL)
    assert seen.size_max > 30_000_000


@pytest.mark.parametrize(
    ("changed", "believed", "step", "told"),
    [
        ({"smtp_password": "wrong"}, True, "login", "535"),
        ({}, False, "tls", "certificate is not valid"),
        ({"smtp_host": "localhost"}, True, "tls", "certificate is not valid"),
    ],
)
def test_a_relay_that_does_not(tmp_path, changed, believed, step, told):
    authority = Authority(tmp_path, until=UNTIL)
    with relay(authority) as port:
        seen = relay_of(smtp(port, **changed), seconds=5, trusted=authority.trusting if believed else None)
    assert seen.step == step
    assert told in seen.problem


def test_a_relay_without_starttls():
    with relay() as port:
        seen = relay_of(smtp(port), seconds=5)
    assert (seen.step, seen.starttls) == ("tls", False)
    assert "STARTTLS" in seen.problem


def test_nobody_at_the_port():
    assert "refused" in relay_of(smtp(free_port()), seconds=1).problem
    assert "refused" in site_of(f"http://{LOCAL}:{free_port()}", "/", seconds=1).problem


@pytest.mark.parametrize("status", [200, 404])
def test_a_site_says_what_it_answers_and_until_when_its_certificate_is_good(tmp_path, status):
    authority = Authority(tmp_path, until=UNTIL)
    with website(authority, status) as port:
        site = site_of(f"https://{LOCAL}:{port}", "/static/mark.svg", seconds=5, trusted=authority.trusting)
    assert (site.status, site.certificate_until, site.problem) == (status, UNTIL, "")


def test_a_site_whose_certificate_has_ended_is_not_believed(tmp_path):
    authority = Authority(tmp_path, until=datetime(2021, 1, 1, tzinfo=UTC))
    with website(authority, 200) as port:
        site = site_of(f"https://{LOCAL}:{port}", "/", seconds=5, trusted=authority.trusting)
    assert site.status == 0
    assert "certificate has expired" in site.problem


# ---------------------------------------------------------------- the store


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    url = f"sqlite:///{tmp_path / 'var' / 'nurture.sqlite'}"
    assert "no database" in store_of(url, StillClock()).problem
    assert not (tmp_path / "var").exists()


def test_a_store_says_its_version_its_clock_and_who_works(database_url):
    database = Database(database_url)
    database.migrate()
    with database.writing() as connection:
        note_worker(connection, StillClock().now())
    database.close()
    store = store_of(database_url, app.SystemClock())
    assert store.problem == ""
    assert store.version == store.newest
    assert store.queue.worker_at == StillClock().now()
    assert (store.queue.due, store.programme) == ({}, None)
    assert abs(store.ahead_seconds) < 5
    if store.is_sqlite:
        assert store.journal_mode == "wal"
        assert integrity_of(database_url, seconds=5).said == "ok"


def test_what_the_live_programme_declares_is_known(database_url):
    stand = Stand(database_url).publish()
    stand.engine.close()
    declared = store_of(database_url, StillClock()).programme
    programme = shipped().programme
    assert (declared.sender, declared.domain) == (programme.sender.address, programme.sender.domain)
    assert (declared.postal_address, declared.time_zone) == (programme.postal_address, programme.time_zone)
    assert declared.webhooks == dict(programme.webhooks)


def test_a_month_counts_mails_that_left_and_leaves_the_sample_out(database_url):
    database = Database(database_url)
    database.migrate()
    sums = [
        ("mail.sent", False, "2026-10-20", 700), ("mail.sent", False, "2026-11-02", 50), ("mail.sent", True, "2026-11-01", 9),
        ("mail.sent", False, "2026-09-01", 5), ("mail.bounced", False, "2026-11-01", 3),
    ]  # fmt: skip
    listed = [("a@x.com", "complaint", 5), ("b@x.com", "complaint", 40), ("c@x.com", "unsubscribed", 5)]
    with database.writing() as connection:
        connection.execute(
            table.daily_count.insert(),
            [dict(zip(("what", "sample", "day", "count"), each, strict=True)) for each in sums],
        )
        connection.execute(
            table.suppression.insert(),
            [
                {
                    "address": address,
                    "scope": "all",
                    "cause": cause,
                    "at": StillClock().now() - timedelta(days=ago),
                }
                for address, cause, ago in listed
            ],
        )
    database.close()
    assert store_of(database_url, StillClock()).month == Month(sent=750, bounced=3, complained=1)


def test_a_store_of_another_version_is_told_and_not_read(database_url):
    database = Database(database_url)
    database.migrate("0001")
    database.close()
    store = store_of(database_url, StillClock())
    assert (store.version, store.queue) == ("0001", None)


def test_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "nurture.sqlite"
    file.write_bytes(b"no database at all" * 100)
    assert "not a database" in store_of(f"sqlite:///{file}", StillClock()).problem
    assert "not a database" in integrity_of(f"sqlite:///{file}", seconds=5).said


def test_a_check_that_takes_too_long_is_given_up(tmp_path):
    file = tmp_path / "nurture.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE wide (id INTEGER PRIMARY KEY, word TEXT)")
        connection.executemany("INSERT INTO wide (word) VALUES (?)", ((str(n),) for n in range(100_000)))
    connection.close()
    assert integrity_of(f"sqlite:///{file}", seconds=0).said is None


# ---------------------------------------------------------------- all at once


def test_when_everything_hangs_the_visit_ends_in_time(tmp_path):
    """A DNS server that says nothing, and a relay, an IMAP server and two sites that never answer."""
    dns = DnsServer({}, silent=("bounces.acme.com", "in.acme.com", "x._domainkey.acme.com"))
    with socket.create_server((LOCAL, 0), backlog=64) as mute:
        port = mute.getsockname()[1]
        settings = smtp(
            port,
            home=tmp_path,
            return_path_domain="bounces.acme.com",
            reply_domain="in.acme.com",
            imap_host=LOCAL, imap_port=port, imap_user="acme", imap_password="x", imap_tls="none",
            dkim_domain="acme.com", dkim_selector="x", dkim_key_file=tmp_path / "dkim.pem",
        )  # fmt: skip
        began = monotonic()
        limits = Limits(store=1, rest=1.5, answer=1)
        report = run_doctor(settings, app.SystemClock(), limits=limits, world=World(resolver=dns.resolver))
        took = monotonic() - began
    dns.close()
    assert took < 4
    said = {each.what: each for each in report.findings}
    for what in ("SPF", "DKIM", "Relay", "Inbox (imap)", "Mail to bounces.acme.com", "Mail to in.acme.com"):
        assert said[what].level in (Level.WARN, Level.FAIL), what
        assert said[what].remedy


def test_the_limits_keep_the_promise_of_ten_seconds():
    assert Limits().store + Limits().rest < 10
