"""What every way in for mail promises: each message is given until it is taken in, and once it is, never again."""

import datetime as dt
import ssl
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from imap_server import ImapServer

from nurture.engine.feedback_imap import ImapAccount, ImapInbox
from nurture.engine.feedback_inbox import InboxError, empty
from nurture.engine.feedback_maildir import MaildirInbox
from nurture.simulation.clock import VirtualClock
from webapp import inbox_hook

TOKEN = "a mail server's token"


class Subject(msgspec.Struct):
    """An inbox under test.

    look     one look into it, where a message is taken in by what it is given; how many were new.
    deliver  puts a message into it.
    kept     what its owner finds of those that were taken in.
    vanish   lets another reader take away whatever waits.
    """

    look: Callable[[Callable[[bytes], bool]], int]
    deliver: Callable[[bytes], None]
    kept: Callable[[], list[bytes]]
    vanish: Callable[[], None]


# ---------------------------------------------------------------- the adapters


def maildir(tmp_path, imap):
    for folder in ("tmp", "new", "cur"):
        (tmp_path / "in" / folder).mkdir(parents=True)
    new, cur = tmp_path / "in" / "new", tmp_path / "in" / "cur"

    def deliver(raw):
        (new / f"{1_700_000_000 + len(list(new.iterdir())) + len(list(cur.iterdir()))}.M1.mx").write_bytes(
            raw
        )

    def kept():
        assert all(file.name.endswith(":2,S") for file in cur.iterdir())
        return [file.read_bytes() for file in sorted(cur.iterdir())]

    def vanish():
        for file in new.iterdir():
            file.unlink()

    return Subject(partial(empty, MaildirInbox(tmp_path / "in")), deliver, kept, vanish)


def posted(tmp_path, imap):
    """A mail server that posts what it holds, and keeps what was not answered by 200."""
    held, sent, taking = [], [], []
    app = Flask(__name__)
    app.register_blueprint(
        inbox_hook.pages(
            lambda raw, _: taking[-1](raw), TOKEN, VirtualClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
        )
    )
    client = app.test_client()

    def look(take):
        new = []
        taking.append(lambda raw: new.append(take(raw)))
        for raw in list(held):
            if raw not in held:
                continue
            answer = client.post(inbox_hook.PATH, data=raw, headers={"Authorization": f"Bearer {TOKEN}"})
            if answer.status_code == 200:
                sent.append(raw)
                held[:] = [each for each in held if each is not raw]
        return sum(bool(each) for each in new)

    return Subject(look, held.append, lambda: list(sent), held.clear)


def on_server(server, **account):
    def deliver(raw):
        server.messages[len(server.messages) + 9] = raw

    def kept():
        return [server.messages[uid] for uid in sorted(server.seen) if uid in server.messages]

    given = {"host": "127.0.0.1", "user": "acme", "password": "secret", "port": server.port, **account}
    return Subject(partial(empty, ImapInbox(ImapAccount(**given))), deliver, kept, server.messages.clear)


def imap_plain(tmp_path, imap):
    return on_server(imap(), tls="none")


def imap_starttls(tmp_path, imap):
    server, ca_file = imap(tls=True)
    return on_server(server, tls="starttls", ca_file=ca_file)


def imap_implicit_tls(tmp_path, imap):
    server, ca_file = imap(tls=True, implicit=True)
    return on_server(server, tls="implicit", ca_file=ca_file)


@pytest.fixture(
    params=[maildir, imap_plain, imap_starttls, imap_implicit_tls, posted], ids=lambda each: each.__name__
)
def subject(request, tmp_path, imap):
    return request.param(tmp_path, imap)


# ---------------------------------------------------------------- the promises

MAILS = [b"Subject: 1\r\n\r\none\r\n", b"Subject: 2\r\n\r\n\xff\x00 two", b"x" * 200_000]


def test_messages_are_given_in_order_as_they_came_and_once(subject):
    for each in MAILS:
        subject.deliver(each)
    taken = []
    assert subject.look(lambda raw: taken.append(raw) or True) == 3
    assert taken == subject.kept() == MAILS
    assert subject.look(taken.append) == 0
    subject.deliver(b"later")
    assert subject.look(lambda raw: taken.append(raw) or True) == 1
    assert taken[3:] == [b"later"]


def test_one_that_cannot_be_taken_waits_and_the_others_do_not(subject):
    for each in MAILS:
        subject.deliver(each)
    full = [MAILS[1]]

    def take(raw):
        if raw in full:
            raise OSError("the disk is full")
        return True

    assert subject.look(take) == 2
    assert subject.kept() == [MAILS[0], MAILS[2]]
    full.clear()
    assert subject.look(take) == 1


def test_who_is_told_to_end_leaves_the_rest_for_the_next_look(tmp_path):
    inbox = maildir(tmp_path, None)
    for each in MAILS:
        inbox.deliver(each)
    taken = []
    assert inbox.look(lambda raw: taken.append(raw) or True, stopping=lambda: len(taken) == 1) == 1
    assert inbox.look(lambda raw: taken.append(raw) or True) == 2
    assert taken == MAILS


def test_it_is_put_away_only_after_it_was_taken(subject):
    subject.deliver(MAILS[0])

    def take(raw):
        assert subject.kept() == []
        return True

    assert subject.look(take) == 1
    assert subject.kept() == [MAILS[0]]


def test_a_message_that_another_reader_took_away_is_nobodys_fault(subject):
    subject.deliver(MAILS[0])
    subject.deliver(MAILS[1])

    def take(raw):
        subject.vanish()
        return True

    assert subject.look(take) == 1


def test_an_empty_inbox_gives_nothing(subject):
    assert subject.look(lambda raw: True) == 0


# ---------------------------------------------------------------- inboxes that cannot be read


def test_a_folder_that_is_no_maildir_is_told(tmp_path):
    with pytest.raises(InboxError, match="is no Maildir"):
        empty(MaildirInbox(tmp_path), lambda raw: True)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"password": "wrong"}, "AUTHENTICATIONFAILED"),
        ({"folder": "Bounces"}, "no such folder"),
        ({"folder": 'a"b'}, "cannot be read"),
        ({"port": 1}, "cannot be read"),
    ],
)
def test_an_account_that_is_refused_is_told_without_its_password(imap, account, said):
    subject = on_server(imap(), **{"tls": "none", **account})
    with pytest.raises(InboxError, match=said) as refused:
        subject.look(lambda raw: True)
    assert "wrong" not in str(refused.value).replace("] wrong", "")


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_connection_that_breaks_loses_nothing(imap, command):
    server = imap()
    subject = on_server(server, tls="none")
    subject.deliver(MAILS[0])
    server.breaks_at = command
    with pytest.raises(InboxError):
        subject.look(lambda raw: True)
    assert subject.kept() == []
    server.breaks_at = None
    assert subject.look(lambda raw: True) == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_nobody_vouches_for_is_refused(imap, tls):
    server, _ = imap(tls=True, implicit=tls == "implicit")
    with pytest.raises(InboxError, match="certificate verify failed"):
        on_server(server, tls=tls).look(lambda raw: True)


# ---------------------------------------------------------------- servers


@pytest.fixture
def imap(tmp_path):
    """Starts mailboxes; with *tls*, gives the file with the authority too."""
    running = []

    def start(*, tls=False, implicit=False):
        context, ca_file = certificate(tmp_path) if tls else (None, None)
        server = ImapServer(context, implicit=implicit)
        running.append(server)
        return (server, str(ca_file)) if tls else server

    yield start
    for each in running:
        each.close()


def certificate(folder):
    """A context for 127.0.0.1, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "imap.example")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2120, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "authority.pem", folder / "key.pem"
    ca_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ca_file, key_file)
    return context, ca_file
