"""The tracking host on an event loop says what it says on threads, and keeps what it says."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from nurture.identity import Keyring
from nurture.tracking.hits import from_record
from nurture.tracking.host import TrackingHost
from nurture.tracking.replay import Position, read
from nurture.tracking.rsgi import TrackingServer
from nurture.tracking.spool import Spool

KEYRING = Keyring(b"a secret of more than sixteen bytes")
TOKEN = KEYRING.touch_token(42_000_001, 7)
SITE = "https://www.example.com"


class Clock:
    def now(self):
        return datetime(2026, 3, 2, 10, 4, tzinfo=UTC)


class Links:
    def url(self, mail_revision, index, token):
        return f"{SITE}/pricing" if index == 1 else None


class Scope(msgspec.Struct):
    path: str
    method: str = "GET"
    client: str = "203.0.113.7:51234"
    scheme: str = "https"
    headers: dict[str, str] = {}


class Exchange:
    def __init__(self, body=b""):
        self.given = body
        self.answers = []

    async def __call__(self):
        return self.given

    def response_empty(self, status, headers):
        self.answers.append((status, dict(headers), b""))

    def response_bytes(self, status, headers, body):
        self.answers.append((status, dict(headers), body))


class FullDisk:
    def append(self, *records):
        raise OSError(28, "No space left on device")

    def close(self):
        pass


def ask(directory, *requests, open_spool=None):
    """The answers to (scope, body) pairs that arrive together, and the hits that were kept."""
    host = TrackingHost(
        keyring=KEYRING,
        clock=Clock(),
        links=Links(),
        random_bytes=lambda count: bytes(range(count)),
        origins=[SITE],
    )
    server = TrackingServer(host, open_spool or (lambda: Spool(directory, Clock())))

    async def serve():
        loop = asyncio.get_running_loop()
        server.__rsgi_init__(loop)
        exchanges = [Exchange(body) for _, body in requests]
        await asyncio.gather(
            *(
                server.__rsgi__(scope, exchange)
                for (scope, _), exchange in zip(requests, exchanges, strict=True)
            )
        )
        server.__rsgi_del__(loop)
        return [answer for exchange in exchanges for answer in exchange.answers]

    answers = asyncio.run(serve())
    return answers, [from_record(record.content) for record in read(directory, Position(), 10_000).records]


def test_opens_that_come_together_are_all_kept_before_they_are_answered(tmp_path):
    answers, hits = ask(
        tmp_path, *[(Scope(f"/o/{TOKEN}.gif", headers={"user-agent": "Thunderbird"}), b"")] * 50
    )
    assert [(status, len(body)) for status, _, body in answers] == [(200, 43)] * 50
    assert len(hits) == 50
    assert (hits[0].touch_id, hits[0].user_agent, hits[0].address) == (
        42_000_001,
        "Thunderbird",
        "203.0.113.7",
    )


@pytest.mark.parametrize(
    ("client", "address"), [("[2001:db8::1]:443", "2001:db8::1"), ("10.0.0.1:80", "10.0.0.1")]
)
def test_the_port_is_no_part_of_the_address(tmp_path, client, address):
    _, hits = ask(tmp_path, (Scope(f"/o/{TOKEN}.gif", client=client), b""))
    assert [hit.address for hit in hits] == [address]


def test_links_and_messages_are_answered_as_on_threads(tmp_path):
    message = b'{"kind":"page.visited","page":"https://www.example.com/pricing","consent":true}'
    posted = {"origin": SITE, "content-length": str(len(message)), "cookie": "nv=AAECAwQFBgcICQoL"}
    answers, hits = ask(
        tmp_path,
        (Scope(f"/c/{TOKEN}/1", "HEAD"), b""),
        (Scope("/t/events", "POST", headers=posted), message),
        (Scope("/t/events", "POST", headers={**posted, "content-length": "9000"}), b"x" * 9000),
        (Scope("/u/somebody"), b""),
    )
    assert sorted(status for status, _, _ in answers) == [204, 302, 404, 413]
    assert {hit.method for hit in hits} == {"HEAD", "POST"}
    assert {hit.visitor for hit in hits} == {"", "AAECAwQFBgcICQoL"}


def test_what_the_disk_refuses_is_not_answered_as_kept(tmp_path, caplog):
    answers, _ = ask(
        tmp_path, *[(Scope(f"/o/{TOKEN}.gif"), b"")] * 3, (Scope(f"/c/{TOKEN}/1"), b""), open_spool=FullDisk
    )
    assert [status for status, _, _ in answers] == [503] * 4
    assert "hit not kept" in caplog.text
