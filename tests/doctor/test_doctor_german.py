"""Findings of the doctor in German: every one that a spoilt installation can have, and no English is left of our own."""

import re
import ssl
from datetime import timedelta

import pytest
from msgspec.structs import replace

from nurture.delivery.http import KNOWN
from nurture.delivery.http.provider import Reply
from nurture.doctor.ask.names import NamesError, Resolver
from nurture.doctor.ask.relay import _words
from nurture.doctor.examine import examine
from nurture.doctor.facts import (
    Api,
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
from nurture.doctor.gather import LATE
from nurture.languages.said import said_in
from nurture.languages.told import Told, told
from tests.doctor.conftest import ADDRESS, NOW, finding, settings, spoilt
from tests.webapp.german import ENGLISH, GERMAN_TOO

NOT_OURS = re.compile(r"`[^`]*`|„[^“]*“|\([A-Za-z_]+ bei Postfix\)|[\w./-]*[_/@.]\w[\w./-]*|p=\w+")
"""Commands, titles of guides, settings, names and addresses."""
SAME = {"TLS", "no: xyzzy"}
WHOLE = re.compile(r"[^ ]+: [^ ]+|v=.*|[^ ]+: v=.*")
"""Found as it is, with nothing of ours around: 'acme.com: v=spf1 -all'."""
SOON = NOW + timedelta(days=3)
HOURS = timedelta(hours=1)


def spoilt_ones(well):
    """Installations that are ill in one place, and one that is well."""
    by_kind = {
        Spf: (
            {"records": ()},
            {"records": ("v=spf1 -all", "v=spf1 mx -all")},
            {"lookups": 11},
            {"ending": "+all"},
            {"ending": ""},
            {"networks": ()},
            {"problem": LATE},
        ),
        Dkim: (
            {"published": ()},
            {"published": ("v=DKIM1; k=rsa; p=OTHER",)},
            {"published": ("v=DKIM1; k=rsa; t=y; p=MIIB",)},
            {"record": "", "key_problem": told("the file cannot be read")},
            {"problem": LATE},
        ),
        Dmarc: (
            {"records": (), "at": ""},
            {"records": ("v=DMARC1; p=none", "v=DMARC1; p=reject")},
            {"records": ("v=DMARC1; p=maybe",)},
            {"records": ("v=DMARC1; p=none",)},
            {"problem": LATE},
        ),
        Mx: ({"hosts": ()}, {"hosts": ("",)}, {"missing": ("mx.acme.com",)}, {"problem": LATE}),
        Relay: (
            *({"step": step, "problem": LATE} for step in ("connect", "tls", "login")),
            {"certificate_until": SOON},
            {"certificate_until": None},
            {"smtputf8": False},
            {"size_max": 5_000_000},
            {"size_max": 0},
            {"addresses": ()},
            {"addresses": (Reverse(address=ADDRESS),)},
            {"addresses": (Reverse(address=ADDRESS, names=("host5.isp.net",)),)},
            {"addresses": (Reverse(address=ADDRESS, problem=LATE),)},
        ),
        Site: (
            {"certificate_until": SOON},
            {"status": 502},
            {"status": 0, "problem": LATE},
            {"url": "http://acme.com"},
        ),
        Integrity: ({"said": told("there is no database")}, {"said": None}),
        Inbox: ({"problem": LATE},),
    }
    yield well
    yield from (spoilt(well, kind, **each) for kind, all_of_it in by_kind.items() for each in all_of_it)
    changed = (
        {"problem": told("there is no database at {path}", path="/srv/x.db")},
        {"version": "0012"},
        {"version": None},
        {"is_sqlite": False},
        {"journal_mode": "delete"},
        {"wal_bytes": 2 * 1024**3},
        {"ahead_seconds": 5.0},
        {"ahead_seconds": -50.0},
        {"newest_event_at": SOON},
        {"programme": None},
        *({"programme": replace(well.store.programme, sender=each)} for each in ("a@gmail.com", "a@b.test")),
        {"programme": replace(well.store.programme, postal_address="")},
        {"programme": replace(well.store.programme, webhooks={})},
        {"programme": replace(well.store.programme, webhooks={"chat": "http://hooks.acme.com"})},
        {"queue": Queue()},
        {"queue": Queue(worker_at=NOW - 72 * HOURS, unabsorbed_at=NOW - 2 * HOURS)},
        *({"queue": Queue(worker_at=NOW, due={kind: NOW - 50 * HOURS})} for kind in ("touch", "message", "webhook", "timer", "sweep")),
        *({"queue": Queue(worker_at=NOW, aside=count, aside_last="xyzzy")} for count in (1, 3)),
        {"month": Month(sent=1_000, bounced=50, complained=30)},
        {"month": None},
    )  # fmt: skip
    yield from (replace(well, store=replace(well.store, **each)) for each in changed)
    machines = (
        {"disk_free": 50 * 1024**2},
        {"zone_release": "2024.2"},
        {"key_mode": 0o644},
        {"key_mode": None},
    )
    yield from (replace(well, machine=replace(well.machine, **each)) for each in machines)
    unsigned = {"dkim_domain": None, "dkim_selector": None, "dkim_key_file": None}
    sets = (
        unsigned,
        {"dkim_domain": "relay.net"},
        {"return_path_domain": "bounces.relay.net"},
        {"smtp_host": "smtp.eu.mailgun.org"},
        {"smtp_tls": "none", "smtp_user": None},
        {"public_url": "http://127.0.0.1:8025"},
        {"secret_key": "x" * 40},
    )
    yield from (replace(well, settings=settings(**each)) for each in sets)
    clear = replace(well, settings=settings(smtp_tls="none", smtp_user=None))
    yield spoilt(clear, Relay, starttls=False)
    without = replace(well, found=(), settings=settings(**unsigned))
    yield without
    yield replace(without, store=replace(well.store, programme=None))
    yield replace(without, store=replace(well.store, queue=Queue(worker_at=NOW, piped_at=NOW - HOURS)))
    yield replace(well, settings=settings(transport="maildir"), found=())
    yield from of_provider(well)


def of_provider(well):
    by_ses = replace(
        well, settings=settings(transport="postmark", provider_key="k")
    )  # fmt: skip
    asleep = KNOWN["ses"].healthy(Reply(200, {}, b'{"SendingEnabled": false}'))
    sandbox = KNOWN["ses"].healthy(Reply(200, {}, b'{"ProductionAccessEnabled": false}'))
    weak = KNOWN["sendgrid"].healthy(Reply(200, {}, b'{"scopes": []}'))
    unpublished = KNOWN["mailgun"].healthy(Reply(200, {}, b'{"domain": {"state": "unverified"}}'))
    notes = [{"note": each} for each in (asleep, sandbox, weak, unpublished)]
    refused = {"problem": told("it answered {quoted}", quoted="403"), "refused": True}
    for each in (*notes, refused, {"problem": LATE}, {"limited": True}, {}):
        yield replace(by_ses, found=(Api(**each),))


def test_every_finding_and_remedy_is_said_in_german(well):
    left, seen = {}, set()
    for facts in spoilt_ones(well):
        for each in examine(facts):
            for english in (each.what, each.found, each.remedy):
                seen.add(english)
                spoken = said_in("de", english)
                ours = NOT_OURS.sub(" ", spoken)
                words = {word.lower() for word in ENGLISH.findall(ours)} - GERMAN_TOO
                untouched = spoken == english and " " in english and not WHOLE.fullmatch(english)
                if words or (untouched and each.what != english):
                    left[english] = spoken
    assert not left, "\n".join(f"{english}  ->  {german}" for english, german in left.items())
    assert len(seen) > 150, "the worlds above spoil nearly everything"


@pytest.mark.parametrize(
    ("changed", "found", "remedy"),
    [
        ({"records": ()}, "bounces.acme.com hat keinen Eintrag", "Veröffentlichen Sie diesen."),
        (
            {"networks": ()},
            f"der Eintrag von bounces.acme.com lässt E-Mails von dort nicht durch: {ADDRESS}",
            "Ersetzen Sie ihn durch diesen, wenn E-Mails von dort abgehen.",
        ),
    ],
)
def test_a_record_that_fails_keeps_its_names(well, changed, found, remedy):
    said = finding(spoilt(well, Spf, **changed), "SPF")
    assert (said_in("de", said.found), said_in("de", said.remedy)) == (found, remedy)
    assert said.record.startswith("bounces.acme.com. 3600 IN TXT")


def test_lengths_and_shares_are_written_as_germans_write_them(well):
    dead = replace(well, store=replace(well.store, queue=Queue(worker_at=NOW - 72 * HOURS)))
    assert (
        said_in("de", finding(dead, "Worker").found)
        == "schon 3 Tage lang war kein Worker bei der Arbeit: Keine E-Mail wird gesendet"
    )
    lost = replace(well, store=replace(well.store, month=Month(sent=1_000, bounced=50)))
    assert (
        said_in("de", finding(lost, "Bounce rate").found)
        == "5,00\N{NO-BREAK SPACE}%: 50 von 1.000 E-Mails in dreißig Tagen"
    )
    assert said_in("de", finding(well, "Time zones").found) == "Ausgabe 2026.1"
    assert said_in("de", finding(well, "Encryption").found) == "TLS; das Zertifikat des Relays gilt bis 1. Januar 2027"  # fmt: skip


def test_what_a_server_says_stays_as_it_said_it_though_it_sounds_like_us(well):
    for words in ("nothing leaves this machine", "3 days", "hot"):
        said = finding(spoilt(well, Relay, step="login", problem=words), "Relay")
        assert said_in("de", said.found) == f"relay.acme.com:587: {words}"
        ill = replace(well, store=Store(problem=words), found=())
        assert said_in("de", finding(ill, "Database").found) == words


def test_errors_of_ours_are_said_and_what_they_quote_is_not():
    with pytest.raises(NamesError) as raised:
        Resolver(-1).txt("acme.com")
    late = raised.value.args[0]
    assert str(raised.value) == "no time was left to ask for TXT of acme.com"
    assert said_in("de", late) == "für die Frage nach TXT von acme.com blieb keine Zeit"
    wrong = ssl.SSLCertVerificationError(1, "xyzzy")
    wrong.verify_message = "nothing leaves this machine"
    english = _words(wrong)
    assert english == "its certificate is not valid: nothing leaves this machine"
    assert said_in("de", english) == "das Zertifikat ist ungültig: nothing leaves this machine"


def test_findings_without_values_are_plain_and_those_with_know_their_kind(well):
    said = finding(spoilt(well, Dmarc, records=(), at=""), "DMARC")
    assert said.level is Level.FAIL
    assert isinstance(said.found, Told)
    assert said.found.kind == "%(domain)s has no record"
    assert type(said.remedy) is str
