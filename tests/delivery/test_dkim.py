"""Signatures that another implementation believes."""

import hashlib
from base64 import b64decode, b64encode

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from nurture.delivery.dkim import Signer, relaxed_body
from nurture.errors import SetupError

RSA_KEY = rsa.generate_private_key(65_537, 2_048)
ED25519_KEY = ed25519.Ed25519PrivateKey.generate()

MESSAGE = (
    b"From: Acme <hello@acme.example>\r\n"
    b"To: Jane <jane@example.com>\r\n"
    b"Subject: =?utf-8?b?V2lsbGtvbW1lbg==?=\r\n  =?utf-8?b?SmFuZQ==?=\r\n"
    b"Date: Mon, 02 Mar 2026 10:04:00 +0000\r\n"
    b"Message-ID: <touch.42@acme.example>\r\n"
    b"List-Unsubscribe: <https://t.acme.example/u/abc>,\r\n <mailto:unsubscribe@acme.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain;  charset=utf-8\r\n"
    b"\r\n"
    b"Hello  Jane, \t\r\n\r\n  how are you?\r\n\r\n\r\n"
)


def pem(key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signer(key) -> Signer:
    return Signer(domain="acme.example", selector="mail", key_pem=pem(key))


def rsa_record(name, timeout=5) -> bytes:
    assert name == b"mail._domainkey.acme.example."
    return b"v=DKIM1; k=rsa; p=" + b64encode(
        RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


def test_dkimpy_believes_an_rsa_signature():
    assert dkim.verify(signer(RSA_KEY).sign(MESSAGE), dnsfunc=rsa_record)


def test_an_ed25519_signature_signs_what_dkimpy_would_hash():
    # dkimpy checks Ed25519 only with a library of its own, so the hash is dkimpy's and the check is ours.
    signed = signer(ED25519_KEY).sign(MESSAGE)
    headers, body = dkim.rfc822_parse(signed)
    tags = dkim.parse_tag_value(headers[0][1])
    assert tags[b"bh"] == b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest())
    hasher = hashlib.sha256()
    names = [name.strip().lower() for name in tags[b"h"].split(b":")]
    policy = dkim.CanonicalizationPolicy.from_c_value(tags[b"c"])
    dkim.hash_headers(hasher, policy, policy.canonicalize_headers(headers), names, headers[0], tags)
    signature = b64decode(b"".join(tags[b"b"].split()))
    ED25519_KEY.public_key().verify(signature, hasher.digest())
    with pytest.raises(InvalidSignature):
        ED25519_KEY.public_key().verify(signature, hashlib.sha256(b"another").digest())


def test_two_signatures_stand_beside_each_other():
    signed = signer(RSA_KEY).sign(signer(ED25519_KEY).sign(MESSAGE))
    assert signed.count(b"DKIM-Signature:") == 2
    assert dkim.DKIM(signed).verify(idx=0, dnsfunc=rsa_record)


@pytest.mark.parametrize(
    ("what", "forged"),
    [
        ("the subject", MESSAGE.replace(b"SmFuZQ==", b"Sm9obg==")),
        ("the body", MESSAGE.replace(b"Jane, ", b"John, ")),
        ("the way out", MESSAGE.replace(b"/u/abc", b"/u/abd")),
        ("a second From", b"From: Mallory <m@evil.example>\r\n" + MESSAGE),
        ("a Reply-To where there was none", b"Reply-To: m@evil.example\r\n" + MESSAGE),
        ("a List-Help where there was none", b"List-Help: <https://evil.example>\r\n" + MESSAGE),
    ],
)
def test_a_change_breaks_the_signature(what, forged):
    signature = signer(RSA_KEY).sign(MESSAGE).removesuffix(MESSAGE)
    assert dkim.verify(signature + MESSAGE, dnsfunc=rsa_record)
    assert not dkim.verify(signature + forged, dnsfunc=rsa_record), what


def test_white_space_may_change_on_the_way():
    signature = signer(RSA_KEY).sign(MESSAGE).removesuffix(MESSAGE)
    rewrapped = MESSAGE.replace(b",\r\n <mailto", b", <mailto").replace(b"Hello  Jane, \t", b"Hello Jane,")
    assert dkim.verify(signature + rewrapped, dnsfunc=rsa_record)


def test_the_field_is_folded():
    signature = signer(RSA_KEY).sign(MESSAGE).removesuffix(MESSAGE)
    assert max(map(len, signature.split(b"\r\n"))) <= 78


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"=20", b"."]), max_size=40).map(b"".join))
def test_the_body_is_relaxed_as_dkimpy_relaxes_it(body):
    assert relaxed_body(body + b"\r\n") == Relaxed.canonicalize_body(body + b"\r\n")


@pytest.mark.parametrize(
    ("key_pem", "remedy"),
    [
        (b"no key", "PEM"),
        (pem(rsa.generate_private_key(65_537, 1_024)), "1024 bits"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA nor Ed25519"),
        (
            ED25519_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
            "unencrypted",
        ),
    ],
)
def test_a_key_that_cannot_sign_is_refused(key_pem, remedy):
    with pytest.raises(SetupError, match=remedy):
        Signer(domain="acme.example", selector="mail", key_pem=key_pem)
