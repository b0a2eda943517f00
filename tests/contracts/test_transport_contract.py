"""What every transport promises, whatever it does with the mail (``nurture.ports.Transport``)."""

import asyncio
import datetime as dt
import itertools
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from nurture.delivery.http import KNOWN, HttpTransport
from nurture.delivery.mailbox import Mailbox
from nurture.delivery.maildir import MaildirTransport
from nurture.delivery.memory import MemoryTransport
from nurture.delivery.sender_problems import LOGIN, problem_of
from nurture.delivery.smtp import Login, Security, SmtpRoute, SmtpTransport
from nurture.ports import OutgoingMessage, ReceiptStatus, Transport
from tests.delivery.authority import Authority
from tests.delivery.fake_provider import FakeProvider, Taken
from tests.delivery.provider_apis import APIS

NOW = dt.datetime(2026, 3, 2, 10, 4, tzinfo=dt.UTC)


class StillClock:
    def now(self) -> dt.datetime:
        return NOW


class Subject(msgspec.Struct):
    """A transport under test, and a look at what it delivered: envelope sender, recipient, data.

    has_envelope  whether the envelope sender is ours; a provider puts its own.
    composes      whether a provider composes the message anew from what it says, and so refuses one that says nothing.
    """

    transport: Transport
    delivered: Callable[[], list[tuple[str, str, bytes]]]
    has_envelope: bool = True
    composes: bool = False

    def expected(self, message: OutgoingMessage) -> tuple[str, str, bytes]:
        """As what *message* should arrive."""
        sender = message.mail_from if self.has_envelope else ""
        data = message.data.replace(b"\r\n", b"\n") if self.composes else message.data
        return (sender, message.rcpt_to, data)


HEAD = b"From: Acme <hello@acme.example>\r\nList-ID: <trial.acme.example>\r\nSubject: Hello\r\n\r\n"


def mail(touch_id: int, body: bytes = b"Hello\r\n") -> OutgoingMessage:
    sender, recipient = f"b+{touch_id}@acme.example", f"lead{touch_id}@example.com"
    return OutgoingMessage(touch_id, sender, recipient, HEAD + body)


# ---------------------------------------------------------------- the adapters


def memory(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    transport = MemoryTransport(StillClock())
    return Subject(transport, lambda: [(m.mail_from, m.rcpt_to, m.data) for m in transport.messages])


def maildir(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    path = tmp_path / "mailbox"

    def delivered() -> list[tuple[str, str, bytes]]:
        found = []
        for stored in reversed(Mailbox(path).newest_first()):
            raw = (path / "new" / stored.name).read_bytes()
            sender, recipient, data = raw.split(b"\r\n", 2)
            found.append(
                (
                    sender.decode().removeprefix("Return-Path: <").removesuffix(">"),
                    recipient.decode().removeprefix("Delivered-To: "),
                    data,
                )
            )
        return found

    return Subject(MaildirTransport(path, StillClock()), delivered)


def smtp_plain(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    return relay.subject(security=Security.NONE)


def smtp_starttls(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    return relay.subject(security=Security.STARTTLS)


def smtp_implicit_tls(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    return relay.subject(security=Security.IMPLICIT)


def smtp_with_login(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    return relay.subject(security=Security.STARTTLS, login=Login("acme", "secret"))


def smtp_with_the_older_login(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
    return relay.subject(security=Security.STARTTLS, login=Login("acme", "secret"), mechanisms=["PLAIN"])


def by_provider(name: str):
    def http(tmp_path: Path, relay: "Relay", provider: "Providers") -> Subject:
        return provider.subject(name)

    http.__name__ = f"http_{name}"
    return http


@pytest.fixture(
    params=[
        memory,
        maildir,
        smtp_plain,
        smtp_starttls,
        smtp_implicit_tls,
        smtp_with_login,
        smtp_with_the_older_login,
        *map(by_provider, KNOWN),
    ],
    ids=lambda adapter: adapter.__name__,
)
def subject(request, tmp_path, relay, provider):
    subject = request.param(tmp_path, relay, provider)
    yield subject
    subject.transport.close()


# ---------------------------------------------------------------- the promises


def test_every_message_has_one_receipt_and_arrives_as_it_was(subject):
    messages = [mail(touch) for touch in range(1, 41)]
    receipts = list(subject.transport.send(messages))
    assert sorted(receipt.touch_id for receipt in receipts) == list(range(1, 41))
    assert {(receipt.status, receipt.at, receipt.bounce) for receipt in receipts} == {
        (ReceiptStatus.SENT, NOW, None)
    }
    assert sorted(subject.delivered()) == sorted(map(subject.expected, messages))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b".\r\n",
        b"..\r\n.\r\n\r\n.a\r\n",
        b"x" * 900 + b"\r\n",
        b"\r\n" * 1_000,
        (b"0123456789" * 7 + b"\r\n") * 8_000,
    ],
    ids=["empty", "an empty line", "a dot", "dots", "a long line", "empty lines", "half a megabyte"],
)
def test_no_body_is_changed(subject, body):
    message = mail(1, body)
    (receipt,) = subject.transport.send([message])
    if subject.composes and not body:
        assert receipt.status is ReceiptStatus.FAILED
        assert subject.delivered() == []
    else:
        assert receipt.status is ReceiptStatus.SENT
        assert subject.delivered() == [subject.expected(message)]


def test_messages_are_taken_as_they_can_be_sent(subject):
    built = itertools.count()
    receipts = subject.transport.send(mail(touch) for touch in range(1_000) if next(built) >= 0)
    assert next(receipts).status is ReceiptStatus.SENT
    assert next(built) < 100
    receipts.close()


def test_nothing_to_send_is_nothing_sent(subject):
    assert list(subject.transport.send([])) == []
    assert subject.delivered() == []


def test_it_sends_again_after_another_run_and_after_its_close(subject):
    for touch in (1, 2):
        assert [receipt.touch_id for receipt in subject.transport.send([mail(touch)])] == [touch]
    subject.transport.close()
    assert [receipt.touch_id for receipt in subject.transport.send([mail(3)])] == [3]
    assert len(subject.delivered()) == 3


def test_a_null_sender_is_a_sender(subject):
    message = msgspec.structs.replace(mail(1), mail_from="")
    assert [receipt.status for receipt in subject.transport.send([message])] == [ReceiptStatus.SENT]
    assert subject.delivered()[0][0] == ""


def test_it_says_whether_mail_leaves_the_machine(subject):
    assert subject.transport.leaves_machine is (subject.transport.name not in ("memory", "maildir"))


class Noted:
    """A log that remembers what it was told, and keeps back the messages that *refuses* names."""

    def __init__(self, delivered, refuses=()):
        self.told = []
        self._delivered = delivered
        self._refuses = refuses

    def before_dot(self, touch_id):
        arrived = {recipient for _, recipient, _ in self._delivered()}
        assert f"lead{touch_id}@example.com" not in arrived, "told too late"
        if touch_id in self._refuses:
            raise PermissionError("another worker has taken the mail over")
        self.told.append(("dot", touch_id))

    def answered(self, receipt):
        self.told.append((receipt.status, receipt.touch_id))


def test_it_tells_of_each_message_before_it_can_arrive_and_once_its_fate_is_known(subject):
    log = Noted(subject.delivered)
    list(subject.transport.send([mail(touch) for touch in range(1, 8)], log))
    for touch in range(1, 8):
        assert [what for what, which in log.told if which == touch] == ["dot", ReceiptStatus.SENT]


def test_what_the_log_keeps_back_is_deferred_and_the_others_arrive(subject):
    log = Noted(subject.delivered, refuses=(2,))
    receipts = list(subject.transport.send([mail(touch) for touch in (1, 2, 3)], log))
    assert {receipt.touch_id: receipt.status for receipt in receipts} == {
        1: ReceiptStatus.SENT,
        2: ReceiptStatus.DEFERRED,
        3: ReceiptStatus.SENT,
    }
    assert sorted(recipient for _, recipient, _ in subject.delivered()) == [
        "lead1@example.com",
        "lead3@example.com",
    ]


# ---------------------------------------------------------------- TLS that is not what it should be


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.IMPLICIT])
def test_a_certificate_nobody_vouches_for_defers(relay, security):
    subject = relay.subject(security=security, ca_file=None)
    (receipt,) = subject.transport.send([mail(1)])
    assert receipt.status is ReceiptStatus.DEFERRED
    assert "certificate verify failed" in receipt.text
    assert subject.delivered() == []


def test_a_refused_login_defers_and_says_so(relay):
    subject = relay.subject(security=Security.STARTTLS, login=Login("acme", "wrong"))
    (receipt,) = subject.transport.send([mail(1)])
    assert receipt.status is ReceiptStatus.DEFERRED
    assert receipt.text.startswith("the relay answered 535 to the login of 'acme'")
    assert "wrong" not in receipt.text
    assert problem_of(receipt) is LOGIN, "it stops all sending, and a person is told"


def test_verification_can_be_given_up_for_a_relay_of_our_own(relay):
    subject = relay.subject(security=Security.STARTTLS, ca_file=None, verify=False)
    assert [receipt.status for receipt in subject.transport.send([mail(1)])] == [ReceiptStatus.SENT]


# ---------------------------------------------------------------- a real server


class Inbox:
    """The server's handler: keeps every message."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        sender = envelope.mail_from.removeprefix("<").removesuffix(
            ">"
        )  # aiosmtpd keeps the null sender's brackets
        self.messages.append((sender, envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 ok"


class Providers:
    """Mail providers as a test asks for them."""

    def __init__(self) -> None:
        self._running: list[FakeProvider] = []

    def subject(self, name: str) -> Subject:
        api = APIS[name]
        fake = FakeProvider(api)
        fake.__enter__()
        self._running.append(fake)
        transport = HttpTransport(
            KNOWN[name],
            fake.account,
            clock=StillClock(),
            connections=3,
            tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # it is asked in clear
        )

        def delivered() -> list[tuple[str, str, bytes]]:
            return [("", each.recipient, each.whole or recomposed(each)) for each in fake.taken]

        return Subject(transport, delivered, has_envelope=False, composes=not api.whole)

    def close(self) -> None:
        for fake in self._running:
            fake.__exit__()


def recomposed(taken: Taken) -> bytes:
    """A plain message, as a provider would make it of the fields that it was given."""
    head = (
        f"From: Acme <hello@acme.example>\nList-ID: {taken.headers['List-ID']}\nSubject: {taken.subject}\n\n"
    )
    return (head + taken.text).encode()


@pytest.fixture
def provider():
    providers = Providers()
    yield providers
    providers.close()


class Relay:
    """Servers as a test asks for them."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._running: list[tuple[Controller, SmtpTransport]] = []

    def subject(
        self, *, security: Security, login: Login | None = None, mechanisms: list[str] | None = None, **route
    ) -> Subject:
        """A transport to a new server with this security. *mechanisms*: those the server does not offer."""
        inbox = Inbox()
        settings = {}
        if security is Security.STARTTLS:
            settings |= {"tls_context": self._authority.server, "require_starttls": True}
        if login is not None:
            settings |= {"authenticator": allow_the_secret, "auth_required": True}
            settings |= {"auth_exclude_mechanism": mechanisms or []}
        controller = Controller(
            inbox,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=self._authority.server if security is Security.IMPLICIT else None,
            server_hostname="relay.example",
            **settings,
        )
        controller.start()
        route.setdefault("ca_file", self._authority.file)
        transport = SmtpTransport(
            SmtpRoute(
                host="127.0.0.1",
                port=controller.port,
                helo="acme.example",
                security=security,
                login=login,
                connections=3,
                **route,
            ),
            clock=StillClock(),
        )
        self._running.append((controller, transport))
        return Subject(transport, lambda: inbox.messages)

    def close(self) -> None:
        for controller, transport in self._running:
            transport.close()
            asyncio.run_coroutine_threadsafe(sessions_end(), controller.loop).result()
            controller.stop()


async def sessions_end() -> None:
    """Wait until the server has noticed that its clients are gone: aiosmtpd itself would leave their sockets open."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    await asyncio.sleep(0)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def allow_the_secret(server, session, envelope, mechanism, auth_data):
    return AuthResult(success=auth_data.password == b"secret", handled=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def relay(authority):
    relay = Relay(authority)
    yield relay
    relay.close()
