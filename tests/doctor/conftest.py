"""Facts of an installation where all is well, which each test spoils in one place."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from nurture.config import Settings
from nurture.doctor.examine import examine
from nurture.doctor.facts import (
    Declared,
    Dkim,
    Dmarc,
    Facts,
    Inbox,
    Integrity,
    Machine,
    Month,
    Mx,
    Queue,
    Relay,
    Reverse,
    Site,
    Spf,
    Store,
)

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
KEY = "v=DKIM1; k=rsa; p=MIIB"
ADDRESS = "203.0.113.5"

SETTINGS = {
    "transport": "smtp",
    "smtp_host": "relay.acme.com",
    "smtp_user": "acme",
    "tracking_url": "https://links.acme.com",
    "public_url": "https://nurture.acme.com",
    "return_path_domain": "bounces.acme.com",
    "reply_domain": "in.acme.com",
    "dkim_domain": "acme.com",
    "dkim_selector": "n1",
    "dkim_key_file": "/keys/n1.pem",
}

WELL = (
    Integrity("ok"),
    Relay(
        step="done",
        name="relay.acme.com",
        starttls=True,
        certificate_until=LATER,
        smtputf8=True,
        size_max=52_428_800,
        addresses=(Reverse(address=ADDRESS, names=("relay.acme.com",), confirmed=True),),
    ),
    Spf(
        domain="bounces.acme.com",
        records=(f"v=spf1 ip4:{ADDRESS} -all",),
        networks=(ADDRESS,),
        ending="-all",
    ),
    Dmarc(domain="acme.com", at="acme.com", records=("v=DMARC1; p=quarantine; rua=mailto:d@acme.com",)),
    Dkim(name="n1._domainkey.acme.com", record=KEY, published=(KEY,)),
    Mx(domain="bounces.acme.com", hosts=("mx.acme.com",)),
    Mx(domain="in.acme.com", hosts=("mx.acme.com",)),
    Site(url="https://nurture.acme.com", status=200, certificate_until=LATER),
    Site(url="https://links.acme.com", status=200, certificate_until=LATER),
    Inbox(name="maildir"),
)


@pytest.fixture(autouse=True)
def a_bare_environment(monkeypatch, tmp_path):
    """No setting of the machine takes part."""
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))


@pytest.fixture
def well():
    return Facts(
        now=NOW,
        settings=settings(),
        store=Store(
            version="0013",
            newest="0013",
            journal_mode="wal",
            newest_event_at=NOW - timedelta(minutes=3),
            programme=Declared(
                time_zone="Europe/Berlin",
                sender="jane@acme.com",
                postal_address="Pier 1, 20457 Hamburg",
                webhooks={"chat": "https://hooks.acme.com/nurture"},
            ),
            queue=Queue(worker_at=NOW - timedelta(seconds=20)),
            month=Month(sent=10_000, bounced=40, complained=3),
        ),
        machine=Machine(
            disk_free=50 * 1024**3, disk_size=100 * 1024**3, key_mode=0o600, zone_release="2026.1"
        ),
        found=WELL,
    )


def settings(**changed):
    return Settings(**{**SETTINGS, **changed})


def spoilt(facts, kind, **changed):
    """*facts* with each fact of *kind* changed."""
    found = tuple(replace(each, **changed) if isinstance(each, kind) else each for each in facts.found)
    return replace(facts, found=found)


def finding(facts, what):
    """What is said about *what*, the worst of it first."""
    order = ["fail", "warn", "skipped", "ok"]
    found = sorted(
        (each for each in examine(facts) if each.what == what), key=lambda each: order.index(each.level)
    )
    assert found, (
        f"nothing is said about {what}: {SimpleNamespace(all=[each.what for each in examine(facts)])}"
    )
    return found[0]
