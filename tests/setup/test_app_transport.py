"""Each way out that can be set is the one that is made; what signs is who can."""

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nurture.app import SystemClock, make_transport, provider_account, signing
from nurture.config import Settings
from nurture.delivery.http import KNOWN

LINKS = {"tracking_url": "https://links.example.com"}
PROVIDER = {
    **LINKS,
    "provider_key": "secret",
    "ses_region": "eu-west-1",
    "ses_access_key": "AKID",
    "mailgun_domain": "mg.acme.example",
    "postmark_stream": "broadcasts",
}
MESSAGE = b"From: Acme <hello@acme.example>\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.mark.parametrize("name", ["memory", "maildir", "smtp", *KNOWN])
def test_every_way_out_can_be_made(tmp_path, name):
    settings = Settings(home=tmp_path, transport=name, **(PROVIDER if name in KNOWN else LINKS))
    transport = make_transport(settings, SystemClock())
    assert transport.name == name
    assert transport.leaves_machine is settings.mail_leaves
    transport.close()


def test_a_provider_is_told_what_was_set_and_no_log_shows_it():
    account = provider_account(Settings(transport="ses", **PROVIDER))
    assert (account.key, account.region, account.access_key) == ("secret", "eu-west-1", "AKID")
    assert (account.domain, account.stream) == ("mg.acme.example", "broadcasts")
    assert "secret" not in repr(account)


@pytest.fixture
def keys(tmp_path):
    """The files of an RSA and of an Ed25519 key."""
    made = {"rsa": rsa.generate_private_key(65_537, 2_048), "ed25519": ed25519.Ed25519PrivateKey.generate()}
    for name, key in made.items():
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / name).write_bytes(pem)
    return {
        "dkim_domain": "acme.example",
        "dkim_selector": "n1",
        "dkim_key_file": tmp_path / "rsa",
        "dkim_second_selector": "n2",
        "dkim_second_key_file": tmp_path / "ed25519",
    }


def test_two_keys_sign_beside_each_other(keys):
    signed = signing(Settings(**keys))(MESSAGE)
    tags = [
        dkim.parse_tag_value(value)
        for name, value in dkim.rfc822_parse(signed)[0]
        if name == b"DKIM-Signature"
    ]
    assert {(each[b"a"], each[b"s"], each[b"c"]) for each in tags} == {
        (b"rsa-sha256", b"n1", b"relaxed/relaxed"),
        (b"ed25519-sha256", b"n2", b"relaxed/relaxed"),
    }
    assert all(b"l" not in each for each in tags)
    assert signed.endswith(MESSAGE)


def test_where_a_provider_sends_the_provider_signs(keys):
    assert signing(Settings(transport="postmark", **PROVIDER, **keys)) is None
    assert signing(Settings()) is None
